"""An event with its evidence: its reports, their sentences with trigger and arguments marked, and why each field has its
value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extractors.errors import UserError
from warehouse.connect import open_reader
from warehouse.rows import records

# How many events are named where an id is unknown.
NEAREST = 3
# A beginning of an id shorter than this is taken for a slip.
LEAST = 6

REPORTS = """
    select m.*, r.independent, a.title as headline, a.url, a.published_utc, a.copy_of, o.outlet, o.source_independent,
        b.title as copied_headline
    from event_mentions m join event_reports r using (event_mention_id)
    join articles a on a.article_id = m.article_id
    join article_outlets o on o.article_id = m.article_id
    left join articles b on b.article_id = a.copy_of
    where m.event_id = ?
    order by coalesce(a.published_utc, a.first_seen_utc), m.article_id, m.event_mention_id
"""
MENTIONS = """
    select m.event_mention_id, n.entity, n.text, n.label, n.start_char, n.end_char
    from mentions n join event_mentions m using (article_id, content_hash)
    where m.event_id = ? order by n.start_char
"""
NEAR = """
    select event_id, type, direction, date from (
        select c.claim_id, e.event_id, e.type, e.direction, e.date,
            (levenshtein(left(c.claim_id, length($id)), $id), c.claim_id) as distance
        from event_claims c join events e using (event_id) order by distance limit 20
    ) group by all order by min(distance) limit $n
