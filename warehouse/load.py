"""Storing what was read: articles with their versions, names and reports of events, and the knowledge files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from extractors.language.knowledge import Knowledge, Known
from extractors.records import Article, EventMention, Mention, Outcome, Reading, Versions
from warehouse.agreement import claim_id, claim_of
from warehouse.connect import transaction
from warehouse.identity import date_range, event_mention_id, mention_id
from warehouse.ledger import record_outcomes, version_columns
from warehouse.rows import insert, naive_utc, stage

# Columns that bear the names of their fields.
ARTICLE_COLUMNS = [
    "article_id",
    "content_hash",
    "source_id",
    "url",
    "canonical_url",
    "title",
    "text_basis",
    "authors",
    "published_basis",
    "language",
    "publisher",
    "raw_hash",
    "copy_of",
    "problems",
]
EVENT_COLUMNS = [
    "type",
    "direction",
    "actors",
    "actor_countries",
    "targets",
    "target_countries",
    "instrument",
    "objects",
    "amount",
    "currency",
    "date",
    "precision",
    "date_basis",
    "status",
    "attribution",
    "trigger",
    "confidence",
]
# What a later reading of an article never changes.
KEPT = {"article_id", "first_seen_utc", "ingested_utc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One document with how it ended; ``article`` and ``reading`` where there was one to store."""

    outcome: Outcome
    article: Article | None = None
    reading: Reading | None = None


def save_readings(
    con: duckdb.DuckDBPyConnection, batch: Sequence[Finished], *, run_id: str, versions: Versions, now: datetime
) -> int:
    """Stores a batch in one transaction; returns the number of articles stored.

    Versions are added and never changed. Mentions and reports of an article are replaced by those of its new reading.
    A second document of the batch with the same article ends as ``duplicate_url``. Saving a batch twice changes
    nothing; a run that is killed leaves the whole batch or none of it. Raises ``RunFailed`` where the disk is full.
    """
    documents, outcomes = _unique(batch)
    made = {"run_id": run_id} | version_columns(versions)
    articles = [article_row(d.article, d.reading, made, now) for d in documents if d.article]
    mentions, events = {}, {}
    for document in documents:
        if document.article and document.reading:
            for row in mention_rows(document.article, document.reading.mentions, versions):
                mentions.setdefault(row["mention_id"], row | made)
            for row in event_rows(document.article, document.reading.events, versions):
                events.setdefault(row["event_mention_id"], row | made)
    with transaction(con):
        insert(
            con,
            "article_revisions",
            [revision_row(d.article, run_id, now) for d in documents if d.article],
            "on conflict do nothing",
        )
        insert(con, "articles", articles, f"on conflict do update set {renewed(articles[0])}" if articles else "")
        _replace_readings(con, [row["article_id"] for row in articles], list(mentions.values()), list(events.values()))
        add_entities(con)
        record_outcomes(con, run_id, outcomes, now)
    return len(articles)


def save_knowledge(con: duckdb.DuckDBPyConnection, knowledge: Knowledge, ontology_version: str) -> None:
    """Replaces entities, alliances with their members, and policies by those of the knowledge files, in one
    transaction.

    Entities that only texts have named stay.
    """
    known = knowledge.by_id.values()
    with transaction(con):
        con.execute("create or replace temp table met as select * from entities where not known")
        con.execute("delete from entities")
        insert(con, "entities", [_entity_row(k) for k in known])
        con.execute("insert into entities select * from met on conflict do nothing")
        con.execute("delete from alliances")
        con.execute("delete from alliance_members")
        con.execute("delete from policies")
        version = {"ontology_version": ontology_version}
        insert(con, "alliances", [_alliance_row(k) | version for k in known if k.label == "ALLIANCE"])
        insert(
            con, "alliance_members", [row | version for k in known if k.label == "ALLIANCE" for row in _member_rows(k)]
        )
        insert(con, "policies", [_policy_row(k) | version for k in known if k.label == "POLICY"])
        con.execute("create or replace temp table wanted as select distinct article_id from mentions")
        add_entities(con)


