-- How each source did on each day, without gaps from its first report to the last run: an outage is a row that says so.
-- sorted by: source_id, day
-- day: UTC day
-- source_id: the source
-- source: its name
-- state: ok, outage (asked and never answered), flaky (answered some of the time), off (no key) or no run (not asked)
-- runs: times that it was asked
-- failed_runs: times that it failed
-- failures: reasons for which it failed
-- truncated_runs: times that it listed less than was there, by a cap, a limit or a page that failed
-- entries: items that it listed, summed over runs
-- new_entries: items never listed before
-- articles_read: its articles read and stored on that day
-- skipped: its documents that ended otherwise on that day, known ones left out
with reported as (
    select reported_utc::date as day, source_id, count(ok) as runs, count(*) filter (where not ok) as failed_runs,
        count(*) filter (where reason = 'truncated') as truncated_runs, count(ok) = 0 as off,
        coalesce(list_sort(list(distinct reason) filter (where not ok)), []) as failures,
        sum(entries)::bigint as entries, sum(new_entries)::bigint as new_entries
    from source_reports group by 1, 2
),
ended as (
    select recorded_utc::date as day, source_id,
        count(*) filter (where r.stored) as articles_read,
        count(*) filter (where not coalesce(r.stored, false) and reason not in ('known', 'not_modified',
            'official_act', 'post', 'post_off_topic')) as skipped
    from outcomes left join outcome_reasons r using (reason) group by 1, 2
),
days as (
    select source_id, unnest(generate_series(min(day)::timestamp, (select max(started_utc)::date from runs)::timestamp,
        interval 1 day))::date as day
    from reported group by 1
    union select source_id, day from ended
)
select d.day, d.source_id, coalesce(s.name, d.source_id) as source,
    case when r.off then 'off' when coalesce(r.runs, 0) = 0 then 'no run' when r.failed_runs = 0 then 'ok'
        when r.failed_runs = r.runs then 'outage' else 'flaky' end as state,
    coalesce(r.runs, 0) as runs, coalesce(r.failed_runs, 0) as failed_runs, coalesce(r.failures, []) as failures,
    coalesce(r.truncated_runs, 0) as truncated_runs,
    coalesce(r.entries, 0) as entries, coalesce(r.new_entries, 0) as new_entries,
    coalesce(e.articles_read, 0) as articles_read, coalesce(e.skipped, 0) as skipped
from days d
left join sources s using (source_id)
left join reported r using (source_id, day)
left join ended e using (source_id, day);
