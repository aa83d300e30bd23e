"""Reading stored texts anew: which there are, how their new readings take the place of the old, and what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from extractors.records import Article, Reading, Versions
from warehouse import load
from warehouse.connect import clear_errors, open_writer, transaction
from warehouse.ledger import version_columns
from warehouse.rows import aware_utc, insert, naive_utc, records, stage

# What of an event is compared: what it is, not how surely or often it is told.
COMPARED = "actors targets instrument objects amount currency date precision status statuses attribution".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event that ``appeared``, ``vanished`` or ``changed``; ``fields`` are (name, before, after) of a changed one.

    One that bears another id than before, because an earlier claim of it was found, has changed its ``event_id``.
    """

    kind: str
    event_id: str
    what: str
    fields: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        sign = {"appeared": "+", "vanished": "-", "changed": "~"}[self.kind]
        told = "; ".join(f"{name} {before or 'none'} -> {after or 'none'}" for name, before, after in self.fields)
        return f"{sign} {self.event_id} {self.what}" + (f": {told}" if told else "")


def stored_articles(con: duckdb.DuckDBPyConnection, since: datetime | None) -> list[str]:
    """The ids of the stored articles published since ``since`` (seen since then where that is unknown), in the order in
    which they were stored; of all where it is ``None``."""
    sql = """
        select article_id from articles where $since is null or coalesce(published_utc, first_seen_utc) >= $since
        order by ingested_utc, article_id"""
    return [row[0] for row in con.execute(sql, {"since": naive_utc(since)}).fetchall()]


def articles(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> list[tuple[Article, datetime]]:
    """The articles with these ids in their current version, each with the time at which it was first stored (UTC)."""
    stage(con, "wanted", {"article_id": list(article_ids)})
    sql = """
        select a.*, r.text from articles a join article_revisions r using (article_id, content_hash)
        semi join wanted using (article_id) order by a.ingested_utc, a.article_id"""
    return [(_article(row), aware_utc(row["ingested_utc"])) for row in records(con, sql)]


def save_again(
    con: duckdb.DuckDBPyConnection,
    batch: Sequence[tuple[Article, Reading]],
    *,
    run_id: str,
    versions: Versions,
    now: datetime,
) -> None:
    """Replaces verdicts, mentions and reports of stored articles by those of new readings, in one transaction.

    No outcome is recorded: nothing was fetched, and what is counted as read on a day stays as it was.
    """
    made = {"run_id": run_id} | version_columns(versions)
    rows = [load.article_row(article, reading, made, now) for article, reading in batch]
    mentions = {r["mention_id"]: r | made for a, read in batch for r in load.mention_rows(a, read.mentions, versions)}
    events = {r["event_mention_id"]: r | made for a, read in batch for r in load.event_rows(a, read.events, versions)}
    with transaction(con):
        insert(con, "articles", rows, f"on conflict do update set {load.renewed(rows[0])}" if rows else "")
        stage(con, "wanted", {"article_id": [row["article_id"] for row in rows]})
        load.forget_readings(con)
        insert(con, "mentions", mentions.values())
        insert(con, "event_mentions", events.values())
        load.touch_claims(con)
        load.add_entities(con)


def copy_warehouse(db: Path, copy: Path) -> None:
    """A whole copy of the warehouse, to be changed and then put in its place. The caller holds the run lock.

    Raises ``UserError`` where there is no warehouse or it is in use, ``RunFailed`` where the disk is full.
    """
    discard(copy)
    with open_writer(db) as con, clear_errors(copy):
        con.execute(f"attach '{str(copy).replace(chr(39), chr(39) * 2)}' as copied")
        name = con.execute("select current_database()").fetchone()[0]
        con.execute(f'copy from database "{name}" to copied')
        con.execute("detach copied")


def discard(copy: Path) -> None:
    """Removes a copy, whole or half, if there is one."""
    for path in (copy, Path(f"{copy}.wal")):
        path.unlink(missing_ok=True)


def changes(before: Path, after: Path) -> list[Change]:
    """What differs between the events of two warehouses, by kind, date and id.

    An event that is there under another id is known by its claim, or by a report at the same trigger.
    """
    with duckdb.connect(str(before), read_only=True) as con:
        old, old_places = _events(con), _places(con)
    with duckdb.connect(str(after), read_only=True) as con:
        new, claims = _events(con), dict(con.execute("select claim_id, event_id from event_claims").fetchall())
        at_place = {place: event_id for event_id, places in _places(con).items() for place in places}
    found, met = [], set()
    for event_id, row in old.items():
        places = (at_place.get(place) for place in old_places.get(event_id, ()))
        now = next((new[name] for name in (event_id, claims.get(event_id), *places) if name in new), None)
        if now is None:
            found.append(Change(kind="vanished", event_id=event_id, what=_what(row)))
            continue
        met.add(now["event_id"])
        differing = [name for name in ("event_id", *COMPARED) if row[name] != now[name]]
        if differing:
            fields = tuple((name, _said(row[name]), _said(now[name])) for name in differing)
            found.append(Change(kind="changed", event_id=event_id, what=_what(row), fields=fields))
    found += [Change(kind="appeared", event_id=i, what=_what(row)) for i, row in new.items() if i not in met]
    return sorted(found, key=lambda c: (c.kind, c.what, c.event_id))


def _places(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Where each event is told: type, article and trigger of its reports."""
    sql = """
        select event_id, list((type, article_id, trigger_start_char) order by article_id, trigger_start_char)
        from event_mentions group by 1 order by 1"""
    return dict(con.execute(sql).fetchall())


def _events(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    return {
        row["event_id"]: row
        for row in records(con, f"select event_id, type, direction, {', '.join(COMPARED)} from events")
    }


def _what(row: dict[str, Any]) -> str:
    who = ", ".join(row["actors"]) + (f" -> {', '.join(row['targets'])}" if row["targets"] else "")
    return " ".join(filter(None, (row["date"] or "undated", row["type"], row["direction"], who)))


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _article(row: dict[str, Any]) -> Article:
    plain = {name: row[name] for name in load.ARTICLE_COLUMNS if name not in {"authors", "problems"}}
    return Article(
        text=row["text"],
        authors=tuple(row["authors"]),
        problems=tuple(row["problems"]),
        published=aware_utc(row["published_utc"]),
        first_seen=aware_utc(row["first_seen_utc"]),
        **plain,
    )
