-- The first day that an ISO date of the precision known can mean: 2026 is 2026-01-01, 2026-11 is 2026-11-01.
-- (iso): text such as 2026, 2026-11 or 2026-11-05; NULL and other text give NULL
try_cast(case length(iso) when 4 then iso || '-01-01' when 7 then iso || '-01' else iso end as date)
