-- Who and what takes part in each event, a row for each role: the way from a name to its events.
-- sorted by: entity, event_id, role
-- entity: canonical name
-- event_id: the event
-- role: actor, target, instrument or object
select unnest(actors) as entity, event_id, 'actor' as role from events
union
select unnest(targets), event_id, 'target' from events
union
select unnest(objects), event_id, 'object' from events
union
select instrument, event_id, 'instrument' from events where instrument is not null;
