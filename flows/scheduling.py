"""Every night without a work pool: one process that waits and runs."""

from __future__ import annotations

from pathlib import Path

from prefect.schedules import Cron

from flows.nightly import nightly


def serve(cron: str, timezone: str, sources: Path | None, db: Path) -> None:
    """Serve the flow until interrupted; a run that is still going on when the next is due lets that one pass."""
    parameters = {"db": str(db.absolute()), "sources": str(sources.absolute()) if sources else None}
    nightly.serve(name="nightly", schedule=Cron(cron, timezone=timezone), limit=1, parameters=parameters)
