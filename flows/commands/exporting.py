"""Writing the published snapshot as files, to take away."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import DbOption, paths_of
from flows.console import out, plainly


class Format(StrEnum):
    """What an export is written as."""

    csv = "csv"
    parquet = "parquet"


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
