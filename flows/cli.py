"""The command line: ``rivalry --help``.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import RunFailed, UserError
from flows import console, run_logging
from flows.console import err, out, plainly, table
from flows.settings import Paths, Settings

# Prefect asks nobody before it counts its users, and waits 20 s for its own server: too little on a busy machine.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Coverage of the US-China AI rivalry, read into a time series of events with their evidence.\n\n"
    "Start with `rivalry ingest --sample`, which needs no network, then ask `rivalry sql`.",
)

DbOption = Annotated[
    Path | None,
    typer.Option("--db", help="The warehouse file. (default: $RIVALRY_DB or rivalry-data/warehouse.duckdb)"),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Another spaCy pipeline, by package name or path. (default: the shipped en_rivalry)"),
]


class Format(StrEnum):
    """What an export is written as."""

    csv = "csv"
    parquet = "parquet"


@app.callback()
def main(debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks instead of one line.")] = False) -> None:
    console.DEBUG = debug
    run_logging.quiet_retries()


def _paths(db: Path | None) -> Paths:
    chosen = db or Settings().db
    if not chosen.name:
        raise UserError("the warehouse has no name: give --db a file, or unset RIVALRY_DB")
    return Paths(chosen)


def _day(value: str | None, option: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value[:10]) if len(value) >= 10 else date.fromisoformat(value)
    except ValueError as error:
        raise UserError(f"{option} takes a day as YYYY-MM-DD, not {value!r}") from error


@app.command()
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

    paths, day = _paths(db), _day(since, "--since")
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


@app.command()
@plainly
def read(
    pages: Annotated[
        list[str], typer.Argument(help="Files (.html, .html.gz) or http(s) addresses.", metavar="FILE_OR_URL...")
    ],
    url: Annotated[str | None, typer.Option(help="The address that a file was fetched from.")] = None,
) -> None:
    """Read pages: title, authors, date and text of each, as JSON Lines.

    A page that can't be read gives a line with its problem, not a stop.

    Example: `rivalry read page.html.gz | rivalry extract -`
    """
    from flows.reading_commands import read_rows

    _print_rows(read_rows(pages, url), len(pages), "pages")


@app.command()
@plainly
def extract(
    files: Annotated[
        list[str],
        typer.Argument(help="Plain text, or JSON Lines from `rivalry read`; - is standard input.", metavar="FILE..."),
    ],
    published: Annotated[
        str | None, typer.Option(help='The publication date (YYYY-MM-DD) that "last month" counts from.')
    ] = None,
    title: Annotated[str, typer.Option(help="The headline, where the text does not begin with it.")] = "",
    model: ModelOption = None,
) -> None:
    """Read names, policy families and events out of texts, as JSON Lines.

    Offsets are code points into the text, and text[start:end] is the mention exactly.

    Example: `rivalry extract article.txt --published 2025-08-11`
    """
    from flows.reading_commands import extract_rows, texts_of

    _print_rows(extract_rows(texts_of(files, _day(published, "--published"), title), model), len(files), "texts")


def _print_rows(rows, total: int, what: str) -> None:
    with console.progress() as progress:
        task = progress.add_task(what, total=total)
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            progress.advance(task)
    sys.stdout.flush()


@app.command()
@plainly
def sql(
    query: Annotated[str, typer.Argument(help="One SQL query.")],
    db: DbOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
) -> None:
    """Ask the published snapshot in SQL: read-only, open to any number of readers, also while a run is going on.

    Example: `rivalry sql "select * from events_by_day limit 20"`
    """
    from flows import querying

    if as_csv and as_json:
        raise UserError("--csv and --json exclude each other; give one of them")
    if not query.strip():
        raise UserError('the query is empty; try: rivalry sql "show tables"')
    querying.run(_paths(db).snapshot, query, "csv" if as_csv else "json" if as_json else "table")


@app.command()
@plainly
def export(
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="The folder to write to. (default: beside the warehouse)")
    ] = None,
    file_format: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.csv,
    db: DbOption = None,
) -> None:
    """Write events, reports, mentions, entities and the series as files. The same snapshot gives the same bytes.

    Example: `rivalry export --out my-release --format parquet`
    """
    from warehouse.export import export as write

    paths = _paths(db)
    for path in write(paths.snapshot, out_dir or paths.exports, file_format.value):
        out.print(str(path), markup=False, soft_wrap=True)


@app.command()
@plainly
def sources(
    check: Annotated[str | None, typer.Argument(help="Ask this one source now, and say what it lists.")] = None,
    file: Annotated[Path | None, typer.Option("--sources", help="A sources file. (default: the project's)")] = None,
) -> None:
    """List the sources, or check one: is it there, what does it list, what is wrong with it.

    Example: `rivalry sources nyt-technology`
    """
    from flows import checking

    checking.show_sources(file or Settings().sources, check, datetime.now(UTC))


@app.command()
@plainly
def status(db: DbOption = None) -> None:
    """Say how the last runs went: sources, counts, failures, and which sources have gone silent since when."""
    from flows import overview

    overview.show_status(_paths(db))


@app.command()
@plainly
def doctor(db: DbOption = None) -> None:
    """Check the environment, the pinned packages, the database, the disk and the clock; say what is wrong and how to mend it."""
    from flows import checking

    findings = checking.examine(_paths(db))
    table("doctor", ["check", "", "what to know"], [(f.check, "ok" if f.ok else "WRONG", f.detail) for f in findings])
    if not all(f.ok for f in findings):
        raise RunFailed("something is wrong, and the table says how to mend it")


@app.command()
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
    scheduling.serve(schedule, sources, _paths(db).db)


if __name__ == "__main__":
    app()
