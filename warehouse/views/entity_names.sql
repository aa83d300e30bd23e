-- Every name by which an entity can be asked for: its canonical name and the aliases of the knowledge files. The
-- macros look names up here. Those seen in texts, with how often, are in entity_names_seen.
-- sorted by: name_key, entity, label
-- name_key: the name in lower case
-- name: the name
-- entity: canonical name of the entity
-- label: ORG, ALLIANCE, POLICY, PERSON, GPE or PRODUCT; NULL for one that only events name
-- basis: canonical, alias (of the knowledge files) or event (a party of an event that no text mentions by that name)
with named as (
    select name, name as entity, label, 'canonical' as basis from entities
    union
    select a.alias, n.name, n.label, 'alias' from entity_aliases a join entities n using (entity_id)
    where a.alias <> n.name
    union
    select entity, entity, null, 'event' from (select distinct entity from event_parties)
    where entity not in (select name from entities)
)
select distinct lower(name) as name_key, name, entity, label, basis from named;
