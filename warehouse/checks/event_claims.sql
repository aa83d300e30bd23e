-- Every report's claim is stored and belongs to the report's event, which is founded by one of its claims.
select 'report without its claim' as fault, m.event_mention_id as id from event_mentions m
anti join event_claims c using (claim_id, event_id)
union all
select 'claim that no report makes', c.claim_id from event_claims c anti join event_mentions m using (claim_id)
union all
select 'claim that stands twice', claim_id from event_claims group by claim_id having count(*) > 1
union all
select 'event without its founder', e.event_id from events e
anti join event_claims c on c.claim_id = e.event_id and c.event_id = e.event_id
order by all
