-- The names under which each entity stands in texts.
-- sorted by: entity_id, label, name_in_text
-- entity_id: the entity
-- entity: its canonical name
-- label: ORG, ALLIANCE, POLICY, PERSON, GPE or PRODUCT
-- known: false where no knowledge file has it
-- name_in_text: the name as it stands in texts
-- n_mentions: how often
-- n_articles: in how many articles
select m.entity_id, n.name as entity, n.label, n.known, m.text as name_in_text, count(*) as n_mentions,
    count(distinct m.article_id) as n_articles
from mentions m join entities n using (entity_id)
group by all;
