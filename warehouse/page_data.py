"""What the page shows of countries, alliances and policies: who acts towards whom, who belongs where, and since when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from warehouse.maps import Mark
from warehouse.rows import records

ROWS = 12
RECENT = 30  # days
YEARS = 6  # that the stages of policies are drawn for, up to the last run

DYADS = """
    select actor_country, target_country, basis, sum(n_events)::bigint as n_events,
        coalesce(sum(n_events) filter (direction = 'tighten'), 0)::bigint as n_tighten,
        coalesce(sum(n_events) filter (direction = 'ease'), 0)::bigint as n_ease,
        coalesce(sum(n_events) filter (date_from > (select max(started_utc)::date from runs) - $recent), 0)::bigint
            as n_recent
    from dyad_acts where actor_country <> target_country and status <> 'denied'
    group by 1, 2, 3 order by n_events desc, actor_country, target_country, basis limit $rows
"""
MEMBERS = """
    select alliance, member, bool_or(basis = 'knowledge') as known, bool_or(basis = 'reported') as reported
    from alliance_memberships
    where list_contains(?, alliance) and (basis = 'knowledge' and to_date is null
        or basis = 'reported' and direction <> 'leave' and status in ('done', 'announced'))
    group by 1, 2 order by 1, 2
"""
STAGES = """
    select policy, stage, date, date_from, basis, status from policy_life_cycles
    where list_contains(?, policy) and date_from is not null and coalesce(status, '') <> 'denied'
    order by policy, date_from, stage, basis
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """The marks of a chart, its rows and its columns, in order.

    ``n_rows`` is how many rows there would be, ``n_older`` how many marks lie before the time that is drawn.
    """

    marks: list[Mark]
    rows: list[str]
    columns: list[str]
    n_rows: int
    n_older: int = 0

    @property
    def drawn(self) -> bool:
        """Whether it has rows to compare."""
        return len(self.rows) > 1 and bool(self.marks)


def dyads(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The pairs of countries with the most events that no report denies, busiest first."""
    return records(con, DYADS, {"recent": RECENT, "rows": ROWS})


def alliances_with_members(con: duckdb.DuckDBPyConnection, alliances: list[dict[str, Any]]) -> Map:
    """The alliances that are mentioned most, with those of their members that belong to two of them at least."""
    found = records(con, MEMBERS, [[a["alliance"] for a in alliances]])
    placed = {row["alliance"] for row in found}
    every = [a["alliance"] for a in alliances if a["alliance"] in placed]
    rows = every[:ROWS]
    memberships = Counter(row["member"] for row in found if row["alliance"] in rows)
    columns = sorted((m for m, n in memberships.items() if n > 1), key=lambda m: (-memberships[m], m))
    marks = [_member(row) for row in found if row["alliance"] in rows and row["member"] in columns]
    kept = [name for name in rows if any(m.row == name for m in marks)]
    return Map(marks=marks, rows=kept, columns=columns, n_rows=len(every))


def policies_with_stages(con: duckdb.DuckDBPyConnection, policies: list[dict[str, Any]], last: date) -> Map:
    """The policies that are mentioned most, with each stage of the years up to ``last`` or to come that anything
    dates: a knowledge file, an official record, or a report."""
    found = records(con, STAGES, [[p["policy"] for p in policies]])
    since = last - timedelta(days=round(YEARS * 365.25))
    dated = {row["policy"] for row in found if row["date_from"] >= since}
    every = [p["policy"] for p in policies if p["policy"] in dated]
    rows = every[:ROWS]
    shown = [row for row in found if row["policy"] in rows]
    marks = [_stage(row) for row in shown if row["date_from"] >= since]
    return Map(marks=marks, rows=rows, columns=[], n_rows=len(every), n_older=len(shown) - len(marks))


def stages(con: duckdb.DuckDBPyConnection, policies: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The dated stages of each policy in words, in order of time."""
    told: dict[str, list[str]] = {}
    for row in records(con, STAGES, [[p["policy"] for p in policies]]):
        words = f"{row['stage']} {row['date']} ({_source(row)})"
        if words not in told.setdefault(row["policy"], []):
            told[row["policy"]].append(words)
    return told


def _member(row: dict[str, Any]) -> Mark:
    how = " and ".join(word for word, said in (("known", row["known"]), ("reported", row["reported"])) if said)
    return Mark(
        row=row["alliance"],
        column=row["member"],
        reported=not row["known"],
        says=f"{row['member']} in {row['alliance']} ({how})",
    )


def _stage(row: dict[str, Any]) -> Mark:
    day: date = row["date_from"]
    says = f"{row['policy']}: {row['stage']} {row['date']} ({_source(row)})"
    return Mark(row=row["policy"], day=day, kind=row["stage"], reported=row["basis"] == "reported", says=says)


def _source(row: dict[str, Any]) -> str:
    """Where a stage is known from."""
    return {"knowledge": "known", "official": "official"}.get(row["basis"], f"reported as {row['status']}")
