"""What a run does at its edges: it holds the warehouse alone, and leaves a snapshot, CSVs and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from extractors.errors import RunFailed
from extractors.records import Counts
from flows import night as steps
from flows.console import err
from flows.night import Night
from warehouse import checks, connect, export, lock, report, snapshot

T = TypeVar("T")


@contextmanager
def sole_run(db: Path) -> Iterator[None]:
    """Hold the warehouse for the length of a run, and say so where it had to be taken from a run that died holding it.

    Raises ``UserError`` where another run has it, naming that run.
    """
    with lock.run_lock(db) as dead:
        if dead:
            err.print(
                f"the run by process {dead.pid} on {dead.host}, begun {dead.started}, died without finishing; "
                "this one goes on from there",
                markup=False,
            )
        yield


def conclude(night: Night, work: Callable[[], T]) -> tuple[T, Counts]:
    """Do a run's work, then resolve, check, close and publish; returns what ``work`` gives, and what the run found.

    Raises ``RunFailed`` where the work or the data checks fail: the ledger has it then, and nothing is published.
    """
    try:
        done = work()
        steps.settle(night)
        check(night)
        counts = steps.close(night)
        publish(night)
    except RunFailed as failure:
        steps.close(night, str(failure))
        raise
    return done, counts


def check(night: Night) -> None:
    """Run the data checks. Raises ``RunFailed`` naming those that found rows: what is wrong is not published."""
    with connect.writing(night.paths.db) as con:
        failures = checks.run_checks(con)
    if failures:
        found = ", ".join(f"{f.name} ({f.count} row{'' if f.count == 1 else 's'})" for f in failures)
        raise RunFailed(
            f"the data checks found wrong rows, {found}, so nothing was published and the last snapshot stays; "
            f"first: {failures[0]}"
        )


def publish(night: Night) -> None:
    """The snapshot that analysts see, then the CSVs and the page made from it."""
    paths = night.paths
    snapshot.publish(paths.db, paths.snapshot)
    export.export(paths.snapshot, paths.exports)
    report.write_report(paths.snapshot, paths.page)
