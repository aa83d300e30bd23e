"""Filling in the past, and taking in what somebody has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, ModelOption, paths_of
from flows.console import plainly
from flows.settings import Settings


@plainly
def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Saved pages (.html, .html.gz), plain text, or JSON Lines as `rivalry read` prints them.",
            metavar="FILE...",
        ),
    ],
    url: Annotated[
        str | None, typer.Option(help="The article's address. Without it, the one that the page states.")
    ] = None,
    title: Annotated[str, typer.Option(help="Its headline. Without it, the page's own; a text has none.")] = "",
    published: Annotated[
        str | None, typer.Option(help="When it was published (2025-08-11, or with a time and zone).")
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it. Without it, whom the page names.")] = None,
    source: Annotated[
        str | None, typer.Option(help="The source of the sources file that it belongs to, such as reuters.")
    ] = None,
    sources: Annotated[Path | None, typer.Option(help="A sources file (TOML). (default: the project's)")] = None,
    licensed: Annotated[bool, typer.Option("--licensed", help="Note that you hold a licence for the text.")] = False,
    db: DbOption = None,
    model: ModelOption = None,
) -> None:
    """Take in texts that you hold a licence for, or pages that you saved by hand, as articles.

    They are read, counted and published as a night's own; `text_basis` says `imported_text` or `imported_html`, and
    `article_origins` says which file each came from. A text with the address of a headline that is known becomes its new version.
    Importing a file twice changes nothing. What is left out stays unknown: nothing is guessed.

    Example: `rivalry import story.txt --url https://www.example.org/a --title "Chips" --published 2025-08-11 --licensed`
    """
    from flows import importing

    about = importing.About(url=url, title=title, published=published, publisher=publisher, licensed=licensed)
    paths = paths_of(db)
    chosen = importing.source_of(source, sources or Settings().sources)
    works, _ = importing.import_files(files, about, paths.db, datetime.now(UTC), source=chosen, model=model)
    importing.show(works, paths)


@plainly
def backfill(
    warc: Annotated[
        list[str] | None,
        typer.Option(
            help="A WARC file, or a list of them (one a line): a path, a web address or an fsspec address. May be repeated."
        ),
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="Where the paths of a list begin, such as https://data.commoncrawl.org.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="The address of a Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    parts: Annotated[
        str | None, typer.Option(help="Where what was read is kept. (default: beside the warehouse)")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes on this machine. (default: its cores)")
    ] = None,
    db: DbOption = None,
    model: ModelOption = None,
) -> None:
    """Fill in the past out of WARC files, such as those of Common Crawl's CC-NEWS.

    Every record is counted by the reason for which it ended. A backfill that is stopped goes on where it was; a file that is done
    is not read again. The warehouse stays free for others until the end, when all is loaded at once.

    Example: `rivalry backfill --warc CC-NEWS-20250811.warc.gz --warc more.txt --base https://data.commoncrawl.org`
    """
    from flows.backfill import warcs

    if not warc:
        raise UserError("say what to fill in from: --warc FILE_OR_LIST")
    paths = paths_of(db)
    done, counts = warcs.backfill(
        warc, paths.db, datetime.now(UTC), base=base, parts=parts, cluster=cluster, processes=processes, model=model
    )
    warcs.show(done, counts, paths)
