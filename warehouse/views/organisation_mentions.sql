-- How often each organisation is mentioned, a row for each organisation and day on which an article mentions it.
-- sorted by: organisation_id, day
-- day: UTC day of publication; of first sight where the publication time is unknown
-- organisation_id: entity_id of the organisation
-- organisation: canonical name
-- known: false where no knowledge file has it
-- kind: company, agency, university and so on; NULL where unknown
-- country: ISO 3166 code of its home, EU or INT; NULL where unknown
-- n_articles: articles that mention it
-- n_mentions: mentions in them
select coalesce(a.published_utc, a.first_seen_utc)::date as day, m.entity_id as organisation_id,
    n.name as organisation, n.known, n.kind, n.country, count(distinct m.article_id) as n_articles,
    count(*) as n_mentions
from mentions m
join articles a using (article_id)
join entities n using (entity_id)
where m.label = 'ORG'
group by all;
