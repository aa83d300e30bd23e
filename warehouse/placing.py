"""Which event each claim belongs to, kept right as claims come and go.

Claims are taken in the order in which they were first published. Each joins the earlier founder that it agrees with, the
nearest in days, then the earliest; one that agrees with none founds an event, which bears its id. So:

- The events follow from the set of claims alone: the order in which articles arrive, and how they are split into nights,
  makes no difference.
- A claim depends on earlier founders only. Reports published later therefore never change the id of an event, nor where a
  claim belongs. A report published before those that are stored can: its claim may become the founder, and the id that
  gives way then leads to the event as one of its claims. No rule can do better and still join reports that differ: if
  either of two claims may come first, one of the two ids must give way when they are joined.
- Where a claim comes, goes or moves, only those are placed anew that may agree with a founder that came or went.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from warehouse.agreement import Claim, agree, days_apart

# Claims whose neighbours are looked up at once.
BATCH = 5000

Near = Mapping[str, Collection[str]]


@dataclass(slots=True)
class Claims:
    """The claims known so far, and how to find those that may agree with given ones.

    ``events`` says where each claim belonged until now; a new claim is not in it. ``look_up`` adds the neighbours of
    claims to ``known`` and ``events``, and returns them; no two claims that agree may be missing from it.
    """

    look_up: Callable[[list[str]], Near]
    known: dict[str, Claim] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)


def place(claims: Claims, new: Collection[str], moved: Collection[str], gone: Collection[str]) -> dict[str, str]:
    """The events of all claims that had to be placed anew, by claim id.

    ``new`` claims were not there before, ``moved`` ones were published earlier or later than was known, ``gone`` ones
    are reported no more.
    """
    placed: dict[str, str] = {}
    near: dict[str, Collection[str]] = {}
    waiting: list[tuple[tuple, str]] = []
    gone = set(gone)

    def wait(name: str) -> None:
        if name not in placed and name not in gone:
            heapq.heappush(waiting, (claims.known[name].rank, name))

    for name in (*new, *moved):
        wait(name)
    unsettled = [name for name in (*moved, *gone) if claims.events.get(name) == name]
    for start in range(0, len(unsettled), BATCH):
        for around in claims.look_up(unsettled[start : start + BATCH]).values():
            for name in around:
                wait(name)
    fresh = {*new, *moved}
    while waiting:
        rank, name = heapq.heappop(waiting)
        if name in placed:
            continue
        if name not in near:
            heapq.heappush(waiting, (rank, name))
            near |= claims.look_up(_next(waiting, near, placed))
            continue
        around = near.pop(name)
        placed[name] = _event(claims, name, around, placed, gone)
        founded = name not in fresh and claims.events.get(name) == name
        if (placed[name] == name) != founded:
            for other in around:
                if claims.known[other].rank > rank:
                    wait(other)
    return placed


def _next(waiting: list[tuple[tuple, str]], near: Near, placed: Mapping[str, str]) -> list[str]:
    """The claims that are looked up next: the first of those that wait."""
    first = [heapq.heappop(waiting) for _ in range(min(BATCH, len(waiting)))]
    for item in first:
        heapq.heappush(waiting, item)
    return list({name for _, name in first if name not in near and name not in placed})


def _event(claims: Claims, name: str, around: Collection[str], placed: Mapping[str, str], gone: Collection[str]) -> str:
    claim = claims.known[name]
    founders = []
    for other in around:
        earlier = claims.known[other]
        founds = other not in gone and placed.get(other, claims.events.get(other)) == other
        if founds and earlier.rank < claim.rank and agree(earlier, claim):
            founders.append((days_apart(earlier, claim), earlier.rank, other))
    return min(founders)[2] if founders else name
