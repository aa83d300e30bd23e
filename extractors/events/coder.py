"""From read text to event mentions: the trigger's type, who did it to whom, when, how sure, and on whose word.

The network proposes triggers, the roles of names and the status; what can be checked is decided here by rule: dates are
resolved and attached, actors are joined by the state that they act for, objects, instrument, money and attribution are read
from the sentence, and the several sentences that tell of one act become one event mention with its best evidence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spacy.tokens import Doc, Span

from extractors.events.amounts import find_amounts
from extractors.events.dates import DateExpression, datelines, find_dates
from extractors.events.merge import merge
from extractors.events.objects import find_objects
from extractors.events.status import attribution_of, status_of
from extractors.events.types import retyped, tells
from extractors.language.knowledge import load_knowledge
from extractors.language.linking import states_named
from extractors.language.reader import TRIGGERS
from extractors.records import EventMention

ROLE_THRESHOLD = 0.5
TRIGGER_THRESHOLD = 0.25
WITH_MONEY = frozenset(
    {"FUNDING", "ENFORCEMENT", "SUPPLY", "INVESTMENT_SCREENING", "TARIFF", "EXPORT_CONTROL", "ALLIANCE"}
)
RIVALS = ("United States", "China")
AIMED = frozenset(
    {"EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN", "ENFORCEMENT", "STATEMENT"}
)
WITH_INSTRUMENT = {"ALLIANCE": ("ALLIANCE", "POLICY")}


def code(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> tuple[EventMention, ...]:
    """The event mentions of a document that the reader, the mentions and the linker have annotated.

    ``published`` is the publication date; without it, only dates that need no reference day are resolved, and an undated event
    of the article's own news is ``unknown``. ``read_on`` is the day of reading: nothing that is done lies after it.
    """
    found = [
        e
        for span in doc.spans.get(TRIGGERS, ())
        if span._.score >= TRIGGER_THRESHOLD and (e := _event(doc, span, published, read_on))
    ]
    return tuple(merge(found, headline_end=doc.text.find("\n")))


def _event(doc: Doc, trigger: Span, published: dt.date | None, read_on: dt.date | None) -> EventMention | None:
    sentence = _sentence(trigger)
    if not tells(trigger):
        return None
    kind, direction = retyped(trigger, sentence, *trigger.label_.split(":"))
    names = [e for e in doc.ents if sentence.start_char - 400 <= e.start_char and e.end_char <= sentence.end_char + 400]
    actors, targets = _roles(_players(names, trigger, "actor", sentence), _players(names, trigger, "target", sentence))
    if kind == "DIPLOMACY":
        actors, targets = [*actors, *targets], []
    if not actors and not targets:
        return None
    status = status_of(trigger, sentence)
    date, precision, basis = _date(doc, trigger, sentence, published, read_on, status)
    inside = [e for e in doc.ents if e.sent == trigger.sent]
    amount = _amount(trigger, sentence, kind)
    acting = _with_states(actors)
    aimed_at = _targets(targets, sentence, kind, acting)
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
        attribution=attribution_of(trigger, sentence, [a.canonical for a in actors]),
        trigger=trigger.text,
        trigger_start=trigger.start_char,
        trigger_end=trigger.end_char,
        start=sentence.start_char,
        end=sentence.end_char,
        confidence=round(float(trigger._.score), 3),
        actor_countries=_states(acting),
        target_countries=_states(aimed_at),
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


class _Player:
    """A name in a role: its canonical name, how probable the role is, and how near the trigger it stands."""

    __slots__ = ("canonical", "distance", "label", "score")

    def __init__(self, ent: Span, score: float, distance: int) -> None:
        self.canonical, self.label, self.score, self.distance = ent._.entity, ent.label_, score, distance


def _roles(actors: list[_Player], targets: list[_Player]) -> tuple[list[_Player], list[_Player]]:
    """Actors and targets apart: who is proposed for both keeps the likelier role."""
    as_actor, as_target = ({p.canonical: p.score for p in rows} for rows in (actors, targets))
    return (
        [p for p in actors if p.score >= as_target.get(p.canonical, 0.0)],
        [p for p in targets if p.score > as_actor.get(p.canonical, 0.0)],
    )


def _players(names: Iterable[Span], trigger: Span, role: str, sentence: Span) -> list[_Player]:
    """The names that play ``role``, most specific first: persons and bodies before states."""
    probabilities = trigger._.event[role]
    best: dict[str, _Player] = {}
    for ent in names:
        if ent.label_ not in {"ORG", "GPE", "PERSON", "ALLIANCE"}:
            continue
        score = probabilities.get(ent.end - 1, 0.0)
        if not sentence.start <= ent.start < sentence.end:
            score -= 0.25  # a name of another sentence must be the surer
        if score < ROLE_THRESHOLD:
            continue
        player = _Player(ent, score, abs(ent.start - trigger.start))
        if player.canonical not in best or best[player.canonical].score < score:
            best[player.canonical] = player
    order = {"PERSON": 1, "ORG": 0, "ALLIANCE": 0, "GPE": 2}
    return sorted(best.values(), key=lambda p: (order[p.label], p.distance))


def _with_states(actors: Sequence[_Player]) -> tuple[str, ...]:
    """Canonical names, each public body or official followed by the state that it acts for, once."""
    names = [a.canonical for a in actors]
    knowledge = load_knowledge()
    for name in list(names):
        known = knowledge.by_name.get(name)
        acts_for = known.row.get("acts_for") if known else None
        if (
            known
            and known.label == "PERSON"
            and any("overnment" in str(r) or _official(r) for r in known.row.get("roles", ()))
        ):
            acts_for = known.state
        acts_for = acts_for or _state_of_body(name)
        if acts_for and acts_for not in names:
            names.append(acts_for)
    return tuple(dict.fromkeys(names))


def _official(role: dict) -> bool:
    known = load_knowledge().by_name.get(role.get("organisation") or "")
    return bool(known and (known.row.get("acts_for") or known.kind == "state"))


def _state_of_body(name: str) -> str | None:
    """The state in the form of a public body's name: "United States Department of X", "Ministry of X of China"."""
    if name.startswith("United States ") or name.endswith(" administration"):
        return "United States"
    if name.startswith("Ministry of ") and " of " in name[12:]:
        state = name.rsplit(" of ", 1)[1]
        known = load_knowledge().by_name.get(state)
        return state if known and known.kind == "state" else None
    return None


