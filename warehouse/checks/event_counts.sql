-- The counts of an event are those of its reports, and at least one of them is independent.
with counted as (
    select event_id, count(distinct article_id) as n_reports, count(*) filter (where independent) as n_independent
    from event_reports group by 1
)
select e.event_id, e.n_reports, e.n_independent from events e left join counted c using (event_id)
where c.event_id is null or c.n_reports <> e.n_reports or c.n_independent <> e.n_independent or e.n_independent < 1
    or e.n_independent > e.n_outlets or e.n_outlets > e.n_reports
order by e.event_id
