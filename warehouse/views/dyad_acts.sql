-- Which country acts towards which, a row for each pair, kind of act and date: what actor_dyads and tension() add up.
-- An event with two actor countries counts once for each. Events by which parties act together without a target
-- (meetings, pacts) stand as pairs of actors, in alphabetical order.
-- sorted by: actor_country, target_country, date_from, date_to, basis, type, direction, status
-- actor_country: country of an actor, as canonical name; the first of the pair where basis is together
-- target_country: country that it is aimed at; the second of the pair where basis is together
-- basis: target where the event has one, together where both countries act
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- status: done, announced, considered or denied
-- date_from: first day that the date can mean; NULL where it is unknown
-- date_to: last day that the date can mean; NULL where it is unknown
-- n_events: number of events
-- n_independent: outlets that report them on their own, summed over events
with counted as (
    select actor_countries, target_countries, type, direction, status, date_from, date_to, count(*) as n_events,
        sum(n_independent) as n_independent
    from events group by all
),
pairs as (
    select a.country as actor_country, b.country as target_country, 'target' as basis, c.* from counted c,
        unnest(list_distinct(c.actor_countries)) as a(country), unnest(list_distinct(c.target_countries)) as b(country)
    union all
    select a.country, b.country, 'together', c.* from counted c,
        unnest(list_distinct(c.actor_countries)) as a(country), unnest(list_distinct(c.actor_countries)) as b(country)
    where len(c.target_countries) = 0 and a.country < b.country
)
select actor_country, target_country, basis, type, direction, status, date_from, date_to,
    sum(n_events)::bigint as n_events, sum(n_independent)::bigint as n_independent
from pairs
group by all;
