-- How often each named policy is mentioned, a row for each policy and day on which an article mentions it.
-- sorted by: policy_id, day
-- day: UTC day of publication; of first sight where the publication time is unknown
-- policy_id: entity_id of the policy
-- policy: canonical name
-- known: false where no knowledge file has it
-- issuer: the body that issued it; NULL where unknown
-- jurisdiction: whose policy it is; NULL where unknown
-- family: policy family; NULL where unknown
-- n_articles: articles that mention it
-- n_mentions: mentions in them
select coalesce(a.published_utc, a.first_seen_utc)::date as day, m.entity_id as policy_id, n.name as policy, n.known,
    p.issuer, p.jurisdiction, p.family, count(distinct m.article_id) as n_articles, count(*) as n_mentions
from mentions m
join articles a using (article_id)
join entities n using (entity_id)
left join policies p on p.policy_id = m.entity_id
where m.label = 'POLICY'
group by all;
