"""What the command line says: tables that fit a terminal, progress on long work, errors in one line.

Results go to standard output, everything else to standard error, so that output can be piped.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from extractors.errors import RunFailed, StageError, UserError

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)
DEBUG = False


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a user can cause into one line: exit code 2 for usage and configuration, 1 for a failed run.

    With ``--debug`` the traceback is shown as it is.
    """

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (UserError, RunFailed, StageError, KeyboardInterrupt, BrokenPipeError, OSError) as error:
            if DEBUG:
                raise
            raise typer.Exit(_say(error)) from None

    return wrapped


def _say(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):  # the reader of a pipe went away: nothing to say, nothing to say it to
        sys.stderr.close()
        return 1
    if isinstance(error, KeyboardInterrupt):
        err.print("rivalry: stopped; what was finished is stored, and the next run goes on from there")
        return 130
    if isinstance(error, OSError) and not isinstance(error, UserError):
        err.print(f"rivalry: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", markup=False)
        return 1
    err.print(f"rivalry: {error}", markup=False)
    return 2 if isinstance(error, UserError) else 1


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
) -> None:
    """Print a table; cells wrap rather than run out of the terminal, but for those of the columns in ``whole``.

    Nothing is printed for no rows but a line that says so.
    """
    shown = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(
            column, justify="right" if column in right else "left", overflow="fold", no_wrap=column in whole
        )
    empty = True
    for row in rows:
        empty = False
        shown.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    if empty:
        out.print(f"[bold]{title}[/bold]: none")
    else:
        out.print(f"[bold]{title}[/bold]")
        out.print(shown)
    out.print()


def sheets(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows one below the other, a line a column: for what is too wide for a table."""
    out.print(f"[bold]{title}[/bold]")
    width = max((len(c) for c in columns), default=0)
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            out.print(f"{column:{width}}  {'' if cell is None else cell}", markup=False, soft_wrap=True)
        out.print()


def progress() -> Progress:
    """A progress display on standard error, silent where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
