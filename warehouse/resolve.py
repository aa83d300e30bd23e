"""Events across articles: each gathers the reports with its id, and says how many of them are independent.

An event's fields are those of its report with the highest confidence; ties go to the earlier report, then to the
lower id, so that rebuilding a few events gives the same rows as rebuilding all of them.
"""

from __future__ import annotations

import duckdb

from warehouse.connect import transaction
from warehouse.rows import one

# A report counts as independent where its source does its own reporting, it is the first among near-duplicates, and
# it is the first of its outlet. An event that only copies report has one: the first.
REPORTS = """
create or replace temp table reports as
with reported as (
    select m.*, coalesce(a.published_utc, a.first_seen_utc) as report_utc, a.ingested_utc, o.outlet,
        o.source_independent, coalesce(a.copy_of, a.article_id) as original,
        row_number() over (
            partition by m.event_id, m.article_id order by m.confidence desc, m.event_mention_id) as nth_in_article
    from event_mentions m
    semi join to_rebuild using (event_id)
    join articles a using (article_id)
    join article_outlets o using (article_id)
),
copies as (
    select *, nth_in_article = 1 and source_independent and 1 = row_number() over (
        partition by event_id, nth_in_article, source_independent, original
        order by report_utc, article_id) as is_original
    from reported
),
outlets as (
    select *, is_original and 1 = row_number() over (
        partition by event_id, is_original, outlet order by report_utc, article_id) as counts
    from copies
)
select *, counts or (
    not bool_or(counts) over (partition by event_id)
    and 1 = row_number() over (partition by event_id order by nth_in_article, report_utc, article_id)) as independent,
    1 = row_number() over (partition by event_id order by confidence desc, report_utc, event_mention_id) as is_best
from outlets
"""

INSERT_REPORTS = """
insert into event_reports by name
select event_id, event_mention_id, article_id, independent, run_id, extractor_version, model_version, ontology_version
from reports
"""

INSERT_EVENTS = """
insert into events by name
with counted as (
    select event_id, count(distinct article_id) as n_reports, count(distinct outlet) as n_outlets,
        count(*) filter (independent) as n_independent, min(report_utc) as first_report_utc,
        max(report_utc) as last_report_utc, min(ingested_utc) as first_ingested_utc,
        list_sort(list(distinct status)) as statuses
    from reports group by event_id
)
select c.*, r.type, r.direction, r.actors, r.actor_countries, r.targets, r.target_countries, r.instrument, r.objects,
    r.amount, r.currency, r.date, r.precision, r.date_basis, r.date_from, r.date_to, r.status, r.attribution,
    r.confidence, r.event_mention_id as best_event_mention_id, r.run_id, r.extractor_version,
    r.model_version, r.ontology_version
from counted c join reports r on r.event_id = c.event_id and r.is_best
"""


def resolve(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> int:
    """Rebuilds the events whose reports changed since the last call, or ``everything``; returns the number of events
    rebuilt.

    In one transaction: readers of the warehouse see the old events or the new ones. Events that no article reports
    any more go.
    """
    scope = (
        "select event_id from event_mentions union select event_id from events" if everything else "from touched_events"
    )
    with transaction(con):
        con.execute(f"create or replace temp table to_rebuild as select distinct event_id from ({scope})")
        con.execute(REPORTS)
        for table in ("events", "event_reports"):
            con.execute(f"delete from {table} where event_id in (select event_id from to_rebuild)")
        con.execute(INSERT_REPORTS)
        con.execute(INSERT_EVENTS)
        con.execute("delete from touched_events")
        return one(con, "select count(distinct event_id) from reports")[0]
