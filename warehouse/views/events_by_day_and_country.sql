-- Events by the day in which they happened, by whom and at whom: a row for each type, direction, actor country and target
-- country that ever occur together, without gaps. An event of several countries counts once for each pair, so rows
-- must not be added up over countries: see events_by_day.
-- day: the UTC day of the event
-- actor_country: country of an actor, as canonical name; empty where no actor has one
-- target_country: country that it is aimed at; empty where no target has one
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- n_events: events of that day
-- n_independent: outlets that report them on their own, summed over events
-- runs: runs begun on that day; 0 means that nobody watched
-- articles_read: articles read and stored on that day, on topic or not
-- sources_ok: sources that answered at least once on that day
-- sources_failed: sources asked on that day that never answered
-- sources_truncated: sources that listed less on that day than was there
with placed as (
    select e.date_from as day, a.country as actor_country, t.country as target_country, e.type, e.direction,
        count(*) as n_events, sum(e.n_independent)::bigint as n_independent
    from events e,
        unnest(case when len(e.actor_countries) > 0 then list_distinct(e.actor_countries) else [''] end) as a(country),
        unnest(case when len(e.target_countries) > 0 then list_distinct(e.target_countries) else [''] end) as t(country)
    where date_from = date_to group by all
),
periods as (
    select day from coverage_by_day where day >= (select min(day) from placed)
    union select day from placed
)
select d.day, k.actor_country, k.target_country, k.type, k.direction, coalesce(p.n_events, 0) as n_events,
    coalesce(p.n_independent, 0) as n_independent, coalesce(c.runs, 0) as runs,
    coalesce(c.articles_read, 0) as articles_read, coalesce(c.sources_ok, 0) as sources_ok,
    coalesce(c.sources_failed, 0) as sources_failed, coalesce(c.sources_truncated, 0) as sources_truncated
from periods d
cross join (select distinct actor_country, target_country, type, direction from placed) k
left join placed p on p.day = d.day and p.actor_country = k.actor_country
    and p.target_country = k.target_country and p.type = k.type and p.direction = k.direction
left join coverage_by_day c on c.day = d.day;
