-- The events in which an entity acts, is aimed at, or is the instrument or an object, in the order of their dates,
-- undated ones last, each with the sentence that says so.
-- (entity_name): a name or alias of it, in any case: Huawei, commerce department, u.s.
-- date: ISO date at the precision known; NULL where no report gives one
-- precision: day, week, month, quarter, year, inferred or unknown
-- entity: canonical name of the entity; an alias that several bear brings them all
-- roles: what it is in the event: actor, target, instrument or object
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- status: done, announced, considered or denied
-- actors: canonical names of who acts
-- targets: canonical names of whom it is aimed at
-- instrument: the policy or alliance by which it is done; NULL where none is named
-- n_independent: outlets that report it on their own
-- confidence: of the event coder for the best report, 0 to 1
-- sentence: the evidence, from the report with the highest confidence
-- url: address of that report's article
-- event_id: the event
with named as (
    select distinct n.entity from entity_names n where n.name_key = lower(trim(entity_name))
),
taken_part as (
    select p.event_id, p.entity, list_sort(list(distinct p.role)) as roles
    from event_parties p semi join named using (entity) group by all
)
select e.date, e.precision, t.entity, t.roles, e.type, e.direction, e.status, e.actors, e.targets, e.instrument,
    e.n_independent, e.confidence, m.sentence, a.url, e.event_id
from taken_part t
join events e using (event_id)
left join event_mentions m on m.event_mention_id = e.best_event_mention_id
left join articles a on a.article_id = m.article_id
order by e.date_from nulls last, e.date_to, e.event_id, t.entity