"""
BASES = {
    "stated": "the text states it",
    "weekday": "the text names a weekday, counted from the day of publication",
    "relative": "the text gives it relative to the day of publication",
    "publication": "the text gives none, so the day of publication stands for it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report: where it stands, its sentence with marks, what of the event is told elsewhere in the article, and how
    it counts."""

    number: int
    outlet: str
    url: str
    headline: str
    published: str
    status: str
    confidence: float
    marked: str
    elsewhere: tuple[str, ...]
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An event, a line (field, value, why) for each field, its reports, and the other ids that lead to it."""

    event_id: str
    fields: tuple[tuple[str, str, str], ...]
    reports: tuple[Report, ...]
    other_ids: tuple[str, ...]


def explain(snapshot: Path, wanted: str) -> Explanation:
    """The event with the id ``wanted``, with one of its claims, or whose id alone begins so.

    Raises ``UserError`` where there is no such event, naming the nearest.
    """
    with open_reader(snapshot) as con:
        event = _event(con, wanted.strip().lower())
        reports = records(con, REPORTS, [event["event_id"]])
        claims = records(con, "from event_claims where event_id = ? order by claim_id", [event["event_id"]])
        names: dict[str, list[dict[str, Any]]] = {}
        for row in records(con, MENTIONS, [event["event_id"]]):
            names.setdefault(row["event_mention_id"], []).append(row)
    numbers = {r["event_mention_id"]: n for n, r in enumerate(reports, start=1)}
    return Explanation(
        event_id=event["event_id"],
        fields=tuple(_fields(event, reports, claims, numbers)),
        reports=tuple(
            _report(numbers[r["event_mention_id"]], r, names.get(r["event_mention_id"], [])) for r in reports
        ),
        other_ids=tuple(c["claim_id"] for c in claims if c["claim_id"] != event["event_id"]),
    )


def _event(con: duckdb.DuckDBPyConnection, wanted: str) -> dict[str, Any]:
    found = con.execute(
        "select distinct event_id from event_claims where claim_id = $id or (length($id) >= $least and "
        "starts_with(claim_id, $id)) limit 2",
        {"id": wanted, "least": LEAST},
    ).fetchall()
    if len(found) == 1:
        return records(con, "from events where event_id = ?", [found[0][0]])[0]
    near = con.execute(NEAR, {"id": wanted, "n": NEAREST}).fetchall()
    if not near:
        raise UserError("the snapshot has no events yet; run `rivalry ingest` first, or give another --db")
    named = "; ".join(f"{i} ({' '.join(filter(None, (kind, way, day)))})" for i, kind, way, day in near)
    fault = f"more than one event's id begins with {wanted}" if found else f"there is no event {wanted}"
    raise UserError(f"{fault}; nearest: {named}")


def _fields(
    event: dict[str, Any], reports: list[dict[str, Any]], claims: list[dict[str, Any]], numbers: dict[str, int]
) -> Iterator[tuple[str, str, str]]:
    best = numbers[event["best_event_mention_id"]]
    sure = f"report {best}, the surest ({event['confidence']:.2f})"
    yield (
        "type",
        " ".join(filter(None, (event["type"], event["direction"]))),
        f"{sure}: its trigger and the words around",
    )
    for name in ("actors", "actor_countries", "targets", "target_countries", "instrument", "objects", "attribution"):
        value = event[name]
        why = sure if value else f"{sure}, names none"
        if name.endswith("countries") and value:
            why = "the states that they act for or are at home in, by the knowledge files"
        yield name, ", ".join(value) if isinstance(value, list) else value or "", why
    if event["amount"] is not None:
        yield "amount", f"{event['amount']:,.0f} {event['currency']}", f"{sure}: the sum nearest to its trigger"
    yield "date", f"{event['date'] or 'unknown'} ({event['precision']})", _date_reason(event, numbers)
    yield "status", event["status"], _status_reason(sure, reports, numbers)
    yield "n_reports", str(event["n_reports"]), "articles that report it"
    yield "n_outlets", str(event["n_outlets"]), "outlets that published them"
    yield "n_independent", str(event["n_independent"]), "reports that count as independent: see each below"
    yield "claims", str(len(claims)), _claims_reason(event, claims)
    versions = f"model {event['model_version']}, ontology {event['ontology_version']}, run {event['run_id']}"
    yield "extractor", event["extractor_version"], versions


def _date_reason(event: dict[str, Any], numbers: dict[str, int]) -> str:
    source = event["date_event_mention_id"]
    if source is None:
        return f"no report dates it ({event['date_basis']})"
    return f"report {numbers[source]} gives it most exactly: {BASES.get(event['date_basis'], event['date_basis'])}"


def _status_reason(sure: str, reports: list[dict[str, Any]], numbers: dict[str, int]) -> str:
    by_status: dict[str, list[str]] = {}
    for r in reports:
        by_status.setdefault(r["status"], []).append(str(numbers[r["event_mention_id"]]))
    if len(by_status) == 1:
        return sure
    told = ", ".join(f"{status} by {', '.join(found)}" for status, found in sorted(by_status.items()))
    return f"{sure}; the reports differ: {told}"


def _claims_reason(event: dict[str, Any], claims: list[dict[str, Any]]) -> str:
    if len(claims) == 1:
        return "all reports say exactly the same"
    founder = next(c for c in claims if c["claim_id"] == event["event_id"])
    shared = sorted({m for c in claims if c is not founder for m in c["marks"] if m in founder["marks"]})
    return f"what reports say differs, and agrees with the first in type, days, who acts, and: {', '.join(shared)}"


def _report(number: int, row: dict[str, Any], names: list[dict[str, Any]]) -> Report:
    roles = {name: role for role in ("target", "actor") for name in row[f"{role}s"]}
    roles |= {row["instrument"]: "instrument"} if row["instrument"] else {}
    marks = [(row["trigger_start_char"], row["trigger_end_char"], "trigger")]
    elsewhere: dict[str, str] = {}
    for n in names:
        role = roles.get(n["entity"]) or ("object" if n["entity"] in row["objects"] else None)
        if role is None:
            continue
        if row["start_char"] <= n["start_char"] and n["end_char"] <= row["end_char"]:
            marks.append((n["start_char"], n["end_char"], role))
        else:
            elsewhere.setdefault(n["entity"], f"{role} {n['entity']} at {n['start_char']}: {n['text']}")
    marks += [
        (row["start_char"] + place, row["start_char"] + place + len(name), "object")
        for name in row["objects"]
        if (place := row["sentence"].find(name)) >= 0
    ]
    inside = {n["entity"] for n in names if row["start_char"] <= n["start_char"] < row["end_char"]}
    return Report(
        number=number,
        outlet=row["outlet"],
        url=row["url"],
        headline=row["headline"],
        published=f"{row['published_utc']:%Y-%m-%d %H:%M} UTC" if row["published_utc"] else "day unknown",
        status=row["status"],
        confidence=row["confidence"],
        marked=_marked(row["sentence"], row["start_char"], marks),
        elsewhere=tuple(text for entity, text in elsewhere.items() if entity not in inside),
        counts=_counts(row),
    )


def _marked(sentence: str, start: int, marks: list[tuple[int, int, str]]) -> str:
    """The sentence with ``[role: words]`` around what plays a role; where two overlap, the earlier and longer stands."""
    parts, done = [], start
    for first, last, role in sorted(marks, key=lambda m: (m[0], -m[1])):
        if first < done:
            continue
        parts.append(f"{sentence[done - start : first - start]}[{role}: {sentence[first - start : last - start]}]")
        done = last
    return "".join([*parts, sentence[done - start :]])


def _counts(row: dict[str, Any]) -> str:
    if row["independent"]:
        return "counts as independent"
    if row["copy_of"]:
        return f"does not count: nearly repeats {row['copied_headline']!r}"
    if not row["source_independent"]:
        return "does not count: its source republishes others"
    return "does not count: its article or outlet, or the text that it copies, counts already"
