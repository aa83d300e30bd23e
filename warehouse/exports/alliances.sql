-- Members of alliances, by the knowledge file and by reports.
select alliance, member, basis, direction, from_date, to_date, status, event_id, n_independent
from alliance_memberships
order by alliance, member, basis, event_id nulls first
