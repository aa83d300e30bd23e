"""Scores: precision, recall and F1 from counted hits, with bootstrap intervals over articles."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hits:
    """True positives, false positives and false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else 0.0


def total(rows: Iterable[Hits]) -> Hits:
    """The sum of hits over articles."""
    return sum(rows, Hits())


def of_sets(gold: set, found: set) -> Hits:
    """Hits of one article where both sides are sets."""
    return Hits(len(gold & found), len(found - gold), len(gold - found))


def of_matching(gold: Sequence, found: Sequence, same: Callable[[object, object], bool]) -> Hits:
    """Hits of one article where each gold item takes the first free found one that is ``same``."""
    left = list(found)
    tp = 0
    for item in gold:
        for other in left:
            if same(item, other):
                left.remove(other)
                tp += 1
                break
    return Hits(tp, len(left), len(gold) - tp)


def interval(rows: Sequence[Hits], *, draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of F1 over articles (Efron 1979, percentile method)."""
    if not rows:
        return 0.0, 0.0
    rng = random.Random(seed)
    values = sorted(total(rng.choices(rows, k=len(rows))).f1 for _ in range(draws))
    return values[int(0.025 * draws)], values[int(0.975 * draws) - 1]
