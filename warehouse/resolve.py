"""Events across articles: claims that agree are one event, with its reports and how many of them are independent.

What makes two reports the same event is in ``agreement``, which claim belongs to which event in ``placing``; here they
meet the database. An event's fields are those of its report with the highest confidence, its date that of the report
that gives it most exactly; ties go to the earlier report, then to the lower id, so that rebuilding a few events gives
the same rows as rebuilding all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import duckdb

from warehouse.agreement import REPORTED_WITHIN, WIDEST, Claim, claim_of
from warehouse.connect import transaction
from warehouse.placing import Claims, place
from warehouse.rows import insert, one, records, stage

SETS = ("actors", "actor_countries", "targets", "target_countries", "objects")
PLAIN = ("claim_id", "type", "direction", "instrument", "amount", "currency", "date_from", "date_to", "stated")

# The touched claims that are still reported, each by one of its reports: all say the same.
TOLD = """
    select m.*, min(a.published_utc) over (partition by m.claim_id) as first_published_utc
    from event_mentions m join articles a using (article_id) semi join touched using (claim_id)
    qualify row_number() over (partition by m.claim_id order by m.event_mention_id) = 1
"""

# Which claims may agree with each of those looked up. Days, weeks and months are all the ranges that can agree with
# another one than themselves.
NEIGHBOURS = f"""
    create or replace temp table neighbours as
    with asked as (
        select c.* from event_claims c semi join wanted_claims using (claim_id) where c.date_from is not null
    ),
    days as (
        select claim_id, unnest(generate_series(date_from - {REPORTED_WITHIN}, date_to + {REPORTED_WITHIN},
            interval 1 day))::date as day
        from asked where date_to - date_from < {WIDEST}
    ),
    ranges as (
        select claim_id, date_from, date_to from asked
        union select claim_id, day, day from days
        union select claim_id, date_trunc('week', day)::date, date_trunc('week', day)::date + 6 from days
        union select claim_id, date_trunc('month', day)::date, last_day(day) from days
    )
    select a.claim_id, k.claim_id as other_id
    from ranges r join asked a using (claim_id)
    join event_claims k on k.date_from = r.date_from and k.date_to = r.date_to and k.type = a.type
        and k.direction = a.direction
    where k.claim_id <> a.claim_id and list_has_any(k.marks, a.marks)
"""

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
    1 = row_number() over (partition by event_id order by confidence desc, report_utc, event_mention_id) as is_best,
    1 = row_number() over (partition by event_id order by date_to - date_from nulls last, precision = 'inferred',
        confidence desc, report_utc, event_mention_id) as is_dated_best
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
    r.amount, r.currency, d.date, d.precision, d.date_basis, d.date_from, d.date_to, r.status, r.attribution,
    r.confidence, r.event_mention_id as best_event_mention_id,
    case when d.date_from is not null then d.event_mention_id end as date_event_mention_id, r.run_id,
    r.extractor_version, r.model_version, r.ontology_version
from counted c
join reports r on r.event_id = c.event_id and r.is_best
join reports d on d.event_id = c.event_id and d.is_dated_best
"""


