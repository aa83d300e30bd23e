"""Writing the published snapshot as files, to take away."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, day_of, paths_of
from flows.console import err, out, plainly, progress


class Format(StrEnum):
    """What the tables of an export are written as."""

    csv = "csv"
    parquet = "parquet"
    jsonl = "jsonl"


@plainly
def export(
    out_dir: Annotated[
        Path | None,
        typer.Option("--out", help="The folder to write to. (default: beside the warehouse; needed for a selection)"),
    ] = None,
    file_format: Annotated[Format, typer.Option("--format", help="What to write the tables as.")] = Format.csv,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV that Excel opens by a double click, and that runs no formula.")
    ] = False,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type, such as SANCTION. May be repeated.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Only events that can have happened on this day (UTC) or later.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Only events that can have happened on this day or earlier.")
    ] = None,
    actors: Annotated[
        list[str] | None,
        typer.Option("--actor", help="Only events in which this one acts, by name or alias. May be repeated."),
    ] = None,
    min_confidence: Annotated[
        float | None, typer.Option("--min-confidence", min=0, max=1, help="Only events read with this confidence.")
    ] = None,
    db: DbOption = None,
) -> None:
    """Write a release: events with their evidence, names, alliances, policies, articles, coverage, series and the network.

    Beside the tables stand a data dictionary, a Frictionless data package, a citation and checksums. The same snapshot
    gives the same bytes. No article's text is in it. `rivalry verify FOLDER` holds every row against the stored texts.

    Example: `rivalry export --out chips --type EXPORT_CONTROL --from 2025-01-01 --excel`
    """
    from warehouse.export import export as write
    from warehouse.export import read_queries
    from warehouse.selection import Selection

    paths = paths_of(db)
    selection = Selection(
        types=tuple(types or ()),
        first=day_of(first, "--from"),
        last=day_of(last, "--to"),
        actors=tuple(actors or ()),
        min_confidence=min_confidence,
    )
    if selection and not out_dir:
        raise UserError(f"a selection needs a folder of its own, apart from {paths.exports}: give --out")
    folder = out_dir or paths.exports.with_name(f"{paths.db.stem}-{'excel' if excel else file_format.value}")
    with progress() as bar:
        task = bar.add_task("tables", total=len(read_queries()))
        written = write(
            paths.snapshot,
            folder,
            file_format.value,
            excel=excel,
            selection=selection,
            done=lambda _: bar.advance(task),
        )
    for path in written.paths:
        out.print(str(path), markup=False, soft_wrap=True)
    events = f"{written.n_events:,} event{'' if written.n_events == 1 else 's'}"
    err.print(f"{events}, {sum(written.rows.values()):,} rows in {len(written.rows)} tables")