def _targets(targets: Sequence[_Player], sentence: Span, kind: str, actors: tuple[str, ...]) -> tuple[str, ...]:
    """Canonical names of the targets, and the country that the sentence aims the measure at, by name or nationality.

    The country is the one of the two rivals that does not act: "added eight Chinese companies" aims at China.
    """
    names = [t.canonical for t in targets]
    if kind in AIMED:
        acting = set(_states(actors))
        named = states_named(sentence.text.replace("’", "'"))
        names += [s for s in RIVALS if s in named and s not in acting and acting & set(RIVALS)]
    return tuple(dict.fromkeys(names))


def _states(names: Iterable[str]) -> tuple[str, ...]:
    knowledge = load_knowledge()
    return tuple(dict.fromkeys(s for n in names if (s := knowledge.state_of(n) or _state_of_body(n))))


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


def _date(
    doc: Doc, trigger: Span, sentence: Span, published: dt.date | None, read_on: dt.date | None, status: str
) -> tuple[str | None, str, str]:
    """Date, precision and basis of the event at a trigger: stated with it, or inferred for the article's own news."""
    rows = [e for e in find_dates(sentence.text, published) if not e.limit]
    heads = [(m.start() - sentence.start_char, m.end() - sentence.start_char) for m in datelines(doc.text)]
    rows = [e for e in rows if not any(a <= e.start < b for a, b in heads)]
    latest = published or read_on
    if latest and status == "done":
        rows = [past for e in rows if (past := _past(e, sentence.text, latest))]
    if rows:
        chosen = min(rows, key=lambda e: _reach(e, trigger, sentence))
        return chosen.date, chosen.precision, chosen.basis
    if published and trigger._.event["undated"]["inferred"] >= 0.5:
        return published.isoformat(), "inferred", "publication"
    return None, "unknown", "undated background" if published else "no publication date"


def _past(e: DateExpression, text: str, latest: dt.date) -> DateExpression | None:
    """The day of what is done: without a year it is the last such day, and one ahead is when it takes effect."""
    if e.precision != "day" or dt.date.fromisoformat(e.date) <= latest + dt.timedelta(days=1):
        return e
    if e.basis != "stated" or re.search(r"\d{4}", text[e.start : e.end]):
        return None
    day = dt.date.fromisoformat(e.date)
    try:
        return replace(e, date=day.replace(year=day.year - 1).isoformat())
    except ValueError:  # 29 February
        return None


def _reach(expression: DateExpression, trigger: Span, sentence: Span) -> tuple[int, int]:
    """Nearer is better; a date that hangs on the trigger in the parse is nearest."""
    span = sentence.doc.char_span(
        sentence.start_char + expression.start, sentence.start_char + expression.end, alignment_mode="expand"
    )
    if span is None:
        return (1, abs(expression.start + sentence.start_char - trigger.start_char))
    hangs = any(t in trigger for t in span.root.ancestors) if span.root not in trigger else True
    between = sum(
        1
        for t in sentence.doc[min(span.end, trigger.end) : max(span.start, trigger.start)]
        if t.dep_ in {"cc", "ROOT"} or t.text in ";,"
    )
    return (0 if hangs else 1, abs(span.start - trigger.start) + 4 * between)
