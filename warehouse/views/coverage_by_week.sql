-- How much was watched in each ISO week, without gaps: the denominator of every weekly series.
-- sorted by: week_start
-- week_start: the Monday of the week, UTC
-- days_with_runs: days of the week, 0 to 7, on which a run began
-- articles_read: articles read and stored by the runs of that week, on topic or not
-- sources_ok: sources that answered at least once in that week
-- sources_failed: sources asked in that week that never answered
-- sources_truncated: sources that at least once in that week listed less than was there
with asked as (
    select week_start, count(*) filter (where ok) as sources_ok, count(*) filter (where not ok) as sources_failed,
        count(*) filter (where truncated) as sources_truncated
    from (
        select date_trunc('week', reported_utc)::date as week_start, source_id, bool_or(ok) as ok,
            bool_or(reason = 'truncated') as truncated
        from source_reports group by 1, 2
    ) group by 1
),
days as (
    select date_trunc('week', day)::date as week_start, count(*) filter (where runs > 0) as days_with_runs,
        sum(articles_read)::bigint as articles_read
    from coverage_by_day group by 1
)
select d.week_start, d.days_with_runs, d.articles_read, coalesce(a.sources_ok, 0) as sources_ok,
    coalesce(a.sources_failed, 0) as sources_failed, coalesce(a.sources_truncated, 0) as sources_truncated
from days d left join asked a using (week_start);
