"""Coverage that is brought rather than listed by a source: WARC files and imports, and where each article came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

import duckdb

from extractors.ids import make_id
from extractors.records import Source, SourceReport, Taken, Window
from warehouse.connect import transaction
from warehouse.rows import insert, naive_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an imported version of an article came from: a file or, in JSON Lines, a ``line`` of it."""

    article_id: str
    content_hash: str
    place: str
    bytes_hash: str
    licensed: bool
    line: int | None = None


def save_source(con: duckdb.DuckDBPyConnection, source: Source, run_id: str, now: datetime) -> None:
    """Keep ``source`` among the sources. One that is never asked neither fails nor goes silent; one that a night asks keeps its state."""
    row = {"source_id": source.id, "name": source.name, "protocol": source.protocol, "url": source.url}
    row |= {
        "publisher": source.publisher,
        "depth": source.depth,
        "independent": source.independent,
        "kind": source.kind,
    }
    row |= {"last_run_id": run_id, "last_ok_utc": naive_utc(now), "last_new_utc": naive_utc(now)}
    sets = ", ".join(f"{name} = excluded.{name}" for name in row if name != "source_id")
    known = f"do update set {sets}" if source.protocol in get_args(Taken) else "do nothing"
    insert(con, "sources", [row], f"on conflict {known}")


def save_origins(con: duckdb.DuckDBPyConnection, origins: Sequence[Origin], run_id: str, now: datetime) -> None:
    """Keep where imported versions came from, in one transaction; one that is known is left as it is."""
    rows = {}
    for o in origins:
        origin = make_id("origin", o.place, o.line, o.content_hash, o.bytes_hash)
        row = {"origin_id": origin, "kind": "import", "record_id": None, "record_offset": o.line}
        row |= {name: getattr(o, name) for name in ("article_id", "content_hash", "place", "bytes_hash", "licensed")}
        rows[origin] = row | {"seen_utc": naive_utc(now), "run_id": run_id}
    with transaction(con):
        insert(con, "article_origins", rows.values(), "on conflict do nothing")


def windows_done(con: duckdb.DuckDBPyConnection) -> set[tuple[str, Window]]:
    """The spans of time that backfills have listed and read, by source."""
    found = con.execute("select source_id, from_utc, to_utc from backfill_windows").fetchall()
    return {(row[0], Window(start=row[1].replace(tzinfo=UTC), end=row[2].replace(tzinfo=UTC))) for row in found}


def save_windows(con: duckdb.DuckDBPyConnection, window: Window, reports: Sequence[SourceReport], run_id: str) -> None:
    """Keep that ``window`` has been listed and read for the sources of ``reports``."""
    span = {"from_utc": naive_utc(window.start), "to_utc": naive_utc(window.end), "run_id": run_id}
    rows = [span | {"source_id": r.source_id, "reason": r.reason, "entries": r.entries} for r in reports]
    insert(con, "backfill_windows", rows, "on conflict do nothing")
