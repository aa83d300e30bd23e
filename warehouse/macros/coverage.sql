-- How a source did on each day, from its first report to the last run: an outage is a row that says so.
-- (source_name): its name or id, in any case
-- day: UTC day
-- source: its name
-- state: ok, outage (asked and never answered), flaky (answered some of the time) or no run (not asked)
-- failures: reasons for which it failed
-- new_entries: items never listed before
-- articles_read: its articles read and stored on that day
-- skipped: its documents that ended otherwise on that day, known ones left out
select c.day, c.source, c.state, c.failures, c.new_entries, c.articles_read, c.skipped
from coverage_by_source_day c
where lower(trim(source_name)) in (lower(c.source), lower(c.source_id))
order by c.source, c.day
