"""From read text to event mentions: the trigger's type, who did it to whom, when, how sure, and on whose word.

The network proposes triggers, the roles of names and the status; what can be checked is decided here by rule: dates are
resolved and attached, actors are joined by the state that they act for, objects, instrument, money and attribution are read
from the sentence, and the several sentences that tell of one act become one event mention with its best evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Span

from extractors.events.alliances import AllianceAct, alliance_acts
from extractors.events.amounts import find_amounts
from extractors.events.antecedents import antecedent
from extractors.events.confidence import confidence, load_weights, signs
from extractors.events.dating import event_date, stated_date
from extractors.events.merge import Candidate, merge
from extractors.events.objects import find_objects
from extractors.events.roles import (
    AIMED,
    ROLE_THRESHOLD,
    Player,
    one_side,
    players_of,
    roles_apart,
    states_of,
    targets_of,
    with_states,
)
from extractors.events.status import attribution_of, status_of
from extractors.events.types import retyped, tells
from extractors.language.reader import TRIGGERS
from extractors.language.spans import text_of
from extractors.records import EventMention

RULE_CONFIDENCE = 0.5
WITH_MONEY = frozenset(
    {"FUNDING", "ENFORCEMENT", "SUPPLY", "INVESTMENT_SCREENING", "TARIFF", "EXPORT_CONTROL", "ALLIANCE"}
)
WITH_INSTRUMENT = {"ALLIANCE": ("ALLIANCE", "POLICY")}


def code(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> tuple[EventMention, ...]:
    """The event mentions of a document that the reader, the mentions and the linker have annotated.

    ``published`` is the publication date; without it, only dates that need no reference day are resolved, and an undated event
    of the article's own news is ``unknown``. ``read_on`` is the day of reading: nothing that is done lies after it.
    """
    return tuple(
        replace(c.event, confidence=sure)
        for c in candidates(doc, published, read_on)
        if (sure := confidence(c.event.type, c.signs)) >= load_weights()["least"]
    )


def candidates(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> list[Candidate]:
    """Everything that may be an event, each act once, with the signs from which its confidence is made."""
    return merge(tellings(doc, published, read_on), headline_end=text_of(doc).find("\n"))


def tellings(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> list[Candidate]:
    """Every place that may tell of an event, an act as often as it is told."""
    headline_end = text_of(doc).find("\n")
    found: list[Candidate] = []

    def add(event: EventMention, trigger: Span) -> None:
        found.append(Candidate(event, signs(event, trigger, _sentence(trigger), headline_end)))

    for span in doc.spans.get(TRIGGERS, ()):
        event = _event(doc, span, published, read_on)
        if event:
            add(event, span)
    told = {(c.event.type, c.event.start) for c in found}
    for act in alliance_acts(doc):
        event = _alliance_event(doc, act, published, read_on)
        if ("ALLIANCE", event.start) not in told:
            add(event, act.verb)
    return found


def _alliance_event(doc: Doc, act: AllianceAct, published: dt.date | None, read_on: dt.date | None) -> EventMention:
    trigger, status = act.verb, "done"
    sentence = _sentence(trigger)
    dated = stated_date(doc, trigger, sentence, published, read_on, status)
    undated = (
        (published.isoformat(), "inferred", "publication") if published else (None, "unknown", "no publication date")
    )
    date, precision, basis = dated or undated
    members = tuple(dict.fromkeys(e._.entity for e in act.members))
    return EventMention(
        type="ALLIANCE",
        direction=act.direction,
        actors=members,
        targets=(),
        instrument=act.alliance._.entity,
        objects=(),
        amount=None,
        currency=None,
        date=date,
        precision=precision,
        date_basis=basis,
        status=status,
        attribution=attribution_of(sentence, list(members)),
        trigger=trigger.text,
        trigger_start=trigger.start_char,
        trigger_end=trigger.end_char,
        start=sentence.start_char,
        end=sentence.end_char,
        confidence=RULE_CONFIDENCE,
        actor_countries=states_of(members),
    )


def _event(doc: Doc, trigger: Span, published: dt.date | None, read_on: dt.date | None) -> EventMention | None:
    sentence = _sentence(trigger)
    if not tells(trigger):
        return None
    kind, direction = retyped(trigger, sentence, *trigger.label_.split(":"))
    names = [e for e in doc.ents if sentence.start_char - 400 <= e.start_char and e.end_char <= sentence.end_char + 400]
    actors, targets = roles_apart(
        players_of(names, trigger, "actor", sentence), players_of(names, trigger, "target", sentence)
    )
    if not actors:
        meant = antecedent(trigger, list(doc.ents))
        actors = [Player(meant, ROLE_THRESHOLD, trigger.start - meant.start)] if meant is not None else []
        targets = [t for t in targets if not actors or t.canonical != actors[0].canonical]
    if kind == "DIPLOMACY":
        actors, targets = [*actors, *targets], []
    if kind in AIMED:
        actors, targets = one_side(actors, targets)
    if not actors and not targets:
        return None
    status = status_of(trigger, sentence)
    date, precision, basis = event_date(doc, trigger, sentence, published, read_on, status)
    inside = [e for e in doc.ents if e.sent == trigger.sent]
    amount = _amount(trigger, sentence, kind)
    acting = with_states(actors)
    aimed_at = targets_of(targets, _with_sentence_before(sentence) if kind == "STATEMENT" else sentence, kind, acting)
    return EventMention(
        type=kind,
        direction=direction,
        actors=acting,
        targets=aimed_at,
        instrument=_instrument(inside, trigger, kind),
        objects=find_objects(sentence, inside),
        amount=amount[0] if amount else None,
        currency=amount[1] if amount else None,
        date=date,
        precision=precision,
        date_basis=basis,
        status=status,
        attribution=attribution_of(sentence, [a.canonical for a in actors]),
        trigger=trigger.text,
        trigger_start=trigger.start_char,
        trigger_end=trigger.end_char,
        start=sentence.start_char,
        end=sentence.end_char,
        confidence=round(float(trigger._.score), 3),
        actor_countries=states_of(acting),
        target_countries=states_of(aimed_at),
    )


def _sentence(trigger: Span) -> Span:
    """The trigger's sentence (both, where it runs over two) without white space at its edges, cut at line ends."""
    sent = trigger.sent
    start, end = sent.start, trigger[-1:].sent.end
    for i in range(trigger.start - 1, sent.start - 1, -1):
        if "\n" in sent.doc[i].text:
            start = i + 1
            break
    for i in range(trigger.end, end):
        if "\n" in sent.doc[i].text:
            end = i
            break
    while start < end and sent.doc[start].is_space:
        start += 1
    while end > start and sent.doc[end - 1].is_space:
        end -= 1
    return sent.doc[start:end]


def _with_sentence_before(sentence: Span) -> Span:
    """The sentence with the one before it in the same line."""
    doc, start = sentence.doc, sentence.start
    if start == 0 or "\n" in doc[start - 1].text:
        return sentence
    return doc[doc[start - 1].sent.start : sentence.end]


def _instrument(inside: Sequence[Span], trigger: Span, kind: str) -> str | None:
    """The policy or alliance nearest to the trigger in its sentence."""
    labels = WITH_INSTRUMENT.get(kind, ("POLICY",))
    rows = [e for e in inside if e.label_ in labels]
    if kind == "ALLIANCE" and any(e.label_ == "ALLIANCE" for e in rows):
        rows = [e for e in rows if e.label_ == "ALLIANCE"]
    return min(rows, key=lambda e: abs(e.start - trigger.start))._.entity if rows else None


def _amount(trigger: Span, sentence: Span, kind: str) -> tuple[float, str] | None:
    """The sum nearest to the trigger, for the types that move money."""
    rows = find_amounts(sentence.text) if kind in WITH_MONEY else []
    if not rows:
        return None
    place = trigger.start_char - sentence.start_char
    nearest = min(rows, key=lambda a: abs(a.start - place))
    return nearest.value, nearest.currency
