"""Nights that are killed at forty moments from their first to their last: what they had is kept, what they had not comes."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import UserError
from flows.newsroom.server import NewsroomServer, serve
from flows.settings import Paths
from tests.test_nightly import FIRST, data, rows
from warehouse import checks, connect, open_snapshot

KILLS = 40
ROOT = Path(__file__).parents[1]


class Runner:
    """A warm process that forks a night for each line: see ``night_runner``."""

    def __init__(self, base: str) -> None:
        self._base = base
        command = [sys.executable, "-m", "tests.night_runner", base]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def night(self, db: Path, kill_after: float = 600.0) -> int:
        """Take a night, killed after so many seconds; returns its exit code, ``-SIGKILL`` where it was still under way."""
        self._process.stdin.write(f"{db} {FIRST.isoformat()} {self._base} {kill_after}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[NewsroomServer]:
    with serve(FIRST) as server:
        yield server


@pytest.fixture(scope="module")
def runner(newsroom: NewsroomServer) -> Iterator[Runner]:
    running = Runner(newsroom.base)
    yield running
    running.close()


def reached(db: Path) -> str:
    """The last thing that a killed night left."""
    if not db.exists():
        return "nothing"
    if Paths(db).snapshot.exists():
        return "published"
    try:
        states = rows(db, "select state from runs")
    except UserError:
        return "torn"
    if states != [("running",)]:
        return "closed" if states else "opened"
    for name, table in (("resolved", "events"), ("loaded", "articles"), ("fetched", "fetches"), ("listed", "entries")):
        if rows(db, f"select count(*) from {table}") != [(0,)]:
            return name
    return "begun"


def whole(db: Path, articles: int) -> None:
    """What analysts see is a whole snapshot: nothing, or everything of a night."""
    with open_snapshot(Paths(db).snapshot) as con:
        assert con.execute("select count(*) from articles").fetchone() == (articles,)
        assert con.execute("select count(*) from event_evidence").fetchone()[0] > 0


@pytest.mark.slow
def test_a_night_killed_at_any_moment_is_taken_up_by_the_next(runner: Runner, tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed.duckdb"
    runner.night(tmp_path / "warming.duckdb")
    began = time.monotonic()
    assert runner.night(undisturbed) == 0
    length = time.monotonic() - began
    expected, articles = data(undisturbed), len(rows(undisturbed, "from articles"))
    left: Counter[str] = Counter()
    for n in range(KILLS):
        db, wait = tmp_path / f"{n}.duckdb", length * (n + 0.5) / KILLS
        while runner.night(db, kill_after=wait) != -signal.SIGKILL:  # a quicker night than the first
            wait *= 0.8
            db = tmp_path / f"{n}-{wait}.duckdb"
        left[reached(db)] += 1
        if Paths(db).snapshot.exists():
            whole(db, articles)
        assert runner.night(db) == 0
        assert data(db) == expected, f"killed after {wait:.2f} s"
        whole(db, articles)
        assert rows(db, "select count(*) from runs where state = 'running'") == [(0,)]
        with connect.writing(db) as con:
            assert checks.run_checks(con) == []
    assert left.total() == KILLS and "torn" not in left
    assert len(left) >= 4, f"the moments lie in several stages: {left}"
