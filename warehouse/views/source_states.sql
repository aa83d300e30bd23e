-- How each source is now.
-- sorted by: source_id
-- source_id: the source
-- source: its name
-- last_ok_utc: when it last answered; NULL where it never did
-- last_new_utc: when it last listed something new; NULL where it never did
-- failing_since_utc: first run of the present unbroken stretch of failures; NULL where the last run succeeded
-- silent_since_utc: first run of the present unbroken stretch without a new entry; NULL where the last run brought one
-- last_reason: reason of its last report
-- last_detail: what more that report says
-- n_entries: items that it ever listed
-- n_waiting: those that have not ended
with listed as (
    select source_id, count(*) as n_entries, count(*) filter (where e.outcome is null
    or not coalesce(r.final, true)) as n_waiting
    from entries e left join outcome_reasons r on r.reason = e.outcome group by 1
)
select s.source_id, s.name as source, s.last_ok_utc, s.last_new_utc, s.failing_since_utc, s.silent_since_utc,
    r.reason as last_reason, r.detail as last_detail, coalesce(l.n_entries, 0) as n_entries, coalesce(l.n_waiting,
    0) as n_waiting
from sources s
left join source_reports r on r.source_id = s.source_id and r.run_id = s.last_run_id
left join listed l on l.source_id = s.source_id;
