"""The ledger: runs, what sources listed, the queue, the fetch log, and where each document ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from extractors.outcomes import RETRIED
from extractors.records import Counts, FeedEntry, Outcome, Validators, Versions
from warehouse.connect import transaction
from warehouse.rows import aware_utc, insert, naive_utc, one, records, stage

# An entry whose page failed on this many nights is left alone: its last reason then stands.
MAX_ATTEMPTS = 7
# Reasons with which a document's article was stored.
STORED = frozenset({"loaded", "revised", "off_topic", "headline_only", "partial"})
# Reasons for which nothing was asked of a server: they are no attempt.
NOT_TRIED = ("before_since", "source_off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request for a page, as the fetch log keeps it. ``status``, ``final_url`` and ``content_type`` are ``None``
    where no answer came.

    ``outcome`` is ``fetched``, ``not_modified`` or the reason of a failure; ``stored`` where the page was not asked
    for, an earlier run having fetched it and not read it.
    """

    source_id: str
    key: str
    url: str
    fetched: datetime
    outcome: str
    final_url: str | None = None
    status: int | None = None
    content_type: str | None = None
    raw_hash: str | None = None
    validators: Validators = field(default_factory=Validators)
    detail: str = ""


def record_run_start(con: duckdb.DuckDBPyConnection, run_id: str, versions: Versions, now: datetime) -> list[str]:
    """Opens a run; returns the ids of earlier runs that never finished, now marked as interrupted."""
    with transaction(con):
        marked = """update runs set state = 'interrupted', finished_utc = ?
            where state = 'running' and run_id <> ? returning run_id"""
        dead = [row[0] for row in con.execute(marked, [naive_utc(now), run_id]).fetchall()]
        row = {"run_id": run_id, "started_utc": naive_utc(now), "state": "running", "detail": ""}
        row |= version_columns(versions)
        insert(con, "runs", [row], "on conflict do update set state = 'running', finished_utc = null, detail = ''")
    return sorted(dead)


def record_run_finish(
    con: duckdb.DuckDBPyConnection, run_id: str, now: datetime, *, failure: str | None = None
) -> None:
    """Closes a run as finished, or as failed with one line that says why. Raises ``ValueError`` for an unknown run."""
    state = "failed" if failure else "finished"
    sql = "update runs set state = ?, detail = ?, finished_utc = ? where run_id = ? returning run_id"
    if not con.execute(sql, [state, failure or "", naive_utc(now), run_id]).fetchall():
        raise ValueError(f"run {run_id} was never started")


def pending_entries(con: duckdb.DuckDBPyConnection, run_id: str, limit: int | None = None) -> list[FeedEntry]:
    """The queue for this run, longest waiting first: entries without a final outcome that this run has not tried.

    What ``limit`` leaves out stays in the queue.
    """
    sql = """
        select e.* from entries e
        anti join outcomes o on o.run_id = $run and o.source_id = e.source_id and o.key = e.key
        where e.outcome is null or (list_contains($retried, e.outcome) and e.attempts < $attempts)
        order by e.first_seen_utc, e.source_id, e.key limit $limit"""
    params = {"run": run_id, "retried": sorted(RETRIED), "attempts": MAX_ATTEMPTS, "limit": limit}
    return [_entry(row) for row in records(con, sql, params)]


def record_outcomes(con: duckdb.DuckDBPyConnection, run_id: str, outcomes: Iterable[Outcome], now: datetime) -> int:
    """Records where documents ended, and moves the queue; returns how many were new.

    The first outcome of a document in a run stands. The caller holds the transaction.
    """
    first: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        first.setdefault((outcome.source_id, outcome.key), outcome)
    if not first:
        return 0
    stage(con, "ended", {"source_id": [s for s, _ in first], "key": [k for _, k in first]})
    known = "select source_id, key from ended semi join (from outcomes where run_id = ?) using (source_id, key)"
    already = set(con.execute(known, [run_id]).fetchall())
    fresh = [o for place, o in first.items() if place not in already]
    rows = [
        {
            "run_id": run_id,
            "source_id": o.source_id,
            "key": o.key,
            "stage": o.stage,
            "reason": o.reason,
            "detail": o.detail,
        }
        | {"recorded_utc": naive_utc(now)}
        for o in fresh
    ]
    insert(con, "outcomes", rows)
    names = ("source_id", "key", "stage", "reason")
    stage(con, "ended", {name: [getattr(o, name) for o in fresh] for name in names})
    # An entry that ends by being listed was not tried: how it ended before still stands.
    con.execute(
        """update entries set outcome_run_id = $run,
            outcome = case when ended.stage = 'sources' then coalesce(outcome, ended.reason) else ended.reason end,
            attempts = attempts + (ended.stage <> 'sources' and not list_contains($not_tried, ended.reason))::integer
        from ended where entries.source_id = ended.source_id and entries.key = ended.key""",
        {"run": run_id, "not_tried": list(NOT_TRIED)},
    )
    return len(rows)


