"""What happened, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.options import DbOption, day_of, paths_of
from flows.console import out, plainly, table

if TYPE_CHECKING:
    from warehouse.period import Period

ROWS = 15


@plainly
def report(
    first: Annotated[str | None, typer.Option("--from", help="The first day (UTC). (default: a week)")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day. (default: that of the last run)")] = None,
    db: DbOption = None,
) -> None:
    """Say what happened from one day to another, beside the days before, and how well it was watched.

    An event counts where its date lies in these days for sure. `rivalry explain ID` shows where one comes from.

    Example: `rivalry report --from 2025-11-01 --to 2025-11-14`
    """
    from warehouse.period import period

    found = period(paths_of(db).snapshot, day_of(first, "--from"), day_of(last, "--to"))
    _heading(found)
    tables = found.tables
    _some(
        f"events by kind, beside the {found.days} days before",
        ["type", "direction", "done or announced", "considered", "denied", "all before"],
        [
            (r["type"], r["direction"], r["n_events"], r["n_considered"], r["n_denied"], r["n_before"])
            for r in tables["kinds"]
        ],
        right=("done or announced", "considered", "denied", "all before"),
    )
    _some(
        "most reported events",
        ["id", "date", "what", "who", "outlets"],
        [(r["event_id"][:8], r["date"], _what(r), _who(r), r["n_independent"]) for r in tables["events"]],
        right=("outlets",),
        whole=("id", "date"),
    )
    _some(
        "busiest pairs of countries",
        ["pair", "tighten", "ease", "all"],
        [(_pair(r), r["n_tighten"] or 0, r["n_ease"] or 0, r["n_events"]) for r in tables["dyads"]],
        right=("tighten", "ease", "all"),
    )
    _some(
        "alliances, as reported",
        ["date", "alliance", "member", "", "status"],
        [(r["date"], r["alliance"], r["member"], r["direction"], r["status"]) for r in tables["alliances"]],
        whole=("date",),
    )
    _some(
        "policies",
        ["date", "policy", "stage", "known from"],
        [(r["date"], r["policy"], r["stage"], _basis(r)) for r in tables["policies"]],
        whole=("date",),
    )
    _some(
        "sources that failed",
        ["source", "days without an answer", "days with some", "why"],
        [(r["source"], r["n_outages"], r["n_flaky"], ", ".join(r["failures"])) for r in tables["outages"]],
        right=("days without an answer", "days with some"),
    )


def _heading(found: Period) -> None:
    counts = found.counts
    out.print(f"[bold]{found.first} to {found.last}[/bold] ({found.days} days, UTC)")
    out.print(
        f"{_number(counts['n_events'], 'event')}; {counts['n_possible'] - counts['n_events']:,} more, known less exactly, "
        f"may lie in these days; {counts['n_undated']:,} of the whole snapshot are undated"
    )
    out.print(
        f"runs on {counts['days_with_runs']} of {found.days} days, with {_number(counts['articles_read'], 'article')} read; "
        f"sources failed on {_number(counts['days_with_outages'], 'day')}; "
        f"in the {found.days} days before there were runs on {counts['days_with_runs_before']}"
    )
    if found.last > found.last_run:
        out.print(f"nobody has watched since {found.last_run}, the day of the last run: what came after is not known")
    out.print()


def _some(title: str, columns: Sequence[str], rows: list[Sequence[Any]], **fields: Sequence[str]) -> None:
    """A table of the first rows, with the number of those that are left out."""
    table(title, columns, rows[:ROWS], **fields)
    if len(rows) > ROWS:
        out.print(f"  and {_number(len(rows) - ROWS, 'more row')}: ask `rivalry sql` or `rivalry export`\n")


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _what(event: dict[str, Any]) -> str:
    kind = event["type"].replace("_", " ").capitalize()
    by = f", by {event['instrument']}" if event["instrument"] else ""
    direction = f" ({event['direction']})" if event["direction"] else ""
    return f"{kind}{direction}, {event['status']}{by}"


def _who(event: dict[str, Any]) -> str:
    actors = ", ".join(event["actors"]) or "unnamed actor"
    return f"{actors} → {', '.join(event['targets'])}" if event["targets"] else actors


def _pair(dyad: dict[str, Any]) -> str:
    return f"{dyad['actor_country']} {'→' if dyad['basis'] == 'target' else 'with'} {dyad['target_country']}"


def _basis(stage: dict[str, Any]) -> str:
    return f"{stage['basis']}, {stage['status']}" if stage["status"] else stage["basis"]
