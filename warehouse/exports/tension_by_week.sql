-- The weekly series of tension between two countries: weights of acts, added up; the weights are the project's judgement.
select week_start, country, other_country, tension, by_country, by_other_country, together, n_events, days_with_runs,
    articles_read, sources_ok, sources_failed, sources_truncated
from tension_by_week
order by week_start, country, other_country
