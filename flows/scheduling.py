"""Every night without a work pool: one process that waits and runs."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect.schedules import Cron

from extractors.errors import UserError
from flows.nightly import nightly


def schedule_of(cron: str, timezone: str) -> Cron:
    """The schedule. Raises ``UserError`` for a cron line or a time zone that can't be read."""
    try:
        ZoneInfo(timezone)
        return Cron(cron, timezone=timezone)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise UserError(
            f"no schedule can be made of --cron {cron!r} and --timezone {timezone!r}; "
            'write them as in --cron "30 2 * * *" --timezone America/New_York'
        ) from error


def serve(schedule: Cron, sources: Path | None, db: Path) -> None:
    """Serve the flow until interrupted; a run that is still going on when the next is due lets that one pass."""
    parameters = {"db": str(db.absolute()), "sources": str(sources.absolute()) if sources else None}
    nightly.serve(name="nightly", schedule=schedule, limit=1, parameters=parameters)
