-- Nothing is seen, stored or published in the future of its run, and no event that is done lies after the run that read it.
select 'article stored before it was seen' as fault, article_id as id from articles where ingested_utc < first_seen_utc
union all
select 'published over a day after the run that read it', a.article_id from articles a join runs r using (run_id)
where a.published_utc > r.started_utc + interval 1 day
union all
select 'done on a day after the run', m.event_mention_id from event_mentions m join runs r using (run_id)
where m.status = 'done' and m.precision = 'day' and m.date_from > r.started_utc::date + 1
union all
select 'run finished before it began', run_id from runs where finished_utc < started_utc
order by all
