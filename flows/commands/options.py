"""Options that several commands take, and what they mean."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.settings import Paths, Settings

DbOption = Annotated[
    Path | None,
    typer.Option("--db", help="The warehouse file. (default: $RIVALRY_DB or rivalry-data/warehouse.duckdb)"),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Another spaCy pipeline, by package name or path. (default: the shipped en_rivalry)"),
]


def paths_of(db: Path | None) -> Paths:
    """The places of a warehouse: the one given, or the one set. Raises ``UserError`` where it has no name."""
    chosen = db or Settings().db
    if not chosen.name:
        raise UserError("the warehouse has no name: give --db a file, or unset RIVALRY_DB")
    return Paths(chosen)


def day_of(value: str | None, option: str) -> date | None:
    """The day that an option was given. Raises ``UserError`` where it is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value[:10]) if len(value) >= 10 else date.fromisoformat(value)
    except ValueError as error:
        raise UserError(f"{option} takes a day as YYYY-MM-DD, not {value!r}") from error
