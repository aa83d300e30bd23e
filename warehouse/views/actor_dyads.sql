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
with directed as (
    select event_id, unnest(actor_countries) as actor_country, target_countries from events
    where len(target_countries) > 0
),
pairs as (
    select event_id, actor_country, unnest(target_countries) as target_country, 'target' as basis from directed
    union
    select e.event_id, a.country, b.country, 'together'
    from events e, unnest(e.actor_countries) as a(country), unnest(e.actor_countries) as b(country)
    where len(e.target_countries) = 0 and a.country < b.country
)
select p.actor_country, p.target_country, p.basis, e.type, e.direction, count(*) as n_events,
    sum(e.n_independent)::bigint as n_independent, min(e.date_from) as first_day, max(e.date_to) as last_day
from pairs p join events e using (event_id)
group by all;
