-- The weekly series of events, with how much was watched in each ISO week.
select week_start, type, direction, n_events, n_reports, n_independent, days_with_runs, articles_read, sources_ok,
    sources_failed, sources_truncated
from events_by_week
order by week_start, type, direction
