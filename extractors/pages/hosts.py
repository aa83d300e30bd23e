"""What a fetcher remembers of each host: whose turn it is, how fast, and whether it has been given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from extractors.errors import Retryable
from extractors.pages.robots import RobotsRules


class GivenUp(Retryable):
    """The host has failed too often in this run: a later run may try again, this one does not."""


# A host in trouble is asked up to so many times more slowly than its rate allows.
SLOWEST = 16


class Host:
    """One host's queue: requests one at a time, ``interval`` seconds apart.

    Each failed try doubles the distance, up to ``SLOWEST`` times the interval, and each answer halves it again.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.robots: dict[str, RobotsRules | str] = {}
        self.robots_lock = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._interval = 0.0
        self._slowed = 1
        self._next_at = 0.0
        self._failures = 0
        self._given_up: Retryable | None = None

    def at_most_every(self, interval: float) -> None:
        """Leave at least ``interval`` seconds between requests; the longest that was asked for holds."""
        self._interval = max(self._interval, interval)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this host's turn. Raises ``GivenUp``."""
        async with self._turn:
            self.raise_if_given_up()
            clock = asyncio.get_running_loop().time
            await asyncio.sleep(max(0.0, self._next_at - clock()))
            began = clock()
            try:
                yield
            finally:
                self._next_at = max(self._next_at, began + self._interval * self._slowed)

    def raise_if_given_up(self) -> None:
        """Raise ``GivenUp`` with the reason for which the host was given up."""
        if self._given_up is not None:
            raise GivenUp(self._given_up.reason, f"{self.name} is left alone for this run: {self._given_up.detail}")

    def pause(self, seconds: float) -> None:
        """Start no request within the next ``seconds``."""
        self._next_at = max(self._next_at, asyncio.get_running_loop().time() + seconds)

    def succeeded(self) -> None:
        """An answer came: earlier failures no longer count, and the pace picks up."""
        self._failures = 0
        self._slowed = max(1, self._slowed // 2)

    def failed(self, error: Retryable, give_up_after: int) -> None:
        """A try failed: the pace slows, and after ``give_up_after`` in a row the host is given up."""
        self._failures += 1
        self._slowed = min(SLOWEST, 2 * self._slowed)
        if self._failures >= give_up_after:
            self._given_up = error

    def give_up(self, error: Retryable) -> None:
        """Leave the host alone from now on."""
        self._given_up = error
