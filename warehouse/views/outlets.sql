-- Who published the articles.
-- sorted by: outlet
-- outlet: name of the publisher, else of the source
-- independent: whether all its articles came from sources that do their own reporting
-- n_articles: articles stored
-- n_on_topic: those about the rivalry over AI
-- n_copies: those that nearly repeat an earlier article
-- n_events: events that they report
-- first_published_utc: earliest known publication; NULL where none is known
-- last_published_utc: latest known publication; NULL where none is known
with reported as (
    select o.outlet, count(distinct r.event_id) as n_events from event_reports r
    join article_outlets o using (article_id) group by 1
)
select o.outlet, bool_and(o.source_independent) as independent, count(*) as n_articles,
    count(*) filter (where a.on_topic) as n_on_topic, count(a.copy_of) as n_copies,
    coalesce(any_value(r.n_events), 0) as n_events, min(a.published_utc) as first_published_utc,
    max(a.published_utc) as last_published_utc
from articles a
join article_outlets o using (article_id)
left join reported r on r.outlet = o.outlet
group by o.outlet;
