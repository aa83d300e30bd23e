-- A date taken from the publication is marked inferred, and an unknown date is empty.
select event_mention_id, date, precision, date_basis from event_mentions
where (precision = 'unknown') <> (date is null) or (date is not null and date_from is null)
order by event_mention_id
