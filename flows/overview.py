"""What a run found and how the runs went, in tables that fit a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from extractors.errors import UserError
from flows.console import err, out, table
from flows.settings import Paths
from warehouse.query import ask
from warehouse.summary import summary

ROWS = 12

RUNS = """
    select run_id, state, detail, n_documents, n_articles, n_sources_ok, n_sources_failed
    from run_history order by started_utc desc limit 10"""
SOURCES = """
    select source_id, strftime(last_ok_utc, '%Y-%m-%d'), strftime(failing_since_utc, '%Y-%m-%d'),
        strftime(silent_since_utc, '%Y-%m-%d'), last_reason, n_entries
    from source_states order by failing_since_utc nulls last, silent_since_utc nulls last, source_id"""


def show(paths: Paths) -> None:
    """Print what the snapshot holds: events by day, alliances with members, policies, organisations, what was skipped and why."""
    found = summary(paths.snapshot)
    totals = found["totals"]
    _counted(
        f"events by day, newest first ({totals['events']} in all, {totals['events_undated']} of them undated)",
        ["day", "type", "direction", "events", "independent reports", "articles read"],
        (
            (r["day"], r["type"], r["direction"], r["n_events"], r["n_independent"], r["articles_read"])
            for r in found["events_by_day"]
        ),
        right=("events", "independent reports", "articles read"),
    )
    _counted(
        "alliances",
        ["alliance", "members named in reports, or known", "articles"],
        ((r["alliance"], _some(r["reported_members"] or r["members"]), r["n_articles"]) for r in found["alliances"]),
        right=("articles",),
    )
    _counted(
        "policies",
        ["policy", "issuer", "family", "articles"],
        ((r["policy"], r["issuer"], r["family"], r["n_articles"]) for r in found["policies"]),
        right=("articles",),
    )
    _counted(
        "organisations",
        ["organisation", "kind", "country", "articles"],
        ((r["organisation"], r["kind"], r["country"], r["n_articles"]) for r in found["organisations"]),
        right=("articles",),
    )
    _counted(
        "skipped, and why",
        ["reason", "what it means", "documents"],
        ((r["reason"], r["meaning"], r["n_documents"]) for r in found["skipped"]),
        right=("documents",),
    )
    out.print(
        f"{totals['articles']} articles stored, {totals['articles_on_topic']} on topic; {totals['sources']} sources, {totals['sources_failing']} failing"
    )
    for name, path in (
        ("warehouse", paths.db),
        ("snapshot", paths.snapshot),
        ("CSVs", paths.exports),
        ("page", paths.page),
    ):
        out.print(f"{name:10} {path}", markup=False, soft_wrap=True)
    out.print(
        f'next: {sys.argv[0]} sql --db {paths.db} "select * from event_evidence limit 5"', markup=False, soft_wrap=True
    )


def _counted(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[str]) -> None:
    every = list(rows)
    table(title, columns, every[:ROWS], right=right)
    if len(every) > ROWS:
        out.print(f"  and {len(every) - ROWS} more rows: see the CSVs\n")


def _some(names: Sequence[str], limit: int = 6) -> str:
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def show_status(paths: Paths) -> None:
    """Print the last runs and the state of every source. Raises ``UserError`` where nothing has run yet."""
    if not paths.snapshot.exists():
        raise UserError(f"nothing has run yet with {paths.db}; start with `rivalry ingest --sample`")
    with ask(paths.snapshot, RUNS) as answer:
        table(
            "last runs (UTC)",
            ["run", "state", "detail", "documents", "articles", "ok", "failed"],
            answer.rows,
            whole=("run",),
        )
    with ask(paths.snapshot, SOURCES) as answer:
        rows = list(answer.rows)
    table(
        "sources (days in UTC; failing and silent: since when)",
        ["source", "last ok", "failing", "silent", "reason", "entries"],
        rows,
        whole=("source", "last ok", "failing", "silent"),
    )
    failing = [r[0] for r in rows if r[2]]
    if failing:
        err.print(f"failing: {', '.join(failing)}; `rivalry sources NAME` asks one of them now", markup=False)
