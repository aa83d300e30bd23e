-- Named policies that articles mention, with what is known of them.
-- known: false where no knowledge file has it, and then all that follows up to about is unknown
-- n_mentions: mentions of it
-- n_articles: articles that mention it
select n.entity_id as policy_id, n.name, n.known, p.issuer, p.jurisdiction, p.family, p.form, p.official_number,
    p.proposed, p.adopted, p.in_force, p.ended, p.about, count(*) as n_mentions,
    count(distinct m.article_id) as n_articles
from entities n join mentions m using (entity_id) left join policies p on p.policy_id = n.entity_id
where n.label = 'POLICY'
group by all
order by n.name, n.entity_id
