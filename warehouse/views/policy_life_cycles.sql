-- The stages of each named policy, with where each is known from: a row for each stage and source of it. Reports may
-- disagree with each other, with the official act and with the knowledge file; all of them are shown.
-- sorted by: policy, date_from, stage, basis, event_id
-- policy: canonical name
-- stage: proposed, adopted, in force, eased or revoked
-- date: ISO date of the stage, at the precision known; NULL where it is unknown
-- date_from: first day that the date can mean; NULL where it is unknown
-- basis: knowledge (the knowledge file), official (the Federal Register) or reported (an event)
-- status: done, announced, considered or denied for an event; NULL otherwise
-- event_id: the event that reports it; NULL otherwise
-- official_act_id: the official act that makes it; NULL otherwise
-- n_independent: outlets that report it on their own; NULL where no event does
with known as (
    unpivot (select name as policy, proposed, adopted, in_force as "in force", ended as revoked from policies)
    on proposed, adopted, "in force", revoked into name stage value date
),
official as (
    select p.name as policy, a.official_act_id,
        unnest([{'stage': case when a.type = 'Proposed Rule' then 'proposed' else 'adopted' end,
                'day': a.publication_date}, {'stage': 'in force', 'day': a.effective_on}]) as act
    from official_act_policies k join official_acts a using (official_act_id) join policies p using (policy_id)
    where a.type in ('Rule', 'Proposed Rule', 'Presidential Document')
),
reported as (
    select e.instrument as policy, e.*,
        regexp_matches(m.trigger, '(?i)\b(rescind|revok|repeal|withdr|scrap|abolish|strik|struck|annul)') as ends
    from events e join event_mentions m on m.event_mention_id = e.best_event_mention_id
    where e.instrument is not null and e.type in ('EXPORT_CONTROL', 'SANCTION', 'TARIFF', 'INVESTMENT_SCREENING',
        'IMPORT_OR_USE_BAN', 'LAW_OR_PLAN')
)
select policy, stage, date, try_cast(date || substring('-01-01', length(date) - 3) as date) as date_from, 'knowledge' as basis, null::varchar as status,
    null::varchar as event_id, null::varchar as official_act_id, null::integer as n_independent
from known where date is not null
union all
select policy, act.stage, act.day::varchar, act.day, 'official', null, null, official_act_id, null
from official where act.day is not null
union all
select policy, case when ends then 'revoked' when direction = 'ease' then 'eased'
    when status = 'considered' then 'proposed' else 'adopted' end,
    date, date_from, 'reported', status, event_id, official_act_id, n_independent
from reported;
