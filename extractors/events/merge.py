"""Several sentences of one article that tell of one act become one event mention: event coreference within a document.

The weights are data (``data/event_confidence.toml``, table ``same``), fitted by ``python -m extractors.events.calibrate``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.events.confidence import joined, load_weights
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
            if same_act(one.event, other.event, headline_end):
                merged[i] = Candidate(_join(other.event, one.event), joined(other.signs, one.signs))
                break
        else:
            merged.append(one)
    return sorted(merged, key=lambda c: c.event.start)


def same_act(a: EventMention, b: EventMention, headline_end: int) -> bool:
    """Whether two tellings of one type are of one act: a logistic regression over what they agree in, fitted on annotated coreference."""
    if a.type != b.type or _contradict(a, b):
        return False
    weights = load_weights()["same"]
    total = weights["bias"] + sum(weights[name] * value for name, value in likeness(a, b, headline_end).items())
    return total >= 0.0


def _contradict(a: EventMention, b: EventMention) -> bool:
    """Whether two tellings can't be of one act, whatever else they share: what is eased is not tightened, what A does to B is not B's to A."""
    if {a.status, b.status} == {"done", "denied"} or {a.direction, b.direction} == {"tighten", "ease"}:
        return True
    if a.instrument and b.instrument and a.instrument != b.instrument:
        return True
    stated = not {a.precision, b.precision} & {"inferred", "unknown"}
    if stated and not _dates_agree(a, b):
        return True
    mirrored = set(a.actors) & set(b.targets) and set(b.actors) & set(a.targets)
    return bool(mirrored) and not set(a.actors) & set(b.actors)


def likeness(a: EventMention, b: EventMention, headline_end: int) -> dict[str, float]:
    """What two tellings of one type agree in: 1 for agreement, 0 where one of them does not say, -1 for disagreement."""
    between = abs(a.trigger_start - b.trigger_start)
    return {
        "direction": float(a.direction == b.direction),
        "status": float(a.status == b.status),
        "dates": float(_dates_agree(a, b)),
        "actors": _overlap(a.actors, b.actors),
        "first_actor": float(bool(set(a.actors[:1]) & set(b.actors[:1]))),
        "actor_countries": _overlap(a.actor_countries, b.actor_countries),
        "targets": _overlap(a.targets, b.targets),
        "objects": _overlap(a.objects, b.objects),
        "instrument": _equal(a.instrument, b.instrument),
        "amount": _equal(a.amount, b.amount),
        "headline": float((a.start < headline_end) != (b.start < headline_end)),
        "distance": math.log1p(between),
        "word": float(_stem(a.trigger) == _stem(b.trigger)),
        "sentence": float(a.start == b.start),
        "statement": float(a.type == "STATEMENT"),
        "of_firms": float(a.type in {"FUNDING", "PRODUCT", "SUPPLY", "ALLIANCE"}),
    }


def _stem(trigger: str) -> str:
    return trigger.lower().split()[-1][:5]


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    if not a or not b:
        return 0.0
    return 1.0 if set(a) & set(b) else -1.0


def _equal(a: object, b: object) -> float:
    if not a or not b:
        return 0.0
    return 1.0 if a == b else -1.0


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
