-- How each source did on each day.
select day, source_id, source, state, runs, failed_runs, failures, entries, new_entries, articles_read, skipped
from coverage_by_source_day
order by day, source_id
