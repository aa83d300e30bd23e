-- The life of each policy: a row for each stage and for each thing that says so. They may disagree.
select policy, stage, date, date_from, basis, status, event_id, official_act_id, n_independent
from policy_life_cycles
order by policy, date_from nulls last, stage, basis, event_id nulls first, official_act_id nulls first, date
