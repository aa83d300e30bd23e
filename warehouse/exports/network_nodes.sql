-- Everyone who acts or is acted upon in an event: the nodes of the actor network.
-- node: canonical name
-- label: ORG, GPE and so on; NULL where no entity, or more than one, bears the name
-- kind: company, agency, university and so on; NULL where unknown
-- country: ISO 3166 code of its home, EU or INT; NULL where unknown
-- known: whether a knowledge file has it; NULL where no entity, or more than one, bears the name
-- n_as_actor: events in which it acts
-- n_as_target: events that are aimed at it
with parties as (
    select entity as node, count(*) filter (role = 'actor') as n_as_actor,
        count(*) filter (role = 'target') as n_as_target
    from event_parties where role in ('actor', 'target') group by 1
),
named as (
    select name as node, any_value(label) as label, any_value(kind) as kind, any_value(country) as country,
        any_value(known) as known
    from entities group by 1 having count(*) = 1
)
select p.node, n.label, n.kind, n.country, n.known, p.n_as_actor, p.n_as_target
from parties p left join named n using (node)
order by p.node
