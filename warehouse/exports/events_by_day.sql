-- The daily series of events, with how much was watched on each day.
select day, type, direction, n_events, n_inferred, n_reports, n_independent, runs, articles_read, sources_ok,
    sources_failed, sources_truncated
from events_by_day
order by day, type, direction
