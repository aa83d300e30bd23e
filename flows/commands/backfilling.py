"""Filling in the past, and taking in what somebody has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from extractors.errors import UserError
from flows.commands.options import DbOption, ModelOption, day_of, paths_of
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
    first: Annotated[
        str | None, typer.Option("--from", help="The first day to ask sources about (YYYY-MM-DD).")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day. (default: yesterday)")] = None,
    sources: Annotated[Path | None, typer.Option(help="A sources file, for --from. (default: the project's)")] = None,
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
    """Fill in the past: out of WARC files such as Common Crawl's CC-NEWS, or from sources that can be asked about days gone by.

    Every record is counted by the reason for which it ended. A backfill that is stopped goes on where it was: files and months that
    are done are left. The warehouse is free for others while files are read, and between two months.

    Examples: `rivalry backfill --warc CC-NEWS-20250811.warc.gz`, or `rivalry backfill --from 2025-01-01 --to 2025-06-30`
    """
    if bool(warc) == bool(first):
        raise UserError("say what to fill in from, and only one: --warc FILE_OR_LIST, or --from DAY")
    paths, now = paths_of(db), datetime.now(UTC)
    if warc:
        from flows.backfill import warcs

        done, counts = warcs.backfill(
            warc, paths.db, now, base=base, parts=parts, cluster=cluster, processes=processes, model=model
        )
        warcs.show(done, counts, paths)
        return
    from extractors.sources.registry import load_sources
    from flows.backfill import days

    begin = day_of(first, "--from")
    end = day_of(last, "--to") or now.date() - timedelta(days=1)
    days.show(days.backfill(begin, end, load_sources(sources or Settings().sources), paths.db, now, model), paths)
