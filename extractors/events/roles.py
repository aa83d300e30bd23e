"""Who acts in an event and whom it is aimed at: the names that play a role, the states behind them, and one side an act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Span

from extractors.language.knowledge import load_knowledge
from extractors.language.linking import states_named

ROLE_THRESHOLD = 0.5
RIVALS = ("United States", "China")
AIMED = frozenset(
    {"EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN", "ENFORCEMENT", "STATEMENT"}
)


class Player:
    """A name in a role: its canonical name, how probable the role is, and how near the trigger it stands."""

    __slots__ = ("canonical", "distance", "label", "score")

    def __init__(self, ent: Span, score: float, distance: int) -> None:
        self.canonical, self.label, self.score, self.distance = ent._.entity, ent.label_, score, distance


def roles_apart(actors: list[Player], targets: list[Player]) -> tuple[list[Player], list[Player]]:
    """Actors and targets apart: who is proposed for both keeps the likelier role."""
    as_actor, as_target = ({p.canonical: p.score for p in rows} for rows in (actors, targets))
    return (
        [p for p in actors if p.score >= as_target.get(p.canonical, 0.0)],
        [p for p in targets if p.score > as_actor.get(p.canonical, 0.0)],
    )


def one_side(actors: list[Player], targets: list[Player]) -> tuple[list[Player], list[Player]]:
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


def players_of(names: Iterable[Span], trigger: Span, role: str, sentence: Span) -> list[Player]:
    """The names that play ``role``, most specific first: persons and bodies before states."""
    probabilities = trigger._.event[role]
    best: dict[str, Player] = {}
    for ent in names:
        if ent.label_ not in {"ORG", "GPE", "PERSON", "ALLIANCE"}:
            continue
        score = probabilities.get(ent.end - 1, 0.0)
        if not sentence.start <= ent.start < sentence.end:
            score -= 0.25  # a name of another sentence must be the surer
        if score < ROLE_THRESHOLD:
            continue
        player = Player(ent, score, abs(ent.start - trigger.start))
        if player.canonical not in best or best[player.canonical].score < score:
            best[player.canonical] = player
    order = {"PERSON": 1, "ORG": 0, "ALLIANCE": 0, "GPE": 2}
    return sorted(best.values(), key=lambda p: (order[p.label], p.distance))


def with_states(actors: Sequence[Player]) -> tuple[str, ...]:
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


def targets_of(targets: Sequence[Player], sentence: Span, kind: str, actors: tuple[str, ...]) -> tuple[str, ...]:
    """Canonical names of the targets, and the country that the sentence aims the measure at, by name or nationality.

    The country is the one of the two rivals that does not act: "added eight Chinese companies" aims at China.
    """
    names = [t.canonical for t in targets]
    if kind in AIMED:
        acting = set(states_of(actors))
        named = states_named(sentence.text.replace("’", "'"))
        names += [s for s in RIVALS if s in named and s not in acting and acting & set(RIVALS)]
    return tuple(dict.fromkeys(names))


def states_of(names: Iterable[str]) -> tuple[str, ...]:
    knowledge = load_knowledge()
    return tuple(dict.fromkeys(s for n in names if (s := knowledge.state_of(n) or _state_of_body(n))))
