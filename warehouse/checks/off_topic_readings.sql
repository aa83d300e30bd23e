-- Names and events are read only from articles that are on topic.
with read as (
    select article_id from mentions union select article_id from event_mentions
)
select article_id from articles semi join read using (article_id) where not on_topic
order by article_id
