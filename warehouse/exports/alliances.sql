-- One row an alliance: those of the knowledge file, and those that only articles name.
-- alliance_id: the alliance; entity_id in mentions and entities
-- alliance: canonical name
-- known: false where no knowledge file has it
-- n_members_known: members by the knowledge file that are not known to have left
-- n_members_reported: members that events report to have formed or joined it, or say that they will
-- n_articles: articles that mention it
with named as (
    select alliance_id, name as alliance, true as known from alliances
    union
    select entity_id, name, false from entities
    where label = 'ALLIANCE' and entity_id not in (select alliance_id from alliances)
),
met as (
    select entity_id as alliance_id, count(distinct article_id) as n_articles from mentions where label = 'ALLIANCE'
    group by 1
),
members as (
    select alliance, count(distinct member) filter (basis = 'knowledge' and to_date is null) as n_members_known,
        count(distinct member) filter (basis = 'reported' and direction <> 'leave'
            and status in ('done', 'announced')) as n_members_reported
    from alliance_memberships group by 1
)
select n.alliance_id, n.alliance, n.known, a.kind, a.lead, a.founded, a.dissolved, a.about,
    coalesce(m.n_members_known, 0) as n_members_known, coalesce(m.n_members_reported, 0) as n_members_reported,
    coalesce(t.n_articles, 0) as n_articles, a.ontology_version
from named n
left join alliances a using (alliance_id)
left join members m using (alliance)
left join met t using (alliance_id)
order by n.alliance, n.alliance_id
