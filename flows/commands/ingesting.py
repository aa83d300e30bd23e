"""Running the flow: now, or every night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows import console, run_logging
from flows.commands.options import DbOption, ModelOption, day_of, paths_of
from flows.console import err, plainly
from flows.settings import Settings


@plainly
def ingest(
    sources: Annotated[
        Path | None, typer.Option(help="A sources file (TOML). (default: the project's real sources)")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Read nothing published before this day (YYYY-MM-DD).")] = None,
    db: DbOption = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Read the bundled sample newsroom instead of the web.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Run the nightly flow now: fetch, read, extract, load, publish.

    A source that fails is reported with its reason and the others go on. Exit code 1 only where every source failed. A run that was
    stopped is taken up by the next one; running again over the same coverage changes nothing.

    Example: `rivalry ingest --since 2025-11-01`
    """
    from extractors.sources.registry import load_sources
    from flows import overview

    paths, day = paths_of(db), day_of(since, "--since")
    if sample and (sources or since):
        raise UserError("--sample brings its own sources and days; leave --sources and --since out")
    if not sample:
        load_sources(sources or Settings().sources)  # what is wrong with it is said before a server is started
    from flows import apart

    if apart.needed():
        raise typer.Exit(apart.again())
    from flows import sample_run
    from flows.nightly import nightly

    run_logging.plain_errors(said_elsewhere=not console.DEBUG)
    if sample:
        sample_run.run(paths.db, model)
    else:
        nightly(
            sources=str(sources) if sources else None,
            db=str(paths.db),
            since=day.isoformat() if day else None,
            model=model,
        )
    overview.show(paths)


@plainly
def serve(
    cron: Annotated[str, typer.Option(help="When, as cron writes it.")] = "30 2 * * *",
    timezone: Annotated[str, typer.Option(help="The time zone of --cron.")] = "UTC",
    sources: Annotated[Path | None, typer.Option(help="A sources file (TOML).")] = None,
    db: DbOption = None,
) -> None:
    """Run the flow every night from this process, on one machine and without a work pool. Ctrl-C stops it.

    For a pool, a worker and the Prefect interface see prefect.yaml and `prefect deploy --all`.
    """
    from flows import apart, scheduling

    schedule = scheduling.schedule_of(cron, timezone)
    if apart.needed():
        raise typer.Exit(apart.again())
    err.print(f"serving the nightly flow at {cron!r} {timezone}; Ctrl-C stops it")
    scheduling.serve(schedule, sources, paths_of(db).db)
