-- One row for each member of an alliance and each thing that says so: the knowledge file, or an event.
-- basis: known by the knowledge file (knowledge) or reported by an event (reported)
-- source: what says so: the knowledge file, or the address of the event's best report
select m.alliance, m.member, m.basis, m.direction, m.from_date, m.to_date, m.status, m.event_id, m.n_independent,
    case m.basis when 'knowledge' then 'alliances.jsonl' else a.url end as source
from alliance_memberships m
left join events e using (event_id)
left join event_mentions r on r.event_mention_id = e.best_event_mention_id
left join articles a on a.article_id = r.article_id
order by m.alliance, m.member, m.basis, m.event_id nulls first, m.from_date nulls first, m.to_date nulls first
