-- Events by the week in which they happened, by whom and at whom: a row for each type, direction, actor country and target
-- country that ever occur together, without gaps. An event of several countries counts once for each pair, so rows
-- must not be added up over countries: see events_by_week.
-- week_start: the Monday of the week, UTC
-- actor_country: country of an actor, as canonical name; empty where no actor has one
-- target_country: country that it is aimed at; empty where no target has one
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- n_events: events of that week
-- n_independent: outlets that report them on their own, summed over events
-- days_with_runs: days of the week, 0 to 7, on which a run began
-- articles_read: articles read and stored in that week, on topic or not
-- sources_ok: sources that answered at least once in that week
-- sources_failed: sources asked in that week that never answered
-- sources_truncated: sources that listed less in that week than was there
with placed as (
    select date_trunc('week', e.date_from)::date as week_start, a.country as actor_country, t.country as target_country, e.type, e.direction,
        count(*) as n_events, sum(e.n_independent)::bigint as n_independent
    from events e,
        unnest(case when len(e.actor_countries) > 0 then list_distinct(e.actor_countries) else [''] end) as a(country),
        unnest(case when len(e.target_countries) > 0 then list_distinct(e.target_countries) else [''] end) as t(country)
    where date_trunc('week', date_from) = date_trunc('week', date_to) group by all
),
periods as (
    select week_start from coverage_by_week where week_start >= (select min(week_start) from placed)
    union select week_start from placed
)
select d.week_start, k.actor_country, k.target_country, k.type, k.direction, coalesce(p.n_events, 0) as n_events,
    coalesce(p.n_independent, 0) as n_independent, coalesce(c.days_with_runs, 0) as days_with_runs,
    coalesce(c.articles_read, 0) as articles_read, coalesce(c.sources_ok, 0) as sources_ok,
    coalesce(c.sources_failed, 0) as sources_failed, coalesce(c.sources_truncated, 0) as sources_truncated
from periods d
cross join (select distinct actor_country, target_country, type, direction from placed) k
left join placed p on p.week_start = d.week_start and p.actor_country = k.actor_country
    and p.target_country = k.target_country and p.type = k.type and p.direction = k.direction
left join coverage_by_week c on c.week_start = d.week_start;
