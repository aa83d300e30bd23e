-- Names and reports are of the current version of their article.
select 'mentions' as table_name, m.mention_id as id from mentions m
left join articles a using (article_id, content_hash)
where a.article_id is null
union all
select 'event_mentions', m.event_mention_id from event_mentions m left join articles a using (article_id, content_hash)
where a.article_id is null
order by all
