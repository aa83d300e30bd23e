-- How two countries act towards each other over time: a row for each period and direction of action, from the first
-- such event or run to the last run, without gaps. Events known less exactly than the period are left out.
-- It counts acts and does not weigh them: a chip rule and a visa fee are one each. A weighted index is in
-- tension_by_week.
-- (country): a name or alias of the one, in any case
-- (other_country): a name or alias of the other
-- (grain): week, month, quarter or year; day works too
-- period_start: first day of the period
-- actor_country: who acts
-- target_country: at whom it is aimed
-- n_tighten: events done or announced that restrict
-- n_ease: those that relax
-- n_other: those without such a direction, statements among them
-- n_considered: events only proposed, weighed or urged, of any direction
-- n_denied: events that a report says are not so
-- net_tightening: n_tighten - n_ease
-- n_independent: outlets that report them on their own, summed over events
-- days_with_runs: days of the period on which a run began; 0 means that nobody watched
with sides as (
    select distinct a.entity as actor_country, b.entity as target_country
    from entity_names a, entity_names b
    where a.label = 'GPE' and b.label = 'GPE' and a.entity <> b.entity and (
        a.name_key = lower(trim(country)) and b.name_key = lower(trim(other_country))
        or a.name_key = lower(trim(other_country)) and b.name_key = lower(trim(country)))
),
acts as (
    select date_trunc(grain, d.date_from)::date as period_start, d.actor_country, d.target_country,
        sum(d.n_events) filter (d.status in ('done', 'announced') and d.direction = 'tighten') as n_tighten,
        sum(d.n_events) filter (d.status in ('done', 'announced') and d.direction = 'ease') as n_ease,
        sum(d.n_events) filter (d.status in ('done', 'announced') and d.direction not in ('tighten', 'ease'))
            as n_other,
        sum(d.n_events) filter (d.status = 'considered') as n_considered,
        sum(d.n_events) filter (d.status = 'denied') as n_denied, sum(d.n_independent) as n_independent
    from dyad_acts d semi join sides using (actor_country, target_country)
    where d.basis = 'target' and date_trunc(grain, d.date_from) = date_trunc(grain, d.date_to)
    group by all
),
watched as (
    select date_trunc(grain, started_utc)::date as period_start, count(distinct started_utc::date) as days_with_runs
    from runs group by 1
),
periods as (
    select unnest(generate_series(
        least((select min(period_start) from acts), min(period_start))::timestamp, max(period_start)::timestamp,
        ('1 ' || grain)::interval))::date as period_start from watched
    union select period_start from acts
)
select p.period_start, s.actor_country, s.target_country, coalesce(a.n_tighten, 0)::bigint as n_tighten,
    coalesce(a.n_ease, 0)::bigint as n_ease, coalesce(a.n_other, 0)::bigint as n_other,
    coalesce(a.n_considered, 0)::bigint as n_considered, coalesce(a.n_denied, 0)::bigint as n_denied,
    (coalesce(a.n_tighten, 0) - coalesce(a.n_ease, 0))::bigint as net_tightening,
    coalesce(a.n_independent, 0)::bigint as n_independent, coalesce(w.days_with_runs, 0) as days_with_runs
from periods p cross join sides s
left join acts a using (period_start, actor_country, target_country)
left join watched w using (period_start)
order by p.period_start, s.actor_country
