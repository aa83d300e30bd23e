-- One row for each name in each article.
select mention_id, article_id, content_hash, start_char, end_char, text, label, entity, entity_id, method, run_id,
    extractor_version, model_version, ontology_version
from mentions
order by article_id, start_char, end_char, label, mention_id
