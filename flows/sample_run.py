"""The nightly flow over the sample newsroom, through real HTTP on loopback: two nights, so that the second shows what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.errors import UserError
from flows.console import err
from flows.newsroom.content import last_day
from flows.newsroom.server import serve
from flows.nightly import nightly

PORT = 8719  # fixed, because addresses are what ids are made from
FIRST_NIGHT = datetime(2025, 11, 7, 8, 0, tzinfo=UTC)
LAST_NIGHT = last_day().astimezone(UTC) + timedelta(hours=6)


def run(db: Path, model: str | None = None) -> None:
    """Both nights on a new warehouse, otherwise the last one again. Raises ``UserError`` where the newsroom's port is taken."""
    nights = [LAST_NIGHT] if db.exists() else [FIRST_NIGHT, LAST_NIGHT]
    try:
        with serve(nights[0], PORT) as server:
            for now in nights:
                server.newsroom.set_clock(now)
                err.print(f"the sample newsroom on {now:%-d %B %Y}, {server.base}")
                nightly(sources=server.newsroom.sources(server.base), db=str(db), model=model, now=now)
    except OSError as error:
        if error.errno in {98, 48}:
            raise UserError(
                f"port {PORT} is in use, perhaps by another sample run; wait until it has finished"
            ) from error
        raise