def save_fetches(con: duckdb.DuckDBPyConnection, run_id: str, fetches: Sequence[Fetch]) -> None:
    """Appends to the fetch log, in one transaction; a fetch already logged is left as it is."""
    rows = {}
    for f in fetches:
        row = {"run_id": run_id, "source_id": f.source_id, "key": f.key, "url": f.url, "final_url": f.final_url}
        row |= {"status": f.status, "fetched_utc": naive_utc(f.fetched), "raw_hash": f.raw_hash, "outcome": f.outcome}
        row |= {"content_type": f.content_type, "detail": f.detail}
        row |= {"etag": f.validators.etag, "last_modified": f.validators.last_modified}
        rows.setdefault((f.source_id, f.key, f.url, f.fetched), row)
    with transaction(con):
        insert(con, "fetches", rows.values(), "on conflict do nothing")


def page_validators(con: duckdb.DuckDBPyConnection, keys: Sequence[str], after: datetime) -> dict[str, Validators]:
    """For each of ``keys`` whose article is stored, the validators of the copy that it was read from.

    A page that a killed run fetched and never read has none: a 304 would lose it. Nor has one fetched before ``after``
    (aware): a server that answers 304 for ever is asked without conditions now and then.
    """
    stage(con, "wanted", {"key": list(keys)})
    sql = """
        select f.key, f.etag, f.last_modified from fetches f semi join wanted using (key)
        semi join (from outcomes where list_contains(?, reason)) using (run_id, source_id, key)
        where f.raw_hash is not null and f.fetched_utc >= ? and (f.etag is not null or f.last_modified is not null)
        qualify row_number() over (partition by f.key order by f.fetched_utc desc) = 1"""
    rows = con.execute(sql, [sorted(STORED), naive_utc(after)]).fetchall()
    return {row[0]: Validators(etag=row[1], last_modified=row[2]) for row in rows}


def unread_pages(con: duckdb.DuckDBPyConnection, entries: Sequence[FeedEntry]) -> dict[tuple[str, str], Fetch]:
    """By source and key, the newest page of each of ``entries`` that was fetched but never read: its run was stopped.

    A page that was fetched before the entry's headline or date changed is left out: it may be out of date.
    """
    stage(con, "wanted", {"source_id": [e.source_id for e in entries], "key": [e.key for e in entries]})
    sql = """
        select f.source_id, f.key, f.url, f.fetched_utc, f.final_url, f.status, f.content_type, f.raw_hash, f.etag,
            f.last_modified
        from fetches f semi join wanted using (source_id, key)
        join entries e using (source_id, key) join runs r using (run_id)
        left join outcomes o using (run_id, source_id, key)
        where f.raw_hash is not null
        qualify row_number() over (partition by f.source_id, f.key order by f.fetched_utc desc) = 1
            and not bool_or(o.run_id is not null) over (partition by f.source_id, f.key, f.fetched_utc)
            and (e.changed_utc is null or r.started_utc >= e.changed_utc)"""
    return {(row["source_id"], row["key"]): _fetch(row) for row in records(con, sql)}


def run_counts(con: duckdb.DuckDBPyConnection, run_id: str) -> Counts:
    """What a run found. Articles, mentions and events are those whose rows this run made last."""
    reasons = con.execute(
        "select reason, count(*) from outcomes where run_id = ? group by 1 order by 2 desc, 1", [run_id]
    )
    outcomes = dict(reasons.fetchall())
    totals = {}
    for table in ("articles", "mentions", "event_mentions", "events"):
        totals[table] = one(con, f"select count(*) from {table} where run_id = ?", [run_id])[0]
    return Counts(run_id=run_id, outcomes=outcomes, **totals)


def version_columns(versions: Versions) -> dict[str, str]:
    """The three columns that say which code, model and vocabulary made a row."""
    return {
        "extractor_version": versions.extractor,
        "model_version": versions.model,
        "ontology_version": versions.ontology,
    }


def _fetch(row: dict) -> Fetch:
    names = ("source_id", "key", "url", "final_url", "status", "content_type", "raw_hash")
    return Fetch(
        fetched=aware_utc(row["fetched_utc"]),
        outcome="stored",
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        **{name: row[name] for name in names},
    )


def _entry(row: dict) -> FeedEntry:
    lists = {name: tuple(row[name]) for name in ("authors", "keywords", "problems")}
    plain = {
        name: row[name]
        for name in (
            "entry_id",
            "source_id",
            "key",
            "url",
            "title",
            "summary",
            "published_basis",
            "publisher",
            "language",
            "text",
        )
    }
    return FeedEntry(published=aware_utc(row["published_utc"]), **plain, **lists)
