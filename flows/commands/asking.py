"""Asking the published snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, paths_of
from flows.console import plainly


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
    querying.run(paths_of(db).snapshot, query, "csv" if as_csv else "json" if as_json else "table")
