-- Every event has a best report that is stored, with a sentence and an article with an address.
select e.event_id, e.best_event_mention_id from events e
left join event_mentions m on m.event_mention_id = e.best_event_mention_id and m.event_id = e.event_id
left join articles a on a.article_id = m.article_id
where m.event_mention_id is null or trim(m.sentence) = '' or a.url is null or a.url = ''
order by e.event_id
