"""Parts into the warehouse: one statement a table, by the same rules as a night's batches (``load``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from extractors.records import Versions
from warehouse import load
from warehouse.connect import transaction
from warehouse.ledger import version_columns
from warehouse.parts import SCHEMAS, quoted
from warehouse.rows import insert, naive_utc, one, stage

# Of several captures of one article the newest stands. It takes the place of the stored version where it was seen later; an
# older one is kept beside it.
STANDING = """
create or replace temp table standing as
with stored as (
    select a.article_id, a.content_hash, coalesce(max(o.seen_utc), any_value(r.stored_utc)) as seen_utc
    from articles a join article_revisions r using (article_id, content_hash)
    left join article_origins o using (article_id, content_hash)
    semi join part_articles using (article_id)
    group by 1, 2
),
ranked as (
    select a.capture_id, a.article_id, a.content_hash, d.captured_utc,
        row_number() over newest as nth, first_value(d.key) over newest as newest_key
    from part_articles a join part_documents d using (capture_id)
    window newest as (partition by a.article_id order by d.captured_utc desc, a.capture_id)
)
select r.capture_id, r.article_id,
    case when nth > 1 then 'duplicate_url'
        when s.content_hash = r.content_hash or s.seen_utc >= r.captured_utc then 'known'
        when s.article_id is not null then 'revised' end as reason,
    case when nth > 1 then 'the same article as ' || newest_key
        when s.content_hash = r.content_hash then 'text unchanged'
        when s.seen_utc >= r.captured_utc then 'an older version than the one stored; kept beside it' end as detail
from ranked r left join stored s using (article_id)
"""

TEXTS = """
with incoming as (
    select coalesce(a.published_utc, a.first_seen_utc) as moment, a.article_id, a.text, true as incoming, a.canonical_url
    from part_articles a semi join fresh using (capture_id)
),
days as (
    select distinct unnest(generate_series(moment::date::timestamp - interval 14 day, moment::date::timestamp + interval 14 day,
        interval 1 day))::date as day
    from incoming
),
stored as (
    select coalesce(a.published_utc, a.first_seen_utc) as moment, a.article_id, r.text, false as incoming, a.canonical_url
    from articles a join article_revisions r using (article_id, content_hash) anti join incoming using (article_id)
    where a.copy_of is null and coalesce(a.published_utc, a.first_seen_utc)::date in (select day from days)
)
select moment, article_id, text, incoming from (from incoming union all from stored)
order by moment, incoming, canonical_url
"""

REVISIONS = """
insert into article_revisions by name
select article_id, content_hash, title, text, text_basis, raw_hash, $now as stored_utc, $run as run_id
from part_articles
qualify row_number() over (partition by article_id, content_hash order by first_seen_utc, capture_id) = 1
on conflict do nothing
"""

ARTICLES = """
insert into articles by name
select a.* exclude (capture_id, text) replace ($run as run_id, $now as ingested_utc, c.original as copy_of)
from part_articles a semi join fresh using (capture_id) left join copies c using (article_id)
on conflict do update set {renewed}
"""

READINGS = """
insert into {table} by name
select * exclude (capture_id) replace ($run as run_id) from part_{table} semi join fresh using (capture_id)
"""

# A document ends once in a run: of several captures of one address the one that stands is counted here, and every one of
# them in warc_counts.
OUTCOMES = """
insert into outcomes by name
select $run as run_id, d.source_id, d.key, d.stage, coalesce(s.reason, d.reason) as reason,
    coalesce(s.detail, d.detail) as detail, $now as recorded_utc
from part_documents d left join standing s using (capture_id) left join fresh f using (capture_id)
qualify row_number() over (partition by d.source_id, d.key
    order by f.capture_id is null, d.article_id is null, d.captured_utc desc, d.capture_id) = 1
on conflict do nothing
"""

ORIGINS = """
insert into article_origins by name
select d.capture_id as origin_id, a.article_id, a.content_hash, 'warc' as kind, d.place, d.record_id, d.record_offset,
    d.captured_utc as seen_utc, d.bytes_hash, false as licensed, $run as run_id
