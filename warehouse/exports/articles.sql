-- One row an article, without its text.
-- headline: its title
select a.article_id, a.content_hash, a.source_id, o.outlet, a.url, a.title as headline, a.authors, a.published_utc,
    a.published_basis, a.first_seen_utc, a.ingested_utc, a.text_basis, a.language, a.copy_of, a.on_topic, a.relevance,
    a.relevance_reason, a.policy_families, a.problems, a.run_id, a.extractor_version, a.model_version,
    a.ontology_version
from articles a join article_outlets o using (article_id)
order by a.published_utc nulls last, a.article_id
