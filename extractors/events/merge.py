"""Several sentences of one article that tell of one act become one event mention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.events.confidence import joined
from extractors.records import EventMention

_SURER = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4, "inferred": 5, "unknown": 6}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event mention with what speaks for it (``confidence.signs``)."""

    event: EventMention
    signs: Mapping[str, float]


def merge(candidates: Sequence[Candidate], *, headline_end: int) -> list[Candidate]:
    """Events in the order of their evidence, with what tells of the same act joined. A headline is the last choice of evidence."""
    merged: list[Candidate] = []
    body_first = sorted(candidates, key=lambda c: (c.event.start < headline_end, c.event.start))
    for one in body_first:
        for i, other in enumerate(merged):
            if _same(one.event, other.event):
                merged[i] = Candidate(_join(other.event, one.event), joined(other.signs, one.signs))
                break
        else:
            merged.append(one)
    return sorted(merged, key=lambda c: c.event.start)


def _same(a: EventMention, b: EventMention) -> bool:
    if (a.type, a.direction) != (b.type, b.direction) or {a.status, b.status} == {"done", "denied"}:
        return False
    if not _dates_agree(a, b) or not _overlap_or_empty(a.actors, b.actors):
        return False
    if a.instrument and b.instrument and a.instrument != b.instrument:
        return False
    if a.type == "STATEMENT" or (a.amount and b.amount and a.amount != b.amount):
        return a.start == b.start and a.type == "STATEMENT"
    return _overlap_or_empty(a.targets, b.targets) or bool(set(a.objects) & set(b.objects))


def _dates_agree(a: EventMention, b: EventMention) -> bool:
    if a.date is None or b.date is None:
        return a.date is b.date or "unknown" in {a.precision, b.precision}
    if "inferred" in {a.precision, b.precision}:
        return (
            a.precision == b.precision
            or abs(int(a.date[:4]) * 12 + int(a.date[5:7]) - int(b.date[:4]) * 12 - int(b.date[5:7])) <= 1
        )
    shorter = min({"year": 4, "quarter": 4, "month": 7}.get(e.precision, 10) for e in (a, b))
    return a.date[:shorter] == b.date[:shorter]


def _overlap_or_empty(a: Sequence[str], b: Sequence[str]) -> bool:
    return not a or not b or bool(set(a) & set(b))


def _join(first: EventMention, second: EventMention) -> EventMention:
    """The first one's evidence with the union of the arguments, the surer date and the stronger confidence."""
    dated = min(first, second, key=lambda e: _SURER[e.precision])
    return replace(
        first,
        actors=tuple(dict.fromkeys([*first.actors, *second.actors])),
        targets=tuple(dict.fromkeys([*first.targets, *second.targets])),
        instrument=first.instrument or second.instrument,
        objects=tuple(dict.fromkeys([*first.objects, *second.objects])),
        amount=first.amount if first.amount is not None else second.amount,
        currency=first.currency or second.currency,
        date=dated.date,
        precision=dated.precision,
        date_basis=dated.date_basis,
        attribution=first.attribution or second.attribution,
        confidence=max(first.confidence, second.confidence),
        actor_countries=tuple(dict.fromkeys([*first.actor_countries, *second.actor_countries])),
        target_countries=tuple(dict.fromkeys([*first.target_countries, *second.target_countries])),
    )
