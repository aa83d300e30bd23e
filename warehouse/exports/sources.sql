-- One row a source: what it is, and how it was at the last run.
-- source: its name
select s.source_id, s.name as source, s.kind, s.protocol, s.publisher, s.depth, s.independent, t.last_ok_utc,
    t.last_new_utc, t.failing_since_utc, t.silent_since_utc, t.last_reason, t.n_entries, t.n_waiting
from sources s join source_states t using (source_id)
order by s.source_id