from part_documents d join part_articles a using (capture_id)
on conflict do nothing
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One WARC file that was read: what ``warc_files`` keeps. ``counts`` are records by reason, ``seconds`` CPU time."""

    file_id: str
    path: str
    fingerprint: str
    counts: Mapping[str, int]
    bytes: int
    seconds: float
    problem: str | None


def loaded_files(con: duckdb.DuckDBPyConnection, versions: Versions) -> dict[str, str]:
    """The fingerprint of each WARC file that has been loaded as these versions read it, by its id."""
    made = version_columns(versions)
    where = " and ".join(f"{name} = ${name}" for name in made)
    return dict(con.execute(f"select file_id, fingerprint from warc_files where {where}", made).fetchall())


def stage_parts(con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Path]]) -> None:
    """Read the parts of many files, by table, into temporary tables, and decide how each capture stands."""
    for name, columns in SCHEMAS.items():
        con.execute(f"create or replace temp table part_{name} as {columns} limit 0")
        if parts.get(name):
            listed = ", ".join(f"'{quoted(path)}'" for path in parts[name])
            con.execute(f"insert into part_{name} by name from read_parquet([{listed}])")
    con.execute(STANDING)
    con.execute(
        """create or replace temp table fresh as
        select capture_id, article_id from standing where coalesce(reason, 'revised') = 'revised'"""
    )


def staged_texts(con: duckdb.DuckDBPyConnection) -> list[tuple[datetime, str, str, bool]]:
    """(time, article_id, text, incoming) of each staged article that stands, and of each stored one that it may copy, in order.

    The time is that of publication, else of capture (naive UTC). Stored articles within a fortnight of a staged one come too, at
    one moment before it.
    """
    return con.execute(TEXTS).fetchall()


def load_parts(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[FileRead],
    copies: Mapping[str, str],
    *,
    run_id: str,
    versions: Versions,
    now: datetime,
) -> int:
    """Store what ``stage_parts`` has staged, in one transaction; returns the number of articles that were new or revised.

    ``copies`` leads from a near-duplicate to its original. Loading a part twice changes nothing. Raises ``RunFailed`` where the
    disk is full.
    """
    stage(con, "copies", {"article_id": list(copies), "original": list(copies.values())})
    run = {"run": run_id}
    made = run | {"now": naive_utc(now)}
    columns = [row[0] for row in con.execute("select column_name from (describe articles)").fetchall()]
    with transaction(con):
        con.execute(REVISIONS, made)
        con.execute(ARTICLES.format(renewed=load.renewed(columns)), made)
        con.execute("create or replace temp table wanted as select article_id from fresh")
        load.forget_readings(con)
        for table in ("mentions", "event_mentions"):
            con.execute(READINGS.format(table=table), run)
        load.touch_claims(con)
        load.add_entities(con)
        con.execute(OUTCOMES, made)
        con.execute(ORIGINS, run)
        _save_files(con, files, run_id, versions, now)
        return one(con, "select count(*) from fresh")[0]


def _save_files(
    con: duckdb.DuckDBPyConnection, files: Sequence[FileRead], run_id: str, versions: Versions, now: datetime
) -> None:
    stage(con, "wanted", {"file_id": [f.file_id for f in files]})
    for table in ("warc_files", "warc_counts"):
        con.execute(f"delete from {table} where file_id in (select file_id from wanted)")
    made = {"loaded_utc": naive_utc(now), "run_id": run_id} | version_columns(versions)
    names = ("file_id", "path", "fingerprint", "bytes", "seconds", "problem")
    rows = [{name: getattr(f, name) for name in names} | {"records": sum(f.counts.values())} for f in files]
    insert(con, "warc_files", [row | made for row in rows])
    counted = [{"file_id": f.file_id, "reason": r, "records": n} for f in files for r, n in f.counts.items()]
    insert(con, "warc_counts", counted)
