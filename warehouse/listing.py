"""What a source lists in a run: its report, its entries and its validators, stored together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from extractors.acts import OfficialAct
from extractors.outcomes import RETRIED
from extractors.records import FeedEntry, Outcome, Source, SourceReport, Validators, Verdict
from warehouse import official_acts
from warehouse.connect import transaction
from warehouse.ledger import MAX_ATTEMPTS, record_outcomes
from warehouse.rows import aware_utc, insert, naive_utc, one, records, stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing brought: ``new`` entries, ``changed`` ones put back into the queue, those ``known``, and
    ``duplicates``."""

    new: int
    changed: int
    known: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the next request to a source depends on. Times are aware UTC, ``None`` where there is none yet.

    ``last_full`` is when it last sent its list rather than a 304; ``complete_to`` until when a source that is asked by
    date has been listed without a gap.
    """

    validators: Validators = field(default_factory=Validators)
    last_full: datetime | None = None
    complete_to: datetime | None = None


def standings(con: duckdb.DuckDBPyConnection) -> dict[str, Standing]:
    """The standing of each source that was ever asked."""
    sql = "select source_id, etag, last_modified, last_full_utc, complete_to_utc from sources"
    return {
        row["source_id"]: Standing(
            validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
            last_full=aware_utc(row["last_full_utc"]),
            complete_to=aware_utc(row["complete_to_utc"]),
        )
        for row in records(con, sql)
    }


def save_listing(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    source: Source,
    report: SourceReport,
    entries: Sequence[FeedEntry],
    validators: Validators | None,
    now: datetime,
    acts: Sequence[tuple[OfficialAct, Verdict]] = (),
    complete_to: datetime | None = None,
) -> Listing:
    """Stores what ``source`` listed, in one transaction: validators never outlive the entries that came with them.

    An entry new to the source is queued, unless another source has listed its key before: it then ends as
    ``duplicate_url`` (listed in this run) or ``known``. One seen before ends as ``known``, unless it still waits, or
    its title, text or publication time has changed: it is then queued again. An official act is stored at once, and its
    entry ends as ``official_act``. Saving a listing twice in a run changes nothing. ``validators`` and ``complete_to``
    of ``None`` keep those stored.
    """
    unique = {entry.key: entry for entry in reversed(entries)}
    with transaction(con):
        stage(con, "listed", {"key": list(unique)})
        found = "select * from entries semi join listed using (key) where source_id "
        own = {row["key"]: row for row in records(con, found + "= ?", [source.id])}
        others: dict[str, set[str]] = {}
        for row in records(con, found + "<> ?", [source.id]):
            others.setdefault(row["key"], set()).add(row["first_run_id"])
        changed = [e for e in unique.values() if e.key in own and _changed(e, own[e.key])]
        _insert_new(con, [e for e in unique.values() if e.key not in own], run_id, now)
        _update_seen(con, source.id, changed, now)
        official_acts.save_acts(con, acts, run_id, now)
        ended = [_ended(e, own.get(e.key), others.get(e.key), run_id) for e in unique.values() if e not in changed]
        if source.kind == "act":
            fresh = [e for e in unique.values() if e in changed or e.key not in own]
            ended += [_outcome(e, "official_act") for e in fresh if e in changed or e.key not in others]
        record_outcomes(con, run_id, [o for o in ended if o], now)
        listing = _count(con, run_id, source.id, len(entries) - len(unique), len(changed))
        _save_report(con, run_id, report, listing, len(entries), now)
        state = _state(run_id, source, report, validators or Validators(), listing.new, now)
        _save_state(con, state | {"complete_to_utc": naive_utc(complete_to)})
    return listing


def _changed(entry: FeedEntry, row: dict[str, Any]) -> bool:
    said = (entry.title, naive_utc(entry.published), entry.text)
    return said != (row["title"], row["published_utc"], row["text"])


def _insert_new(con: duckdb.DuckDBPyConnection, entries: list[FeedEntry], run_id: str, now: datetime) -> None:
    seen = {"first_seen_utc": naive_utc(now), "last_seen_utc": naive_utc(now), "first_run_id": run_id, "attempts": 0}
    insert(con, "entries", [_columns(entry) | seen for entry in entries])


def _columns(e: FeedEntry) -> dict[str, Any]:
    names = (
        "source_id",
        "key",
        "entry_id",
        "url",
        "title",
        "summary",
        "published_basis",
        "publisher",
        "authors",
        "keywords",
        "language",
        "text",
        "problems",
    )
    return {name: getattr(e, name) for name in names} | {"published_utc": naive_utc(e.published)}


def _update_seen(con: duckdb.DuckDBPyConnection, source_id: str, changed: list[FeedEntry], now: datetime) -> None:
    con.execute(
        "update entries set last_seen_utc = ? from listed where entries.key = listed.key and source_id = ?",
        [naive_utc(now), source_id],
    )
    for e in changed:
        con.execute(
            """update entries set title = $title, summary = $summary, text = $text, published_utc = $published,
                published_basis = $basis, attempts = 0, changed_utc = $now,
                outcome = case when outcome = 'duplicate_url' then outcome end
            where source_id = $source and key = $key""",
            {
                "title": e.title,
                "summary": e.summary,
                "text": e.text,
                "published": naive_utc(e.published),
                "basis": e.published_basis,
            }
            | {"source": source_id, "key": e.key, "now": naive_utc(now)},
        )


def _ended(entry: FeedEntry, row: dict[str, Any] | None, other_runs: set[str] | None, run_id: str) -> Outcome | None:
    """How an entry ends by being listed, if it does."""
    reason = detail = ""
    if row is None and other_runs:
        reason = "duplicate_url" if run_id in other_runs else "known"
        detail = "another source listed the same address first"
    elif row is not None and row["outcome"] is not None:
        waits = row["outcome"] in RETRIED and row["attempts"] < MAX_ATTEMPTS
        reason = "" if waits else "known"
    return _outcome(entry, reason, detail) if reason else None


def _outcome(entry: FeedEntry, reason: str, detail: str = "") -> Outcome:
    return Outcome(key=entry.key, source_id=entry.source_id, stage="sources", reason=reason, detail=detail)


def _count(con: duckdb.DuckDBPyConnection, run_id: str, source_id: str, repeated: int, changed: int) -> Listing:
    """Counted from the tables, so that a listing saved twice reports the same."""
    sql = """
        select count(*) filter (where e.first_run_id = $run), count(*) filter (where o.reason = 'known'),
            count(*) filter (where o.reason = 'duplicate_url')
        from entries e left join outcomes o on o.run_id = $run and o.source_id = e.source_id and o.key = e.key
        where e.source_id = $source"""
    new, known, elsewhere = one(con, sql, {"run": run_id, "source": source_id})
    return Listing(new=new, changed=changed, known=known, duplicates=elsewhere + repeated)


def _save_report(
    con: duckdb.DuckDBPyConnection, run_id: str, report: SourceReport, listing: Listing, listed: int, now: datetime
) -> None:
    row = {"run_id": run_id, "source_id": report.source_id, "reported_utc": naive_utc(now), "ok": report.ok}
    row |= {
        "reason": report.reason,
        "detail": report.detail,
        "problems": report.problems,
        "entries": max(report.entries, listed),
    }
    row |= {"new_entries": listing.new, "duplicates": listing.duplicates}
    con.execute("delete from source_reports where run_id = ? and source_id = ?", [run_id, report.source_id])
    insert(con, "source_reports", [row])


def _state(
    run_id: str, source: Source, report: SourceReport, validators: Validators, new: int, now: datetime
) -> dict[str, Any]:
    """What the report says of the source. A source that was not asked neither fails nor is silent."""
    moment = naive_utc(now)
    names = ("name", "protocol", "url", "publisher", "depth", "independent", "kind")
    row = {"source_id": source.id, "last_run_id": run_id} | {name: getattr(source, name) for name in names}
    row |= {"etag": validators.etag, "last_modified": validators.last_modified}
    row |= {"last_ok_utc": moment if report.ok else None, "last_new_utc": moment if new else None}
    row |= {"last_full_utc": moment if report.ok and report.reason != "not_modified" else None}
    row |= {"failing_since_utc": moment if report.ok is False else None}
    return row | {"silent_since_utc": None if new or report.ok is None else moment}


def _save_state(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    renewed = ("name", "protocol", "url", "publisher", "depth", "independent", "kind", "last_run_id")
    kept = ("last_ok_utc", "last_new_utc", "last_full_utc", "complete_to_utc")
    sets = [f"{name} = excluded.{name}" for name in renewed]
    sets += [f"{name} = coalesce(excluded.{name}, {name})" for name in kept]
    if row["etag"] or row["last_modified"]:
        sets += ["etag = excluded.etag", "last_modified = excluded.last_modified"]
    # The beginning of a stretch stays while it lasts.
    sets += [
        f"{name} = case when excluded.{name} is not null then coalesce({name}, excluded.{name}) end"
        for name in ("failing_since_utc", "silent_since_utc")
    ]
    insert(con, "sources", [row], f"on conflict do update set {', '.join(sets)}")
