"""Storing posts: tables of their own, which nothing that counts reports reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from extractors.ids import content_hash, make_id
from extractors.records import EventMention, FeedEntry, Outcome, Reading, Versions
from warehouse.connect import transaction
from warehouse.ledger import record_outcomes, version_columns
from warehouse.rows import insert, naive_utc, stage

EVENT_COLUMNS = (
    "type", "direction", "actors", "targets", "instrument", "objects", "date", "precision", "status", "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPost:
    """One post as it was listed, the text that was read, and what was read out of it."""

    entry: FeedEntry
    text: str
    reading: Reading


def post_id(entry: FeedEntry) -> str:
    """The id of a post, from its address alone."""
    return make_id("post", entry.key)


def save_posts(
    con: duckdb.DuckDBPyConnection, batch: Sequence[ReadPost], *, run_id: str, versions: Versions, now: datetime
) -> int:
    """Stores posts with what they say happened, and their outcomes, in one transaction; returns their number.

    A post known already is replaced by its present version. Saving a batch twice changes nothing.
    """
    made = {"run_id": run_id} | version_columns(versions)
    unique = {post_id(read.entry): read for read in reversed(batch)}
    rows = [_row(name, read, now) | made for name, read in unique.items()]
    events = [_event_row(name, read.text, e) | made for name, read in unique.items() for e in read.reading.events]
    with transaction(con):
        if rows:
            renewed = ", ".join(f"{n} = excluded.{n}" for n in rows[0] if n not in {"post_id", "first_seen_utc"})
            insert(con, "posts", rows, f"on conflict do update set {renewed}")
            stage(con, "wanted", {"post_id": list(unique)})
            con.execute("delete from post_events where post_id in (select post_id from wanted)")
            insert(con, "post_events", events)
        record_outcomes(con, run_id, [_outcome(read) for read in batch], now)
    return len(rows)


def _row(name: str, read: ReadPost, now: datetime) -> dict[str, Any]:
    entry, verdict = read.entry, read.reading.verdict
    return {
        "post_id": name,
        "content_hash": content_hash("", read.text),
        "source_id": entry.source_id,
        "url": entry.url or entry.key,
        "author": entry.publisher,
        "text": read.text,
        "posted_utc": naive_utc(entry.published),
        "first_seen_utc": naive_utc(now),
        "language": entry.language,
        "on_topic": verdict.on_topic,
        "relevance": verdict.relevance,
        "relevance_reason": verdict.reason,
        "policy_families": verdict.families,
    }


def _event_row(name: str, text: str, event: EventMention) -> dict[str, Any]:
    row: dict[str, Any] = {column: getattr(event, column) for column in EVENT_COLUMNS}
    place = {"sentence": text[event.start : event.end], "start_char": event.start, "end_char": event.end}
    return row | place | {"post_id": name}


def _outcome(read: ReadPost) -> Outcome:
    verdict = read.reading.verdict
    reason = "post" if verdict.on_topic else "post_off_topic"
    return Outcome(
        key=read.entry.key, source_id=read.entry.source_id, stage="load", reason=reason, detail=verdict.reason
    )
