-- Events that can have happened from one day to another, both included, in the order of their dates.
-- An event known only by its month or year stands in every span that its date touches: keep to certain = true where
-- spans are to be added up. Undated events are in none.
-- (from_day): the first day, as a date or ISO text
-- (to_day): the last day, as a date or ISO text
-- event_id: the event
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- actors: canonical names of who acts
-- targets: canonical names of whom it is aimed at
-- instrument: the policy or alliance by which it is done; NULL where none is named
-- date: ISO date at the precision known
-- precision: day, week, month, quarter, year or inferred
-- date_from: first day that the date can mean
-- date_to: last day that the date can mean
-- certain: whether every day that the date can mean lies in the span
-- status: done, announced, considered or denied
-- confidence: of the event coder for the best report, 0 to 1
-- n_reports: articles that report it
-- n_independent: outlets that report it on their own
select event_id, type, direction, actors, targets, instrument, date, precision, date_from, date_to,
    date_from >= from_day::date and date_to <= to_day::date as certain, status, confidence, n_reports, n_independent
from events
where date_from <= to_day::date and date_to >= from_day::date
order by date_from, date_to, event_id
