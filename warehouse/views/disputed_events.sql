-- Events on whose truth reports differ: at least one denies what another says was or will be done.
-- sorted by: event_id
-- event_id: the event
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- actors: who acts, by the report with the highest confidence
-- targets: at whom it is aimed, by the same
-- date: ISO date at the precision known; NULL where it is unknown
-- n_affirming: articles that say it is done or announced
-- n_considering: articles that say it is only considered
-- n_denying: articles that deny it
select e.event_id, e.type, e.direction, e.actors, e.targets, e.date,
    count(distinct m.article_id) filter (m.status in ('done', 'announced')) as n_affirming,
    count(distinct m.article_id) filter (m.status = 'considered') as n_considering,
    count(distinct m.article_id) filter (m.status = 'denied') as n_denying
from events e join event_mentions m using (event_id)
where list_contains(e.statuses, 'denied') and list_has_any(e.statuses, ['done', 'announced'])
group by all;
