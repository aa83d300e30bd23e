"""Reading pages and texts without a warehouse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from flows import console
from flows.commands.options import ModelOption, day_of
from flows.console import plainly


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

    _print_rows(extract_rows(texts_of(files, day_of(published, "--published"), title), model), len(files), "texts")


def _print_rows(rows: Iterable[dict[str, Any]], total: int, what: str) -> None:
    with console.progress() as progress:
        task = progress.add_task(what, total=total)
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            progress.advance(task)
    sys.stdout.flush()
