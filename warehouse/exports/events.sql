-- One row an event, however many articles report it; fields are those of the report with the highest confidence.
-- best_article_id: the article of the report with the highest confidence
-- best_url: its address
-- best_headline: its headline
-- best_outlet: who published it
-- quote: the sentence of that report that tells the event, at most 300 characters; one that was cut ends in …
select e.event_id, e.type, e.direction, e.actors, e.actor_countries, e.targets, e.target_countries, e.instrument,
    e.objects, e.amount, e.currency, e.date, e.precision, e.date_basis, e.date_from, e.date_to, e.status, e.statuses,
    e.attribution, e.confidence, e.n_reports, e.n_outlets, e.n_independent, e.first_report_utc, e.last_report_utc,
    e.official_act_id, m.article_id as best_article_id, a.url as best_url, a.title as best_headline,
    o.outlet as best_outlet, case when length(m.sentence) > 300 then left(m.sentence, 299) || '…' else m.sentence end
    as quote, e.run_id, e.extractor_version, e.model_version, e.ontology_version
from events e
left join event_mentions m on m.event_mention_id = e.best_event_mention_id
left join articles a on a.article_id = m.article_id
left join article_outlets o on o.article_id = m.article_id
order by e.date_from nulls last, e.type, e.event_id
