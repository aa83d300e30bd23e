-- Ids of derived rows are unique.
select 'mentions' as table_name, mention_id as id, count(*) as n from mentions group by 2 having n > 1
union all
select 'event_mentions', event_mention_id, count(*) as n from event_mentions group by 2 having n > 1
union all
select 'events', event_id, count(*) as n from events group by 2 having n > 1
union all
select 'event_reports', event_mention_id, count(*) as n from event_reports group by 2 having n > 1
order by all