def current_hashes(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> dict[str, str]:
    """The content hash of the current version of each of ``article_ids`` that is stored: what tells known from
    revised."""
    stage(con, "wanted", {"article_id": list(article_ids)})
    return dict(
        con.execute("select article_id, content_hash from articles semi join wanted using (article_id)").fetchall()
    )


def recent_texts(con: duckdb.DuckDBPyConnection, since: datetime) -> list[tuple[str, str]]:
    """(article_id, text) of each article first seen since ``since`` that is no copy, oldest first: what a copy may
    repeat. What a backfill stored of years before is not among them."""
    sql = """
        select a.article_id, r.text from articles a join article_revisions r using (article_id, content_hash)
        where a.first_seen_utc >= ? and a.copy_of is null order by a.first_seen_utc, a.article_id"""
    return con.execute(sql, [naive_utc(since)]).fetchall()


def _unique(batch: Sequence[Finished]) -> tuple[list[Finished], list[Outcome]]:
    documents: dict[str, Finished] = {}
    outcomes = []
    for document in batch:
        first = documents.setdefault(document.article.article_id, document) if document.article else document
        if first is document:
            outcomes.append(document.outcome)
        else:
            detail = f"the same article as {first.outcome.key}"
            outcomes.append(replace(document.outcome, reason="duplicate_url", detail=detail))
    return list(documents.values()), outcomes


def article_row(a: Article, reading: Reading | None, made: dict[str, str], now: datetime) -> dict[str, Any]:
    """A row of ``articles``; ``made`` says which run and versions made it."""
    row = {name: getattr(a, name) for name in ARTICLE_COLUMNS}
    row |= {
        "published_utc": naive_utc(a.published),
        "first_seen_utc": naive_utc(a.first_seen or now),
        "ingested_utc": naive_utc(now),
    }
    verdict = reading.verdict if reading else None
    row |= {"on_topic": verdict.on_topic if verdict else None, "relevance": verdict.relevance if verdict else None}
    row |= {
        "relevance_reason": verdict.reason if verdict else None,
        "policy_families": verdict.families if verdict else None,
    }
    return row | made


def renewed(columns: Iterable[str]) -> str:
    """The ``set`` list with which a later reading of an article takes the place of the one stored."""
    sets = [f"{name} = excluded.{name}" for name in columns if name not in KEPT]
    return ", ".join([*sets, "first_seen_utc = least(first_seen_utc, excluded.first_seen_utc)"])


def revision_row(a: Article, run_id: str, now: datetime) -> dict[str, Any]:
    """A row of ``article_revisions``."""
    row = {name: getattr(a, name) for name in ("article_id", "content_hash", "title", "text", "text_basis", "raw_hash")}
    return row | {"stored_utc": naive_utc(now), "run_id": run_id}


def mention_rows(a: Article, mentions: Sequence[Mention], versions: Versions) -> list[dict[str, Any]]:
    """Rows of ``mentions``, without what made them."""
    same = {"article_id": a.article_id, "content_hash": a.content_hash}
    return [
        same
        | {
            "mention_id": mention_id(a, m, versions),
            "start_char": m.start,
            "end_char": m.end,
            "text": m.text,
            "label": m.label,
        }
        | {"entity": m.entity, "entity_id": m.entity_id, "method": m.method}
        for m in mentions
    ]


def event_rows(a: Article, events: Sequence[EventMention], versions: Versions) -> list[dict[str, Any]]:
    """Rows of ``event_mentions``, without what made them."""
    rows = []
    for e in events:
        days = date_range(e.date, e.precision)
        row = {name: getattr(e, name) for name in EVENT_COLUMNS}
        row |= {"article_id": a.article_id, "content_hash": a.content_hash}
        row |= {"event_mention_id": event_mention_id(a, e, versions), "sentence": a.text[e.start : e.end]}
        row |= {"date_from": days[0] if days else None, "date_to": days[1] if days else None}
        row |= {"start_char": e.start, "end_char": e.end}
        row |= {"trigger_start_char": e.trigger_start, "trigger_end_char": e.trigger_end}
        claim = claim_id(claim_of(row))
        rows.append(row | {"claim_id": claim, "event_id": claim})  # its event until claims are resolved
    return rows


def _replace_readings(
    con: duckdb.DuckDBPyConnection, article_ids: list[str], mentions: list[dict], events: list[dict]
) -> None:
    stage(con, "wanted", {"article_id": article_ids})
    forget_readings(con)
    insert(con, "mentions", mentions)
    insert(con, "event_mentions", events)
    touch_claims(con)


def forget_readings(con: duckdb.DuckDBPyConnection) -> None:
    """Deletes the mentions and reports of the ``wanted`` articles."""
    touch_claims(con)
    for table in ("mentions", "event_mentions"):
        con.execute(f"delete from {table} where article_id in (select article_id from wanted)")


def touch_claims(con: duckdb.DuckDBPyConnection) -> None:
    """Marks the claims of the ``wanted`` articles: what they report is resolved anew."""
    con.execute(
        "insert into touched_claims select distinct claim_id from event_mentions semi join wanted using (article_id)"
    )


def add_entities(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the entities of the ``wanted`` articles that no table has yet. Which surface names one follows from its
    mentions' ids."""
    con.execute(
        """insert into entities (entity_id, name, label, known)
        select entity_id, arg_min(entity, mention_id), arg_min(label, mention_id), false
        from mentions semi join wanted using (article_id) group by entity_id
        on conflict do nothing"""
    )


def _entity_row(k: Known) -> dict[str, Any]:
    names = ("name", "label", "kind", "country", "wikidata")
    return {"entity_id": k.id, "known": True} | {name: getattr(k, name) for name in names}


def _alliance_row(k: Known) -> dict[str, Any]:
    row = {"alliance_id": k.id, "name": k.name, "kind": k.kind, "lead": k.row.get("lead") or []}
    return row | {name: k.row.get(name) for name in ("founded", "dissolved", "about")}


def _member_rows(k: Known) -> list[dict[str, Any]]:
    return [
        {
            "alliance_id": k.id,
            "alliance": k.name,
            "member": m["name"],
            "from_date": m.get("from"),
            "to_date": m.get("to"),
        }
        for m in k.row.get("members", [])
    ]


def _policy_row(k: Known) -> dict[str, Any]:
    names = "issuer jurisdiction family form official_number proposed adopted in_force ended about"
    return {"policy_id": k.id, "name": k.name} | {name: k.row.get(name) for name in names.split()}
