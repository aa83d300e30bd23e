-- Who belongs to which alliance: by the knowledge file, and by the events that articles report.
-- alliance: canonical name of the alliance
-- member: canonical name of the member
-- basis: knowledge for a row of the knowledge file, reported for an event of type ALLIANCE
-- direction: form, join or leave where an event says so; empty for knowledge
-- from_date: ISO date since when, at the precision known; for a report the date of the event; NULL is unknown
-- to_date: ISO date until when; for a report of leaving the date of the event; NULL is unknown or still
-- status: done, announced, considered or denied for a report; NULL for knowledge
-- event_id: the event that reports it; NULL for knowledge
-- n_independent: outlets that report it on their own; NULL for knowledge
select alliance, member, 'knowledge' as basis, '' as direction, from_date, to_date, null::varchar as status,
    null::varchar as event_id, null::integer as n_independent
from alliance_members
union all
select e.instrument, a.member, 'reported', e.direction, case when e.direction <> 'leave' then e.date end,
    case when e.direction = 'leave' then e.date end, e.status, e.event_id, e.n_independent
from events e, unnest(e.actors) as a(member)
where e.type = 'ALLIANCE' and e.instrument is not null;
