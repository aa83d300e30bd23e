"""Looking after it: sources, runs, the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import RunFailed
from flows.commands.options import DbOption, paths_of
from flows.console import plainly, table
from flows.settings import Settings


@plainly
def sources(
    check: Annotated[str | None, typer.Argument(help="Ask this one source now, and say what it lists.")] = None,
    file: Annotated[Path | None, typer.Option("--sources", help="A sources file. (default: the project's)")] = None,
) -> None:
    """List the sources, or check one: is it there, what does it list, what is wrong with it.

    Example: `rivalry sources nyt-technology`
    """
    from flows import sourcing

    sourcing.show_sources(file or Settings().sources, check, datetime.now(UTC))


@plainly
def status(db: DbOption = None) -> None:
    """Say how the last runs went: sources, counts, failures, and which sources have gone silent since when."""
    from flows import overview

    overview.show_status(paths_of(db))


@plainly
def doctor(db: DbOption = None) -> None:
    """Check the environment, the pinned packages, the database, the disk and the clock; say what is wrong and how to mend it."""
    from flows import checking

    findings = checking.examine(paths_of(db))
    table("doctor", ["check", "", "what to know"], [(f.check, "ok" if f.ok else "WRONG", f.detail) for f in findings])
    if not all(f.ok for f in findings):
        raise RunFailed("something is wrong, and the table says how to mend it")
