-- Who belongs to an alliance on a day, by the knowledge file and by what articles report as done.
-- A member counts from the first day that its joining can mean to the last that its leaving can; certain tells those
-- of whom the dates leave no doubt.
-- (alliance_name): a name or alias of the alliance, in any case
-- (on_date): the day, as a date or ISO text
-- alliance: canonical name of the alliance
-- member: canonical name of the member
-- from_date: earliest ISO date since when, at the precision known; NULL where no basis gives one
-- to_date: latest ISO date until when; NULL is unknown or still
-- certain: whether it belonged for sure: joined before or on the day for all that the dates can mean, and not left
-- bases: knowledge, reported or both
-- event_ids: the events that report it
with named as (
    select distinct n.entity as alliance from entity_names n
    where n.name_key = lower(trim(alliance_name)) and n.label = 'ALLIANCE'
),
said as (
    select * from alliance_memberships m semi join named using (alliance)
    where m.basis = 'knowledge' or m.status = 'done'
),
spans as (
    select s.alliance, s.member, s.basis, s.event_id, s.from_date,
        coalesce(s.to_date, min(l.to_date) filter (s.from_date is null or l.to_date >= s.from_date)) as to_date
    from said s left join said l on l.direction = 'leave' and l.alliance = s.alliance and l.member = s.member
    where s.direction <> 'leave'
    group by s.alliance, s.member, s.basis, s.event_id, s.from_date, s.to_date
),
held as (
    select *, earliest_day(to_date) > on_date::date or to_date is null as stays,
        latest_day(from_date) <= on_date::date as begun
    from spans
    where (from_date is null or earliest_day(from_date) <= on_date::date)
        and (to_date is null or latest_day(to_date) >= on_date::date)
)
select alliance, member, min(from_date) as from_date,
    case when bool_and(to_date is not null) then max(to_date) end as to_date,
    coalesce(bool_or(begun and stays), false) as certain, list_sort(list(distinct basis)) as bases,
    coalesce(list_sort(list(distinct event_id) filter (event_id is not null)), []) as event_ids
from held
group by alliance, member
order by alliance, member
