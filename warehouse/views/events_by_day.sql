-- Events by the day on which they happened, a row for each type and direction, with how much was watched on that day.
-- Days without events have rows with n_events = 0, from a year before the first run to the last; older days only
-- where they have events.
-- Events known only by week, month, quarter or year, and undated ones, are not here: see events_by_week and events.
-- A low count on a day with runs = 0, few articles_read or many sources_failed may be an outage.
-- sorted by: day, type, direction
-- day: the UTC day of the event
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- n_events: events of that day
-- n_inferred: those among n_events whose text gives no date, so that the day of publication stands for it
-- n_reports: articles that report them
-- n_independent: outlets that report them on their own, summed over events
-- runs: runs begun on that day; 0 means that nobody watched
-- articles_read: articles read and stored by the runs of that day, on topic or not
-- sources_ok: sources that answered at least once on that day
-- sources_failed: sources asked on that day that never answered
with watched as (
    select started_utc::date as day, count(*) as runs from runs group by 1
),
read as (
    select recorded_utc::date as day, count(*) as articles_read from outcomes
    where reason in (select reason from outcome_reasons where stored) group by 1
),
asked as (
    select day, count(*) filter (where ok) as sources_ok, count(*) filter (where not ok) as sources_failed
    from (select reported_utc::date as day, source_id, bool_or(ok) as ok from source_reports group by 1, 2) group by 1
),
placed as (
    select date_from as day, type, direction, count(*) as n_events,
    count(*) filter (where precision = 'inferred') as n_inferred,
        sum(n_reports)::bigint as n_reports, sum(n_independent)::bigint as n_independent
    from events where date_from = date_to group by 1, 2, 3
),
span as (
    select greatest((select min(day) from placed), min(day) - 366) as first_day, max(day) as last_day from watched
),
days as (
    select unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as day from span
    union select day from placed
)
select d.day, k.type, k.direction, coalesce(p.n_events, 0) as n_events, coalesce(p.n_inferred, 0) as n_inferred,
    coalesce(p.n_reports, 0) as n_reports, coalesce(p.n_independent, 0) as n_independent, coalesce(w.runs, 0) as runs,
    coalesce(r.articles_read, 0) as articles_read, coalesce(a.sources_ok, 0) as sources_ok,
    coalesce(a.sources_failed, 0) as sources_failed
from days d
cross join (select distinct type, direction from placed) k
left join placed p on p.day = d.day and p.type = k.type and p.direction = k.direction
left join watched w on w.day = d.day
left join read r on r.day = d.day
left join asked a on a.day = d.day;
