"""One measured figure, beside its goal and beside what a user would use instead, measured in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and how to read it.

    ``goal`` is what it should reach, ``None`` where none is set; ``least`` says whether higher is better. ``beside`` names what a user
    would use instead and ``beside_value`` is its figure, in the same unit and from the same run.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    beside: str = ""
    beside_value: float | None = None
    least: bool = field(default=True, kw_only=True)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; ``None`` without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal

    @property
    def ratio(self) -> float | None:
        """This figure over the one beside it."""
        return self.value / self.beside_value if self.beside_value else None


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process (all threads) that ``work`` takes."""
    start = process_time()
    work()
    return process_time() - start
