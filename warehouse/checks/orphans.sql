-- Every row leads to the rows that it refers to.
select 'article without its version' as fault, a.article_id as id from articles a
anti join article_revisions r using (article_id, content_hash)
union all
select 'mention without its entity', m.mention_id from mentions m anti join entities e using (entity_id)
union all
select 'report of an event that is not there', m.event_mention_id from event_mentions m
anti join events e using (event_id)
union all
select 'event report without its mention', r.event_mention_id from event_reports r
anti join event_mentions m using (event_id, event_mention_id)
union all
select 'outcome of a run that is not there', o.run_id from outcomes o anti join runs r using (run_id)
union all
select 'copy of an article that is not there', a.article_id from articles a
anti join articles b on b.article_id = a.copy_of where a.copy_of is not null
order by all
