"""Proof: rows against their texts, an event with its evidence, and what a new extractor would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from extractors.errors import RunFailed
from flows.commands.options import DbOption, ModelOption, day_of, paths_of
from flows.console import err, out, plainly, table

if TYPE_CHECKING:
    from warehouse.rereading import Change


@plainly
def verify(
    folder: Annotated[Path | None, typer.Argument(help="The exported files. (default: beside the warehouse)")] = None,
    db: DbOption = None,
    pages: Annotated[bool, typer.Option("--pages", help="Also check every stored page against its hash.")] = False,
) -> None:
    """Check every exported row against the stored text: quote at its offsets, hash of the document, versions.

    Prints a line for each row that does not hold, and exits with 1 if there is one.

    Example: `rivalry verify my-release`
    """
    from warehouse import proof

    paths = paths_of(db)
    proved = proof.verify(paths.snapshot, folder or paths.exports, paths.raw if pages else None)
    missed = 0
    for missed, miss in enumerate(proved.misses, start=1):  # noqa: B007 - the number of the last one is their count
        out.print(str(miss), markup=False, soft_wrap=True)
    total = sum(proved.rows.values())
    if missed:
        raise RunFailed(f"{missed:,} faults in {total:,} rows of {len(proved.rows)} files; the lines above name them")
    err.print(f"{total:,} rows of {len(proved.rows)} files hold: each was found in the texts and tables it came from")


@plainly
def explain(
    event_id: Annotated[str, typer.Argument(help="The event, by its id or the beginning of it.", metavar="EVENT_ID")],
    db: DbOption = None,
) -> None:
    """Print an event: its reports, their sentences with trigger and arguments marked, and why each field has its value.

    Ids that an event bore before an earlier report came in lead to it too.

    Example: `rivalry explain 7bd71c52`
    """
    from warehouse.explain import explain as explained

    found = explained(paths_of(db).snapshot, event_id)
    table(f"event {found.event_id}", ["field", "value", "why"], found.fields, whole=("field",))
    for report in found.reports:
        out.print(f"[{report.number}] {report.outlet}, {report.published}: {report.headline}", markup=False)
        out.print(f"    {report.url}", markup=False, soft_wrap=True)
        out.print(Padding(Text(report.marked), (0, 0, 0, 4)))
        for line in report.elsewhere:
            out.print(Padding(Text(f"elsewhere in the article: {line}"), (0, 0, 0, 4)))
        out.print(f"    {report.status}, confidence {report.confidence:.2f}; {report.counts}\n", markup=False)
    if found.other_ids:
        out.print(f"also known as {', '.join(found.other_ids)}", markup=False)


@plainly
def reextract(
    since: Annotated[str | None, typer.Option(help="Only texts published since this day (YYYY-MM-DD).")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change.")] = False,
    db: DbOption = None,
    model: ModelOption = None,
) -> None:
    """Read the stored texts again with the present code and model, without fetching, and put the new events in place.

    Prints each event that appears (+), vanishes (-) or changes (~) before the old ones are replaced. Stopped at any
    time, it leaves the warehouse as it was.

    Example: `rivalry reextract --since 2025-11-01 --diff`
    """
    from flows.reextracting import reextract as read_again

    day = day_of(since, "--since")
    first = datetime.combine(day, time(), UTC) if day else None
    try:
        done = read_again(
            paths_of(db), datetime.now(UTC), show=_show_changes, since=first, model=model, replace=not diff
        )
    except KeyboardInterrupt:
        raise RunFailed("stopped; the warehouse is as it was") from None
    err.print(f"{done:,} texts read again; " + ("nothing was replaced" if diff else "the new events are published"))


def _show_changes(changes: Sequence[Change]) -> None:
    for change in changes:
        out.print(str(change), markup=False, soft_wrap=True)
    kinds = Counter(change.kind for change in changes)
    err.print(", ".join(f"{kinds[kind]:,} events {kind}" for kind in ("appeared", "vanished", "changed")))
