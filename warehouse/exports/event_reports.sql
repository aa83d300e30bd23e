-- One row for each report of each event, with a quote and the address where it stands.
-- quote: the sentence that tells the event, at most 300 characters; one that was cut ends in …
select v.event_id, v.event_mention_id, v.type, v.direction, m.actors, m.targets, m.instrument, m.objects, v.date,
    v.precision, m.date_basis, v.status, v.attribution, v.trigger,
    case when length(v.sentence) > 300 then left(v.sentence, 299) || '…' else v.sentence end as quote, v.start_char,
    v.end_char, v.url, v.headline, v.outlet, v.published_utc, v.independent, v.confidence, v.article_id, v.content_hash,
    m.run_id, m.extractor_version, m.model_version, m.ontology_version
from event_evidence v join event_mentions m using (event_mention_id)
order by v.event_id, v.published_utc nulls last, v.event_mention_id
