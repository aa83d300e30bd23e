"""What makes two reports the same event: claims, and when they agree.

A claim is what a report says happened, without who says so and with what status: reports that say exactly the same make
one claim. An event is a claim (its founder) with the claims that agree with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from extractors.ids import make_id

# Of these, who acts is a firm or a speaker: another one of the same country is another event.
TOLD_APART_BY_ACTOR = frozenset({"ALLIANCE", "FUNDING", "PRODUCT", "SUPPLY", "STATEMENT"})
# Of these, one act is against one set of names: other names are another act.
TOLD_APART_BY_TARGET = frozenset({"SANCTION", "ENFORCEMENT", "INVESTMENT_SCREENING"})
# Objects whose last word is one of these say little: half of the coverage is about chips.
GENERIC = frozenset(
    "accelerator algorithm center centre chip circuit computing drone equipment gpu intelligence microchip microelectronic "
    "model processor robot semiconductor server service software supercomputer tool wafer".split()
)
# How many days after an act its reports may appear: what they give is then the day of publication.
REPORTED_WITHIN = 3
# Sums that differ by no more than this share are one sum, rounded.
ROUNDING = 0.05
# No range of days wider than a month tells one act from the next.
WIDEST = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What reports say happened. Names are in lower case; ``targets`` leaves out the ``target_countries``.

    ``date_from`` and ``date_to`` are the first and last day that the date can mean, both ``None`` where it is unknown;
    ``stated`` is false where the day is that of publication. ``first_published`` (naive UTC) is the earliest
    publication of a report; ``None`` where none is known.
    """

    type: str
    direction: str
    actors: frozenset[str]
    actor_countries: frozenset[str]
    targets: frozenset[str]
    target_countries: frozenset[str]
    instrument: str | None
    objects: frozenset[str]
    amount: float | None
    currency: str | None
    date_from: date | None
    date_to: date | None
    stated: bool
    claim_id: str = ""
    first_published: datetime | None = None

    @property
    def things(self) -> frozenset[str]:
        """What is specific about it: instrument, objects, named targets, and the currency of a sum.

        Of firms and speakers, who do and say much about chips, generic objects are not specific.
        """
        named = {f"instrument:{self.instrument}"} if self.instrument else set()
        named |= {f"object:{name}" for name in self.specific_objects} | {f"target:{name}" for name in self.targets}
        return frozenset(named | ({f"sum:{self.currency}"} if self.amount else set()))

    @property
    def specific_objects(self) -> frozenset[str]:
        """Its objects, without the generic ones where actors tell events apart."""
        if self.type not in TOLD_APART_BY_ACTOR:
            return self.objects
        return frozenset(name for name in self.objects if name.split()[-1] not in GENERIC)

    @property
    def dated_act(self) -> bool:
        """Whether it is what a state did on one stated day."""
        return self.stated and self.type not in TOLD_APART_BY_ACTOR and _width(self) == 1

    @property
    def marks(self) -> frozenset[str]:
        """What two claims must share one of to agree: a thing, naming none, or being what a state did on a day."""
        named = self.things or frozenset({"bare"})
        return named | {"dated act"} if self.dated_act else named

    @property
    def rank(self) -> tuple[bool, str, str]:
        """Its place in the order in which claims are made: by publication, those of unknown time last, then by id."""
        first = self.first_published
        return first is None, first.isoformat() if first else "", self.claim_id


def claim_of(report: Mapping[str, Any]) -> Claim:
    """The claim of a report, given by the columns of ``event_mentions``."""
    countries = _folded(report["target_countries"])
    return Claim(
        type=report["type"],
        direction=report["direction"],
        actors=_folded(report["actors"]),
        actor_countries=_folded(report["actor_countries"]),
        targets=_folded(report["targets"]) - countries,
        target_countries=countries,
        instrument=report["instrument"].casefold() if report["instrument"] else None,
        objects=frozenset(_singular(name) for name in _folded(report["objects"])),
        amount=report["amount"],
        currency=report["currency"],
        date_from=report["date_from"],
        date_to=report["date_to"],
        stated=report["precision"] != "inferred",
    )


def claim_id(claim: Claim) -> str:
    """The id of a claim, and of the event that it founds: it follows from what is said, never from who says so."""
    sets = (claim.actors, claim.actor_countries, claim.targets, claim.target_countries, claim.objects)
    lists = (";".join(sorted(names)) for names in sets)
    said = (claim.type, claim.direction, claim.instrument, claim.amount, claim.currency)
    return make_id("event", *said, *lists, claim.date_from, claim.date_to, claim.stated)