def resolve(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> int:
    """Rebuilds the events whose reports changed since the last call, or ``everything``; returns the number of events
    rebuilt.

    In one transaction: readers of the warehouse see the old events or the new ones. Events that no article reports
    any more go.
    """
    scope = "select claim_id from event_mentions union select claim_id from event_claims"
    with transaction(con):
        con.execute(
            "create or replace temp table touched as select distinct claim_id from "
            + (f"({scope})" if everything else "touched_claims")
        )
        con.execute(
            """create or replace temp table to_rebuild as
            select event_id from event_claims semi join touched using (claim_id)
            union select event_id from events semi join touched on claim_id = event_id"""
        )
        if everything:
            con.execute("insert into to_rebuild select event_id from events")
            con.execute("delete from event_claims")
        _place_claims(con)
        con.execute(REPORTS)
        for table in ("events", "event_reports"):
            con.execute(f"delete from {table} where event_id in (select event_id from to_rebuild)")
        con.execute(INSERT_REPORTS)
        con.execute(INSERT_EVENTS)
        con.execute("delete from touched_claims")
        return one(con, "select count(distinct event_id) from reports")[0]


def _place_claims(con: duckdb.DuckDBPyConnection) -> None:
    """Brings ``event_claims`` and the events of its reports up to date, and adds to ``to_rebuild`` what that changes."""
    told = {row["claim_id"]: _told(row) for row in records(con, TOLD)}
    stored = "select * from event_claims semi join touched using (claim_id)"
    known, events = _claims(records(con, stored))
    new = [name for name in told if name not in known]
    moved = [name for name in told if name in known and told[name].rank != known[name].rank]
    gone = [name for name in known if name not in told]
    stage(con, "changed", {"claim_id": [*new, *moved]})
    con.execute("delete from event_claims where claim_id in (select claim_id from changed)")
    insert(con, "event_claims", [_row(told[name], events.get(name, name)) for name in (*new, *moved)])
    claims = Claims(known=known | told, events=events, look_up=lambda names: {})
    claims.look_up = partial(_look_up, con, claims)
    placed = place(claims, new, moved, gone)
    stage(con, "placed", {"claim_id": list(placed), "event_id": list(placed.values())})
    con.execute("insert into to_rebuild select event_id from event_claims semi join placed using (claim_id)")
    con.execute("update event_claims set event_id = p.event_id from placed p where event_claims.claim_id = p.claim_id")
    stage(con, "gone", {"claim_id": gone})
    con.execute("delete from event_claims where claim_id in (select claim_id from gone)")
    con.execute(
        """create or replace temp table settled as
        select claim_id, event_id from event_claims
        where claim_id in (select claim_id from touched union select claim_id from placed)"""
    )
    con.execute("insert into to_rebuild select event_id from settled")
    con.execute(
        """update event_mentions set event_id = s.event_id from settled s
        where event_mentions.claim_id = s.claim_id and event_mentions.event_id <> s.event_id"""
    )


def _look_up(con: duckdb.DuckDBPyConnection, claims: Claims, names: list[str]) -> dict[str, list[str]]:
    """The claims that may agree with each of ``names``, which are added to those known."""
    stage(con, "wanted_claims", {"claim_id": names})
    con.execute(NEIGHBOURS)
    near: dict[str, list[str]] = {name: [] for name in names}
    for name, other in con.execute("select claim_id, other_id from neighbours").fetchall():
        near[name].append(other)
    missing = {other for others in near.values() for other in others if other not in claims.known}
    stage(con, "wanted_claims", {"claim_id": sorted(missing)})
    known, events = _claims(records(con, "select * from event_claims semi join wanted_claims using (claim_id)"))
    claims.known |= known
    claims.events |= events
    return near


def _told(row: dict[str, Any]) -> Claim:
    return replace(claim_of(row), claim_id=row["claim_id"], first_published=row["first_published_utc"])


def _claims(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Claim], dict[str, str]]:
    """Claims by id, and the event of each, from rows of ``event_claims``."""
    known, events = {}, {}
    for row in rows:
        sets: dict[str, Collection[str]] = {name: frozenset(row[name]) for name in SETS}
        plain = {name: row[name] for name in PLAIN}
        known[row["claim_id"]] = Claim(first_published=row["first_published_utc"], **plain, **sets)
        events[row["claim_id"]] = row["event_id"]
    return known, events


def _row(claim: Claim, event: str) -> dict[str, Any]:
    row = {name: getattr(claim, name) for name in PLAIN}
    row |= {name: sorted(getattr(claim, name)) for name in SETS}
    return row | {"event_id": event, "marks": sorted(claim.marks), "first_published_utc": claim.first_published}
