-- Events by the ISO week in which they happened, a row for each type and direction, with how much was watched in
-- that week.
-- Takes in events known by the day or by the week. Weeks without events have rows from a year before the first run
-- to the last.
-- sorted by: week_start, type, direction
-- week_start: the Monday of the week, UTC
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- n_events: events of that week
-- n_reports: articles that report them
-- n_independent: outlets that report them on their own, summed over events
-- days_with_runs: days of the week, 0 to 7, on which a run began
-- articles_read: articles read and stored by the runs of that week, on topic or not
-- sources_ok: sources that answered at least once in that week
-- sources_failed: sources asked in that week that never answered
-- sources_truncated: sources that at least once in that week listed less than was there
with placed as (
    select date_trunc('week', date_from)::date as week_start, type, direction, count(*) as n_events,
        sum(n_reports)::bigint as n_reports, sum(n_independent)::bigint as n_independent
    from events where date_trunc('week', date_from) = date_trunc('week', date_to) group by 1, 2, 3
),
weeks as (
    select week_start from coverage_by_week where week_start >= (select min(week_start) from placed)
    union select week_start from placed
)
select d.week_start, k.type, k.direction, coalesce(p.n_events, 0) as n_events, coalesce(p.n_reports, 0) as n_reports,
    coalesce(p.n_independent, 0) as n_independent, coalesce(c.days_with_runs, 0) as days_with_runs,
    coalesce(c.articles_read, 0) as articles_read, coalesce(c.sources_ok, 0) as sources_ok,
    coalesce(c.sources_failed, 0) as sources_failed, coalesce(c.sources_truncated, 0) as sources_truncated
from weeks d
cross join (select distinct type, direction from placed) k
left join placed p on p.week_start = d.week_start and p.type = k.type and p.direction = k.direction
left join coverage_by_week c on c.week_start = d.week_start;
