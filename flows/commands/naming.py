"""Names that no knowledge file has yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from flows.commands.options import DbOption, paths_of
from flows.console import plainly


class Label(StrEnum):
    """The labels of names."""

    ORG = "ORG"
    ALLIANCE = "ALLIANCE"
    POLICY = "POLICY"
    PERSON = "PERSON"
    GPE = "GPE"
    PRODUCT = "PRODUCT"


@plainly
def entities(
    label: Annotated[
        Label | None, typer.Option("--label", case_sensitive=False, help="Only names of this label.")
    ] = None,
    at_least: Annotated[int, typer.Option("--at-least", min=1, help="Only names in this many articles or more.")] = 1,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many names to print.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    db: DbOption = None,
) -> None:
    """List the names in texts that no knowledge file has, the most frequent first: what a curator may teach.

    Each with a place where it stands, the known names that are like it (0 to 100), and the row to add. If it is another
    name of something known, add it to the aliases of that row instead; if it is no name at all, pass it over. Fill in
    what you know, and leave the rest null: only `kind` must have a value, where the row has it.

    Example: `rivalry entities --label ORG --at-least 3`
    """
    from flows.naming import show, unlinked

    chosen = label.value if label else None
    show(unlinked(paths_of(db).snapshot, label=chosen, at_least=at_least, limit=limit), as_json=as_json)
