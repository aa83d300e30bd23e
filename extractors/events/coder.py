"""From read text to event mentions: the trigger's type, who did it to whom, when, how sure, and on whose word.

The network proposes triggers, the roles of names and the status; what can be checked is decided here by rule: dates are
resolved and attached, actors are joined by the state that they act for, objects, instrument, money and attribution are read
from the sentence, and the several sentences that tell of one act become one event mention with its best evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spacy.tokens import Doc, Span

from extractors.events.alliances import AllianceAct, alliance_acts
from extractors.events.amounts import find_amounts
from extractors.events.antecedents import antecedent
from extractors.events.confidence import confidence, load_weights, signs
from extractors.events.dating import event_date, stated_date
from extractors.events.merge import Candidate, merge
from extractors.events.objects import find_objects
from extractors.events.status import attribution_of, status_of
from extractors.events.types import retyped, tells
from extractors.language.knowledge import load_knowledge
from extractors.language.linking import states_named
from extractors.language.reader import TRIGGERS
from extractors.records import EventMention

ROLE_THRESHOLD = 0.5
RULE_CONFIDENCE = 0.5
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
    return tuple(
        replace(c.event, confidence=sure)
        for c in candidates(doc, published, read_on)
        if (sure := confidence(c.event.type, c.signs)) >= load_weights()["least"]
    )


def candidates(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> list[Candidate]:
    """Everything that may be an event, each act once, with the signs from which its confidence is made."""
    return merge(tellings(doc, published, read_on), headline_end=doc.text.find("\n"))


def tellings(doc: Doc, published: dt.date | None, read_on: dt.date | None = None) -> list[Candidate]:
    """Every place that may tell of an event, an act as often as it is told."""
    headline_end = doc.text.find("\n")
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
        actor_countries=_states(members),
    )


def _event(doc: Doc, trigger: Span, published: dt.date | None, read_on: dt.date | None) -> EventMention | None:
    sentence = _sentence(trigger)
    if not tells(trigger):
        return None
    kind, direction = retyped(trigger, sentence, *trigger.label_.split(":"))
    names = [e for e in doc.ents if sentence.start_char - 400 <= e.start_char and e.end_char <= sentence.end_char + 400]
    actors, targets = _roles(_players(names, trigger, "actor", sentence), _players(names, trigger, "target", sentence))
    if not actors:
        meant = antecedent(trigger, list(doc.ents))
        actors = [_Player(meant, ROLE_THRESHOLD, trigger.start - meant.start)] if meant is not None else []
        targets = [t for t in targets if not actors or t.canonical != actors[0].canonical]
    if kind == "DIPLOMACY":
        actors, targets = [*actors, *targets], []
    if kind in AIMED:
        actors, targets = _one_side(actors, targets)
    if not actors and not targets:
        return None
    status = status_of(trigger, sentence)
    date, precision, basis = event_date(doc, trigger, sentence, published, read_on, status)
    inside = [e for e in doc.ents if e.sent == trigger.sent]
    amount = _amount(trigger, sentence, kind)
    acting = _with_states(actors)
    aimed_at = _targets(targets, _with_sentence_before(sentence) if kind == "STATEMENT" else sentence, kind, acting)
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


def _one_side(actors: list[_Player], targets: list[_Player]) -> tuple[list[_Player], list[_Player]]:
    """Of an act that is aimed at somebody, the states that act: the one of the most specific actor, or else the likeliest rival.

    Another state named beside them is whom it is aimed at.
    """
    specific = next((a for a in actors if a.label != "GPE"), None)
    state = load_knowledge().state_of(specific.canonical) or _state_of_body(specific.canonical) if specific else None
    states = [a for a in actors if a.label == "GPE"]
    if state is None:
        rivals = [a for a in states if a.canonical in RIVALS]
        if len(rivals) < 2:
            return actors, targets
        state = max(rivals, key=lambda a: a.score).canonical
    others = [a for a in states if a.canonical in RIVALS and a.canonical != state]
    return [a for a in actors if a not in others], [*targets, *others]


def _with_sentence_before(sentence: Span) -> Span:
    """The sentence with the one before it in the same line."""
    doc, start = sentence.doc, sentence.start
    if start == 0 or "\n" in doc[start - 1].text:
        return sentence
    return doc[doc[start - 1].sent.start : sentence.end]


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
