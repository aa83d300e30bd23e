"""The command line: ``rivalry --help``. The commands themselves are in ``flows.commands``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from flows import console, run_logging
from flows.commands import asking, backfilling, exporting, ingesting, naming, operating, proving, reading, reporting

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


@app.callback()
def main(debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks instead of one line.")] = False) -> None:
    console.DEBUG = debug
    run_logging.quiet_retries()


for panel, commands in {
    "Run": (ingesting.ingest, ingesting.serve, backfilling.backfill),
    "Ask and take away": (asking.sql, asking.dictionary, reporting.report, exporting.export),
    "Read one thing": (reading.read, reading.extract),
    "Prove it": (proving.verify, proving.explain, proving.reextract),
    "Look after it": (operating.sources, operating.status, operating.doctor, naming.entities),
}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.command("import", rich_help_panel="Run")(backfilling.import_files)  # a word that no function can be named


if __name__ == "__main__":
    app()
