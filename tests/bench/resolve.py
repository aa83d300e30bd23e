"""Joining reports into events: a night of 2,000 articles against warehouses of a hundred thousand and of a million events."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from extractors.ids import article_id, content_hash
from extractors.records import Article, EventMention, Outcome, Reading, Verdict, Versions
from tests.bench.figures import Figure, cpu_seconds
from warehouse import connect, ledger, load, resolve
from warehouse.load import Finished

SMALL, LARGE = 100_000, 1_000_000
ARTICLES, EVENTS_EACH = 2_000, 4
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
VERSIONS = Versions(extractor="1", model="bench", ontology="1")
GOAL = 30.0  # seconds, of CPU here: they do not hang on what else the machine does
TYPES = ("EXPORT_CONTROL", "SANCTION", "TARIFF", "FUNDING", "SUPPLY", "STATEMENT", "ENFORCEMENT", "DIPLOMACY")
SENTENCE = "The ministry of one country did something to a firm of another on a day that the text gives."

# Ten years of events, each with one report: as many a day, types and things as the night has.
FILL = """
insert into articles by name
select 'a' || i as article_id, 'h' as content_hash, 'bench' as source_id, 'https://bench.example/' || i as url,
    'https://bench.example/' || i as canonical_url, 'A title' as title, 'page' as text_basis, []::varchar[] as authors,
    'bench' as published_basis, timestamp '2016-11-10' + i * (interval 10 year / $n) as published_utc,
    timestamp '2016-11-10' + i * (interval 10 year / $n) as first_seen_utc, timestamp '2026-11-09' as ingested_utc,
    []::varchar[] as problems, true as on_topic, 'r0' as run_id, '1' as extractor_version, 'bench' as model_version,
    '1' as ontology_version
from range($n) as numbers(i);
insert into event_mentions by name
select 'm' || i as event_mention_id, 'e' || i as event_id, 'e' || i as claim_id, a.article_id, a.content_hash,
    $types[1 + i % len($types)] as type, '' as direction, ['Ministry ' || (i % 50)] as actors, ['China'] as actor_countries,
    ['Firm ' || (i % 5000)] as targets, ['United States'] as target_countries, null as instrument,
    ['thing ' || (i % 1000)] as objects, a.published_utc::date::varchar as date,
    case when i % 3 = 0 then 'inferred' else 'day' end as precision, 'stated' as date_basis,
    a.published_utc::date as date_from, a.published_utc::date as date_to, 'done' as status, 'did' as trigger,
    40 as trigger_start_char, 43 as trigger_end_char, 0 as start_char, 90 as end_char, $sentence as sentence,
    0.5 as confidence, 'r0' as run_id, '1' as extractor_version, 'bench' as model_version, '1' as ontology_version
from range($n) as numbers(i) join articles a on a.article_id = 'a' || i;
insert into event_claims by name
select claim_id, event_id, type, direction, list_transform(actors, lambda x: lower(x)) as actors,
    list_transform(actor_countries, lambda x: lower(x)) as actor_countries,
    list_transform(targets, lambda x: lower(x)) as targets,
    list_transform(target_countries, lambda x: lower(x)) as target_countries, instrument, objects, amount, currency,
    date_from, date_to, precision <> 'inferred' as stated,
    ['target:' || lower(targets[1]), 'object:' || objects[1]] as marks, a.published_utc as first_published_utc
from event_mentions join articles a using (article_id);
insert into events by name
select event_id, type, direction, actors, actor_countries, targets, target_countries, objects, date, precision,
    date_basis, date_from, date_to, status, ['done'] as statuses, confidence, event_mention_id as best_event_mention_id,
    1 as n_reports, 1 as n_outlets, 1 as n_independent, a.published_utc as first_report_utc,
    a.published_utc as last_report_utc, a.ingested_utc as first_ingested_utc, m.run_id, m.extractor_version,
    m.model_version, m.ontology_version
from event_mentions m join articles a using (article_id);
insert into event_reports by name
select event_id, event_mention_id, article_id, true as independent, run_id, extractor_version, model_version,
    ontology_version from event_mentions;
"""


def measure() -> list[Figure]:
    """CPU seconds (of all threads) to resolve the night; beside it, what rebuilding every event of the small warehouse costs."""
    with tempfile.TemporaryDirectory() as folder:
        small, rebuilt = _night(Path(folder) / "small.duckdb", SMALL, rebuild=True)
        large, _ = _night(Path(folder) / "large.duckdb", LARGE, rebuild=False)
    what = f"resolve {ARTICLES:,} articles"
    return [
        Figure(name=f"{what}, {SMALL:,} events", value=small, unit="CPU s", goal=GOAL, least=False,
               beside="rebuild all", beside_value=rebuilt),
        Figure(name=f"{what}, {LARGE:,} events", value=large, unit="CPU s", goal=GOAL, least=False,
               beside=f"{SMALL:,} events", beside_value=small),
    ]  # fmt: skip


def _night(db: Path, events: int, *, rebuild: bool) -> tuple[float, float | None]:
    """CPU seconds that the night's resolution takes, and those that rebuilding everything does."""
    with connect.writing(db) as con:
        for statement in FILL.split(";\n"):
            if statement.strip():
                params = {"n": events, "types": list(TYPES), "sentence": SENTENCE}
                con.execute(statement, {k: v for k, v in params.items() if f"${k}" in statement})
        con.execute("checkpoint")
        ledger.record_run_start(con, "r1", VERSIONS, NOW)
        _load(con, [_finished(n) for n in range(ARTICLES)])
        seconds = _seconds(con, everything=False)
        return seconds, _seconds(con, everything=True) if rebuild else None


def _load(con: duckdb.DuckDBPyConnection, batch: Sequence[Finished]) -> None:
    load.save_readings(con, batch, run_id="r1", versions=VERSIONS, now=NOW)


def _seconds(con: duckdb.DuckDBPyConnection, *, everything: bool) -> float:
    return cpu_seconds(lambda: resolve.resolve(con, everything=everything))


def _finished(number: int) -> Finished:
    """An article of the night: half of what it reports others report too, a part of it is older than the night."""
    url = f"https://night.example/{number}"
    published = NOW - timedelta(minutes=number % 1440)
    article = Article(
        article_id=article_id(url), content_hash=content_hash("A title", SENTENCE), source_id="night", url=url,
        canonical_url=url, title="A title", text=SENTENCE, text_basis="page", published=published, first_seen=NOW,
    )  # fmt: skip
    events = tuple(_event(number // 2 * EVENTS_EACH + n, published, n) for n in range(EVENTS_EACH))
    reading = Reading(verdict=Verdict(on_topic=True, relevance=1.0, reason=""), events=events)
    return Finished(
        outcome=Outcome(key=url, source_id="night", stage="load", reason="loaded"), article=article, reading=reading
    )


def _event(number: int, published: datetime, nth: int) -> EventMention:
    day = (published - timedelta(days=0 if nth < 3 else number % 3650)).date()
    return EventMention(
        type=TYPES[number % len(TYPES)], direction="", actors=(f"Ministry {number % 50}",), actor_countries=("China",),
        targets=(f"Firm {number % 5000}",), target_countries=("United States",), instrument=None,
        objects=(f"thing {number % 1000}",), amount=None, currency=None, date=day.isoformat(),
        precision="inferred" if nth == 0 else "day", date_basis="stated", status="done", attribution=None, trigger="did",
        trigger_start=40, trigger_end=43, start=0, end=90, confidence=0.6,
    )  # fmt: skip
