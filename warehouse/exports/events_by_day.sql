-- The daily series of events with how much was watched.
select day, type, direction, n_events, n_inferred, n_reports, n_independent, runs, articles_read, sources_ok,
    sources_failed
from events_by_day
order by day, type, direction
