"""What a run does at its edges: it holds the warehouse alone, and leaves a snapshot, CSVs and a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.night import Night
from warehouse import export, lock, report, snapshot


@contextmanager
def sole_run(db: Path) -> Iterator[None]:
    """Hold the warehouse for the length of a run. Raises ``UserError`` where another run has it, naming that run."""
    with lock.run_lock(db):
        yield


def publish(night: Night) -> None:
    """The snapshot that analysts see, then the CSVs and the page made from it."""
    paths = night.paths
    snapshot.publish(paths.db, paths.snapshot)
    export.export(paths.snapshot, paths.exports)
    report.write_report(paths.snapshot, paths.page)
