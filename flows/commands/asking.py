"""Asking the published snapshot, and writing it as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, paths_of
from flows.console import out, plainly


class Format(StrEnum):
    """What an export is written as."""

    csv = "csv"
    parquet = "parquet"


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

    paths = paths_of(db)
    for path in write(paths.snapshot, out_dir or paths.exports, file_format.value):
        out.print(str(path), markup=False, soft_wrap=True)
