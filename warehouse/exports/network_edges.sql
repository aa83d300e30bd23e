-- Who acts towards whom: the edges of the actor network, a row for each pair, kind of act and status. An event with
-- several actors or targets has an edge for each pair of them.
-- from_node: who acts; the first of the pair where basis is together
-- to_node: whom it is aimed at; the second of the pair where basis is together
-- basis: target where the event has one; together where both act and it has none: then the order of the two means nothing
-- n_events: events
-- n_independent: outlets that report them on their own, summed over events
-- first_day: first day that the earliest of them can mean; NULL where none is dated
-- last_day: last day that the latest of them can mean; NULL where none is dated
with pairs as (
    select a.name as from_node, b.name as to_node, 'target' as basis, e.* from events e,
        unnest(list_distinct(e.actors)) as a(name), unnest(list_distinct(e.targets)) as b(name)
    union all
    select a.name, b.name, 'together', e.* from events e,
        unnest(list_distinct(e.actors)) as a(name), unnest(list_distinct(e.actors)) as b(name)
    where len(e.targets) = 0 and a.name < b.name
)
select from_node, to_node, basis, type, direction, status, count(*) as n_events,
    sum(n_independent)::bigint as n_independent, min(date_from) as first_day, max(date_to) as last_day
from pairs
group by all
order by from_node, to_node, basis, type, direction, status
