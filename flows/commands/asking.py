"""Asking the published snapshot."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, paths_of
from flows.console import err, out, plainly


@plainly
def sql(
    query: Annotated[
        str | None, typer.Argument(help="SQL: one statement or several, each ended by a semicolon. (default: a prompt)")
    ] = None,
    db: DbOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds after which a statement is ended.")
    ] = 60.0,
) -> None:
    """Ask the published snapshot in SQL: read-only, open to any number of readers, also while a run is going on.

    Without a query it opens a prompt with history and completion, or reads the query from standard input where that
    is no terminal. What can be asked is listed by `rivalry dictionary`.

    A query reaches no file, no network and no setting, and may take 2 GB of memory; Ctrl-C ends it.

    Example: `rivalry sql "from timeline('Huawei') limit 20"`
    """
    from flows import querying

    if as_csv and as_json:
        raise UserError("--csv and --json exclude each other; give one of them")
    if query is not None and not query.strip():
        raise UserError('the query is empty; try: rivalry sql "show tables"')
    snapshot = paths_of(db).snapshot
    form: querying.Form = "csv" if as_csv else "json" if as_json else "table"
    if query is None and sys.stdin.isatty():
        if form != "table":
            raise UserError('--csv and --json take a query: rivalry sql --csv "from events_by_day"')
        from flows.prompting import prompt

        prompt(snapshot, timeout)
        return
    try:
        querying.run(snapshot, sys.stdin.read() if query is None else query, form, timeout)
    except KeyboardInterrupt:
        err.print("rivalry: stopped; the query was ended")
        raise typer.Exit(130) from None


@plainly
def dictionary(
    name: Annotated[str | None, typer.Argument(help="A table, view or macro. (default: list them all)")] = None,
    db: DbOption = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the whole dictionary as a Markdown page.")
    ] = False,
) -> None:
    """Say what the snapshot holds: every macro, view and table, or the columns of one of them.

    Example: `rivalry dictionary events_by_day`
    """
    from flows.describing import describe, list_all
    from warehouse.dictionary import look_up, markdown, read_dictionary

    entries = read_dictionary(paths_of(db).snapshot)
    if as_markdown:
        if name:
            raise UserError("--markdown prints the whole dictionary; leave out the name")
        out.file.write(markdown(entries))
    elif name:
        describe(look_up(entries, name))
    else:
        list_all(entries)