def agree(founder: Claim, claim: Claim) -> bool:
    """Whether ``claim`` is of the event that ``founder``, which was published before it, founded.

    All of these must hold; whatever is in doubt is left apart, since a wrong join is as wrong as a wrong split. A vaguer
    report joins a more exact one, never the other way round: two acts could join through it.

    - **what**: type and direction are the same.
    - **when**: the days agree. Two stated days are the same day. A day of publication lies from one day before
      (another time zone) to three days after a stated one, or within three of another day of publication; a stated day
      is that of an earlier report's publication or the day before it. A week or month agrees with a day of the founder
      that it contains; quarters and years agree only with themselves. What is undated agrees with nothing. A
      ``STATEMENT`` on another day is another one.
    - **who**: they share an actor, or, where states act, the state that the actors act for. Where one of them does not
      say who, they must share a target, an instrument or a sum.
    - **on what**: they share an instrument, an object, a named target or a sum; or both name none, and then their
      countries and days are the same; or the later one names none, and both are acts of a state on one stated day. For what firms do and speakers say, a generic object ("chips") does not count.
    - **nothing against it**: not two instruments, not two sums, not two sets of target countries; for lists, probes
      and reviews not two sets of named targets, for the others not two sets of objects, unless instrument or sum are
      the same.

    The status does not count: a report that denies and one that affirms are about the same event.
    """
    return (
        (founder.type, founder.direction) == (claim.type, claim.direction)
        and _days_agree(founder, claim)
        and not _contradict(founder, claim)
        and _actors_agree(founder, claim)
        and _on_the_same(founder, claim)
    )


def days_apart(one: Claim, other: Claim) -> int:
    """Days between the first days that two dated claims can mean."""
    return abs((one.date_from - other.date_from).days)


def _days_agree(founder: Claim, claim: Claim) -> bool:
    if founder.date_from is None or claim.date_from is None:
        return False
    if _range(founder) == _range(claim):
        return True
    if founder.type == "STATEMENT" or _width(claim) > WIDEST:
        return False
    if _width(claim) > 1:
        return _width(founder) < _width(claim) and _contains(claim, founder)
    if _width(founder) > 1 or (founder.stated and claim.stated):
        return False
    later = (claim.date_from - founder.date_from).days
    earliest = -REPORTED_WITHIN if not founder.stated and not claim.stated else -1
    latest = 0 if claim.stated else REPORTED_WITHIN
    return earliest <= later <= latest


def _contradict(one: Claim, other: Claim) -> bool:
    if one.instrument and other.instrument and one.instrument != other.instrument:
        return True
    if one.amount and other.amount and one.currency == other.currency and not _same_sum(one, other):
        return True
    if _disjoint(one.target_countries, other.target_countries):
        return True
    if one.type in TOLD_APART_BY_TARGET:
        return _disjoint(one.targets, other.targets)
    return _disjoint(one.objects, other.objects) and not _same_instrument(one, other) and not _same_sum(one, other)


def _actors_agree(one: Claim, other: Claim) -> bool:
    if not one.actors or not other.actors:
        return bool(one.targets & other.targets) or _same_sum(one, other) or _same_instrument(one, other)
    if one.actors & other.actors:
        return True
    return one.type not in TOLD_APART_BY_ACTOR and bool(one.actor_countries & other.actor_countries)


def _on_the_same(founder: Claim, claim: Claim) -> bool:
    if not founder.things and not claim.things:
        countries = (founder.actor_countries, founder.target_countries) == (
            claim.actor_countries,
            claim.target_countries,
        )
        return countries and founder.objects == claim.objects and _range(founder) == _range(claim)
    if not claim.things:
        return founder.dated_act and claim.dated_act and bool(founder.actors) and bool(claim.actors)
    shared = (founder.specific_objects & claim.specific_objects) | (founder.targets & claim.targets)
    return bool(shared) or _same_sum(founder, claim) or _same_instrument(founder, claim)


def _same_instrument(one: Claim, other: Claim) -> bool:
    return one.instrument is not None and one.instrument == other.instrument


def _same_sum(one: Claim, other: Claim) -> bool:
    if not one.amount or not other.amount or one.currency != other.currency:
        return False
    return abs(one.amount - other.amount) <= ROUNDING * max(one.amount, other.amount)


def _disjoint(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and not one & other


def _range(claim: Claim) -> tuple[date | None, date | None]:
    return claim.date_from, claim.date_to


def _width(claim: Claim) -> int | None:
    return None if claim.date_from is None else (claim.date_to - claim.date_from).days + 1


def _contains(wide: Claim, narrow: Claim) -> bool:
    return wide.date_from <= narrow.date_from and narrow.date_to <= wide.date_to


def _folded(names: tuple[str, ...] | list[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _singular(name: str) -> str:
    return name[:-1] if len(name) > 3 and name.endswith("s") and not name.endswith("ss") else name
