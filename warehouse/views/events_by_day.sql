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
-- sources_truncated: sources that listed less on that day than was there, by a cap, a limit or a page that failed
with placed as (
    select date_from as day, type, direction, count(*) as n_events,
        count(*) filter (where precision = 'inferred') as n_inferred,
        sum(n_reports)::bigint as n_reports, sum(n_independent)::bigint as n_independent
    from events where date_from = date_to group by 1, 2, 3
),
days as (
    select day from coverage_by_day where day >= (select min(day) from placed)
    union select day from placed
)
select d.day, k.type, k.direction, coalesce(p.n_events, 0) as n_events, coalesce(p.n_inferred, 0) as n_inferred,
    coalesce(p.n_reports, 0) as n_reports, coalesce(p.n_independent, 0) as n_independent, coalesce(c.runs, 0) as runs,
    coalesce(c.articles_read, 0) as articles_read, coalesce(c.sources_ok, 0) as sources_ok,
    coalesce(c.sources_failed, 0) as sources_failed, coalesce(c.sources_truncated, 0) as sources_truncated
from days d
cross join (select distinct type, direction from placed) k
left join placed p on p.day = d.day and p.type = k.type and p.direction = k.direction
left join coverage_by_day c on c.day = d.day;
