-- Where each event comes from: a row for each report, with the sentence that says so and the article's address.
-- event_id: the event
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- date: ISO date that this report gives, at the precision known; NULL where it gives none
-- precision: day, week, month, quarter, year, inferred or unknown
-- status: status that this report gives: done, announced, considered or denied
-- sentence: the evidence
-- trigger: the words in it that tell the event
-- attribution: who says so, where the article names a source for it
-- url: address of the article
-- headline: its title
-- outlet: who published it
-- published_utc: when; NULL where unknown
-- independent: whether the report counts as independent
-- confidence: of the event coder, 0 to 1
-- article_id: the article
-- content_hash: the version of its text that was read
-- start_char: first code point of the sentence in the text
-- end_char: code point after its last
-- event_mention_id: the report
select m.event_id, m.type, m.direction, m.date, m.precision, m.status, m.sentence, m.trigger, m.attribution, a.url,
    a.title as headline, o.outlet, a.published_utc, r.independent, m.confidence, m.article_id, m.content_hash,
    m.start_char, m.end_char, m.event_mention_id
from event_mentions m
join event_reports r using (event_mention_id)
join articles a on a.article_id = m.article_id
join article_outlets o on o.article_id = m.article_id;
