"""Records for the warehouse's tests: written by hand, with sensible defaults."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from extractors.ids import article_id, content_hash
from extractors.records import (
    Article,
    EventMention,
    FeedEntry,
    Mention,
    Outcome,
    Reading,
    Source,
    SourceReport,
    Validators,
    Verdict,
    Versions,
)
from warehouse import connect, ledger, listing, load, resolve
from warehouse.load import Finished

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
VERSIONS = Versions(extractor="1.0", model="m1", ontology="o1")
ON_TOPIC = Verdict(on_topic=True, relevance=0.9, reason="both halves", families=("export_control", "tariff"))
OFF_TOPIC = Verdict(on_topic=False, relevance=0.1, reason="no AI")
SENTENCE = "The Commerce Department barred sales of the H20 chip to China on Monday."
TEXT = f"WASHINGTON — 😀 A first line.\n\n{SENTENCE} Huawei and the Chip 4 group said nothing."


def source(id: str = "wire", **fields) -> Source:
    return Source(**{"id": id, "name": id.title(), "protocol": "feed", "url": f"https://{id}.example/feed"} | fields)


def entry(name: str = "a", source_id: str = "wire", **fields) -> FeedEntry:
    key = f"https://{source_id}.example/{name}"
    plain = {
        "entry_id": f"{source_id}-{name}",
        "source_id": source_id,
        "key": key,
        "url": key,
        "title": f"Title {name}",
    }
    return FeedEntry(**plain | fields)


def outcome(e: FeedEntry, reason: str = "loaded", stage: str = "load") -> Outcome:
    return Outcome(key=e.key, source_id=e.source_id, stage=stage, reason=reason)


def article(name: str = "a", source_id: str = "wire", text: str = TEXT, **fields) -> Article:
    url = f"https://{source_id}.example/{name}"
    title = fields.pop("title", f"Title {name}")
    plain = {
        "article_id": article_id(url),
        "content_hash": content_hash(title, text),
        "source_id": source_id,
        "url": url,
    }
    plain |= {
        "canonical_url": url,
        "title": title,
        "text": text,
        "text_basis": "page",
        "published": NOW - timedelta(hours=3),
    }
    return Article(**plain | {"published_basis": "json-ld", "first_seen": NOW, "language": "en"} | fields)


def mention(surface: str, label: str, entity_id: str, entity: str | None = None, text: str = TEXT) -> Mention:
    start = text.index(surface)
    place = {"start": start, "end": start + len(surface), "text": surface}
    return Mention(**place, label=label, entity=entity or surface, entity_id=entity_id, method="knowledge")


def event(text: str = TEXT, sentence: str = SENTENCE, trigger: str = "barred", **fields) -> EventMention:
    start = text.index(sentence)
    at = text.index(trigger, start)
    plain = {
        "type": "EXPORT_CONTROL", "direction": "tighten", "actors": ("Department of Commerce", "United States"),
        "targets": ("China",), "instrument": None, "objects": ("H20",), "amount": None, "currency": None,
        "date": "2026-11-09",
        "precision": "day", "date_basis": "weekday", "status": "done", "attribution": None, "confidence": 0.8,
        "actor_countries": ("United States",), "target_countries": ("China",),
    }  # fmt: skip
    place = {
        "trigger": trigger,
        "trigger_start": at,
        "trigger_end": at + len(trigger),
        "start": start,
        "end": start + len(sentence),
    }
    return EventMention(**plain | place | fields)


def reading(*events: EventMention, text: str = TEXT) -> Reading:
    names = (
        mention("Commerce Department", "ORG", "org:commerce", "Department of Commerce", text),
        mention("Huawei", "ORG", "org:huawei", text=text),
        mention("Chip 4", "ALLIANCE", "all:chip-4", text=text),
        mention("H20", "PRODUCT", "new:h20", text=text),
    )
    return Reading(verdict=ON_TOPIC, mentions=names, events=events or (event(text),))


def finished(name: str = "a", source_id: str = "wire", read: Reading | None = None, **fields) -> Finished:
    made = article(name, source_id, **fields)
    return Finished(outcome=outcome(entry(name, source_id)), article=made, reading=read or reading(text=made.text))


def listed(
    con: duckdb.DuckDBPyConnection, run_id: str, src: Source, *entries: FeedEntry, now: datetime = NOW, **fields
):
    report = SourceReport(**{"source_id": src.id, "ok": True, "reason": "ok", "entries": len(entries)} | fields)
    return listing.save_listing(
        con, run_id=run_id, source=src, report=report, entries=entries, validators=Validators(etag='"1"'), now=now
    )


def night(
    db: Path, *batch: Finished, run_id: str = "r1", now: datetime = NOW, sources: tuple[Source, ...] = (source(),)
) -> None:
    """One whole run: every document of ``batch`` listed, stored and resolved."""
    with connect.writing(db) as con:
        ledger.record_run_start(con, run_id, VERSIONS, now)
        for src in sources:
            own = [f for f in batch if f.outcome.source_id == src.id]
            listed(con, run_id, src, *[entry(f.outcome.key.rpartition("/")[2], src.id) for f in own], now=now)
        load.save_readings(con, batch, run_id=run_id, versions=VERSIONS, now=now)
        resolve.resolve(con)
        ledger.record_run_finish(con, run_id, now + timedelta(minutes=5))


def dump(con: duckdb.DuckDBPyConnection, *tables: str) -> dict[str, list[tuple]]:
    """Every row of ``tables``, or of all, in one order."""
    names = tables or [
        row[0] for row in con.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    ]
    return {name: sorted(con.execute(f"from {name}").fetchall(), key=repr) for name in names}


def rows(db: Path, sql: str, *params: object) -> list[tuple]:
    """What a query on a warehouse gives."""
    with connect.writing(db) as con:
        return con.execute(sql, params).fetchall()
