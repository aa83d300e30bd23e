"""Pages read in processes of their own, so that a page which hangs, crashes or fills its reader ends alone.

The processes are plain ones that run ``reader_process``, and stay for the life of this one. ``multiprocessing`` and the
pools built on it would import this process's main module into each of them: the whole of Prefect where its worker runs
the night, and where a script of the user's does, that script, which would begin a night of its own.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import wait

from extractors.errors import Permanent, Retryable, RunFailed, StageError
from extractors.pages.reader_process import READY
from extractors.records import Page, RawPage

# Interpreter and imports; only a machine in trouble takes so long.
_START_SECONDS = 120.0
_PROGRAM = "extractors.pages.reader_process"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLimits:
    """What a page may take: ``seconds`` of time, and ``room`` bytes of memory beyond the reader's own."""

    seconds: float = 30.0
    room: int = 1024 * 1024 * 1024
    processes: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))


class _Reader:
    """One process, and the page that it is reading."""

    def __init__(self, limits: ReaderLimits, program: str) -> None:
        self.pipe, theirs = Pipe()
        self._limits = limits
        self._ready = False
        self._begun = 0.0
        arguments = [str(theirs.fileno()), str(limits.seconds), str(limits.room)]
        with theirs:
            self._process = subprocess.Popen(
                # -P: the folder that the user is in holds none of this program's modules.
                [sys.executable, "-P", "-m", program, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
            )

    def take(self, page: RawPage, now: datetime) -> None:
        """Begin to read ``page``. Raises ``RunFailed`` where the process doesn't start."""
        self._await_start()
        self._begun = time.monotonic()
        try:
            self.pipe.send((page.body, page.final_url, page.content_type, now))
        except OSError:  # it has died, which ``answer`` will say
            return

    def left(self) -> float:
        """Seconds until the page has had its time."""
        return self._begun + self._limits.seconds - time.monotonic()

    def answer(self) -> Page | StageError:
        """What became of the page; the process is ended where it can read no more."""
        if not self.pipe.poll():
            self._process.kill()
            self.end()
            return Retryable("reader_timeout", f"reading took more than {self._limits.seconds:g} s")
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            return Retryable("reader_crashed", f"the reader ended with {self.end()}")
        if isinstance(answer, Permanent) and answer.reason == "reader_memory":
            self.end()
            return Permanent(answer.reason, f"{answer.detail} took more than {self._limits.room:,} bytes to read")
        return answer

    @property
    def ended(self) -> bool:
        return self.pipe.closed

    def end(self) -> str:
        """End the process; returns how it had ended by itself, if it had."""
        self.pipe.close()
        try:
            code = self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _await_start(self) -> None:
        if self._ready:
            return
        try:
            self._ready = self.pipe.poll(_START_SECONDS) and self.pipe.recv() == READY
        except (EOFError, OSError):
            self._ready = False
        if not self._ready:
            raise RunFailed(f"a reader process does not start ({self.end()}); `rivalry doctor` checks the installation")


class Readers:
    """A few reader processes. ``start`` may be called early, so that they are up when the first page comes.

    ``program`` is the module that they run.
    """

    def __init__(self, limits: ReaderLimits | None = None, program: str = _PROGRAM) -> None:
        self._limits = limits or ReaderLimits()
        self._program = program
        self._idle: list[_Reader] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the processes that are not there yet; doesn't wait for them."""
        with self._lock:
            self._start()

    def read_all(self, pages: Iterable[RawPage | StageError], now: datetime) -> list[Page | StageError]:
        """Each page's ``Page``, or the error that it ended in, in the order of ``pages``.

        ``pages`` are taken one by one as a process gets free, so that few bodies lie in memory; one that could not be
        had is an error, which is then its answer. ``now`` (aware) is the clock against which dates are checked. Beside what ``read_page`` raises, a page can end as ``reader_timeout``,
        ``reader_crashed`` or ``reader_memory``; its process is replaced and the other pages go on. Raises ``RunFailed``
        where no process can be started.
        """
        answers: dict[int, Page | StageError] = {}
        with self._lock:
            for place, answer in self._answers(enumerate(pages), now):
                answers[place] = answer
        return [answers[place] for place in range(len(answers))]

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()

    def _start(self) -> None:
        self._idle += [_Reader(self._limits, self._program) for _ in range(self._limits.processes - len(self._idle))]

    def _answers(
        self, pages: Iterator[tuple[int, RawPage | StageError]], now: datetime
    ) -> Iterator[tuple[int, Page | StageError]]:
        busy: dict[_Reader, int] = {}
        self._start()
        try:
            while True:
                while self._idle and (following := next(pages, None)):
                    place, page = following
                    if isinstance(page, StageError):
                        yield place, page
                        continue
                    reader = self._idle.pop()
                    busy[reader] = place
                    reader.take(page, now)
                if not busy:
                    return
                ready = wait([r.pipe for r in busy], timeout=max(0.0, min(r.left() for r in busy)))
                for reader in [r for r in busy if r.pipe in ready or r.left() <= 0]:
                    yield busy.pop(reader), reader.answer()
                    self._idle.append(_Reader(self._limits, self._program) if reader.ended else reader)
        finally:
            for reader in busy:  # left early: an answer that nobody takes must not meet the next page
                reader.end()


@functools.cache
def shared_readers() -> Readers:
    """The readers of this process, with the usual limits; they end with it."""
    readers = Readers()
    atexit.register(readers.close)
    return readers
