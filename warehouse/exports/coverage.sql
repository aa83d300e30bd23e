-- How each source did on each day: an outage is a row that says so.
select day, source_id, source, state, runs, failed_runs, failures, truncated_runs, entries, new_entries, articles_read,
    skipped
from coverage_by_source_day
order by day, source_id
