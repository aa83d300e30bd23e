-- The entities that articles mention, with how often.
-- n_mentions: mentions of it
-- n_articles: articles that mention it
select n.entity_id, n.name, n.label, n.kind, n.country, n.wikidata, n.known, count(*) as n_mentions,
    count(distinct m.article_id) as n_articles
from entities n join mentions m using (entity_id)
group by all
order by n.label, n.name, n.entity_id
