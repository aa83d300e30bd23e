-- The last day that an ISO date of the precision known can mean: 2026 is 2026-12-31, 2026-11 is 2026-11-30.
-- (iso): text such as 2026, 2026-11 or 2026-11-05; NULL and other text give NULL
case length(iso) when 4 then try_cast(iso || '-12-31' as date)
    when 7 then last_day(try_cast(iso || '-01' as date)) else try_cast(iso as date) end
