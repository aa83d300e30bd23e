-- One row a post, by address and without its text; posts are no reports.
select post_id, source_id, url, author, posted_utc, first_seen_utc, language, on_topic, relevance, relevance_reason,
    policy_families, run_id, extractor_version, model_version, ontology_version
from posts
order by posted_utc nulls last, post_id
