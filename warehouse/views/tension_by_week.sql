-- How tense it is between two countries, week by week and without gaps: the weights of what each did to the other and of
-- what they did together, added up. Each event counts once, however many outlets report it. What the weights are, and
-- whose idea they follow, is in tension_weights. Takes in events known by the day or the week.
-- The index grows with how much is read: compare weeks only where the columns on the right are alike.
-- week_start: the Monday of the week, UTC
-- country: the one country, first in alphabetical order
-- other_country: the other
-- tension: by_country + by_other_country + together; above 0 is hostile on balance
-- by_country: weight of what the one did to the other
-- by_other_country: weight of what the other did to the one
-- together: weight of what they did together, such as meetings
-- n_events: events that are counted, of any weight, denied ones left out
-- days_with_runs: days of the week, 0 to 7, on which a run began
-- articles_read: articles read and stored in that week, on topic or not
-- sources_ok: sources that answered at least once in that week
-- sources_failed: sources asked in that week that never answered
-- sources_truncated: sources that at least once in that week listed less than was there
with status_shares as (
    from (values ('done', 1.0), ('announced', 0.7), ('considered', 0.3)) as shares(status, status_share)
),
acts as (
    select date_trunc('week', d.date_from)::date as week_start, least(d.actor_country, d.target_country) as country,
        greatest(d.actor_country, d.target_country) as other_country,
        case when d.basis = 'together' then 'together' when d.actor_country < d.target_country then 'country'
            else 'other' end as by_whom,
        d.n_events, d.n_events * w.weight * s.status_share as weight
    from dyad_acts d join tension_weights w using (type, direction) join status_shares s using (status)
    where d.actor_country <> d.target_country and date_trunc('week', d.date_from) = date_trunc('week', d.date_to)
),
added as (
    select week_start, country, other_country, sum(weight) as tension,
        sum(weight) filter (by_whom = 'country') as by_country,
        sum(weight) filter (by_whom = 'other') as by_other_country,
        sum(weight) filter (by_whom = 'together') as together, sum(n_events)::bigint as n_events
    from acts group by all
),
weeks as (
    select week_start from coverage_by_week where week_start >= (select min(week_start) from added)
    union select week_start from added
)
select d.week_start, k.country, k.other_country, coalesce(a.tension, 0)::double as tension,
    coalesce(a.by_country, 0)::double as by_country, coalesce(a.by_other_country, 0)::double as by_other_country,
    coalesce(a.together, 0)::double as together, coalesce(a.n_events, 0) as n_events,
    coalesce(c.days_with_runs, 0) as days_with_runs, coalesce(c.articles_read, 0) as articles_read,
    coalesce(c.sources_ok, 0) as sources_ok, coalesce(c.sources_failed, 0) as sources_failed,
    coalesce(c.sources_truncated, 0) as sources_truncated
from weeks d
cross join (select distinct country, other_country from added) k
left join added a using (week_start, country, other_country)
left join coverage_by_week c using (week_start);
