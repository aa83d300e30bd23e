-- How much was watched on each day, without gaps from a year before the first run to the last: the denominator of every
-- daily series. A dip in a series on a day with runs = 0, few articles_read, or sources that failed or were truncated
-- may be an outage.
-- sorted by: day
-- day: UTC day
-- runs: runs begun on that day that asked sources; 0 means that nobody watched
-- articles_read: articles read and stored by the runs of that day, on topic or not
-- sources_ok: sources that answered at least once on that day
-- sources_failed: sources asked on that day that never answered
-- sources_truncated: sources that listed less on that day than was there, by a cap, a limit or a page that failed
with watched as (
    select started_utc::date as day, count(*) as runs from runs semi join source_reports using (run_id) group by 1
),
read as (
    select recorded_utc::date as day, count(*) as articles_read from outcomes
    where reason in (select reason from outcome_reasons where stored) group by 1
),
asked as (
    select day, count(*) filter (where ok) as sources_ok, count(*) filter (where not ok) as sources_failed,
        count(*) filter (where truncated) as sources_truncated
    from (
        select reported_utc::date as day, source_id, bool_or(ok) as ok, bool_or(reason = 'truncated') as truncated
        from source_reports group by 1, 2
    ) group by 1
),
days as (
    select unnest(generate_series((min(day) - 366)::timestamp, max(day)::timestamp, interval 1 day))::date as day
    from watched
)
select d.day, coalesce(w.runs, 0) as runs, coalesce(r.articles_read, 0) as articles_read,
    coalesce(a.sources_ok, 0) as sources_ok, coalesce(a.sources_failed, 0) as sources_failed,
    coalesce(a.sources_truncated, 0) as sources_truncated
from days d left join watched w using (day) left join read r using (day) left join asked a using (day);
