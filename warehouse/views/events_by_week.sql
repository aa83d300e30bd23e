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
with watched as (
    select date_trunc('week', started_utc)::date as week_start, count(distinct started_utc::date) as days_with_runs
    from runs group by 1
),
read as (
    select date_trunc('week', recorded_utc)::date as week_start, count(*) as articles_read from outcomes
    where reason in (select reason from outcome_reasons where stored) group by 1
),
asked as (
    select week_start, count(*) filter (where ok) as sources_ok, count(*) filter (where not ok) as sources_failed
    from (
        select date_trunc('week', reported_utc)::date as week_start, source_id, bool_or(ok) as ok
        from source_reports group by 1, 2
    ) group by 1
),
placed as (
    select date_trunc('week', date_from)::date as week_start, type, direction, count(*) as n_events,
        sum(n_reports)::bigint as n_reports, sum(n_independent)::bigint as n_independent
    from events where date_trunc('week', date_from) = date_trunc('week', date_to) group by 1, 2, 3
),
span as (
    select greatest((select min(week_start) from placed), min(week_start) - 364) as first_week,
    max(week_start) as last_week
    from watched
),
weeks as (
    select unnest(generate_series(first_week::timestamp, last_week::timestamp,
    interval 7 day))::date as week_start from span
    union select week_start from placed
)
select d.week_start, k.type, k.direction, coalesce(p.n_events, 0) as n_events, coalesce(p.n_reports, 0) as n_reports,
    coalesce(p.n_independent, 0) as n_independent, coalesce(w.days_with_runs, 0) as days_with_runs,
    coalesce(r.articles_read, 0) as articles_read, coalesce(a.sources_ok, 0) as sources_ok,
    coalesce(a.sources_failed, 0) as sources_failed
from weeks d
cross join (select distinct type, direction from placed) k
left join placed p on p.week_start = d.week_start and p.type = k.type and p.direction = k.direction
left join watched w on w.week_start = d.week_start
left join read r on r.week_start = d.week_start
left join asked a on a.week_start = d.week_start;
