-- Which country acts towards which, a row for each pair, type and direction. An event with two actor countries
-- counts once for each.
-- Events by which parties act together without a target (meetings, pacts) stand as pairs of actors, in alphabetical
-- order.
-- actor_country: country of an actor, as canonical name; the first of the pair where basis is together
-- target_country: country that it is aimed at; the second of the pair where basis is together
-- basis: target where the event has one, together where both countries act
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- n_events: number of events
-- n_independent: outlets that report them on their own, summed over events
-- first_day: first day that the earliest of them can mean; NULL where none is dated
-- last_day: last day that the latest of them can mean; NULL where none is dated
select actor_country, target_country, basis, type, direction, sum(n_events)::bigint as n_events,
    sum(n_independent)::bigint as n_independent, min(date_from) as first_day, max(date_to) as last_day
from dyad_acts
group by all;
