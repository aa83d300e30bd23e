"""What happened from one day to another, and how well it was watched: the tables of ``rivalry report``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from extractors.errors import UserError
from warehouse.connect import open_reader
from warehouse.rows import one, records

DAYS = 7
SHOWN = 12

Table = list[dict[str, Any]]

# An event counts for the days in which all lies that its date can mean; so no event counts for two periods.
COUNTS = """
    select count(*) filter ($first <= date_from and date_to <= $last) as n_events,
        count(*) filter ($first <= date_to and date_from <= $last) as n_possible,
        count(*) filter (date_from is null) as n_undated
    from events
"""
WATCHED = """
    select count(*) filter (runs > 0) as days_with_runs, coalesce(sum(articles_read), 0)::bigint as articles_read,
        count(*) filter (sources_failed > 0) as days_with_outages
    from coverage_by_day where day between $first and $last
"""
TABLES = {
    # Every kind of event, beside as many days before.
    "kinds": """
        select type, direction, count(*) filter (date_from >= $first and status in ('done', 'announced')) as n_events,
            count(*) filter (date_from >= $first and status = 'considered') as n_considered,
            count(*) filter (date_from >= $first and status = 'denied') as n_denied,
            count(*) filter (date_to < $first) as n_before
        from events where date_from >= $before and date_to <= $last and (date_from >= $first or date_to < $first)
        group by all order by n_events desc, n_before desc, type, direction""",
    "events": """
        select event_id, date, type, direction, status, actors, targets, instrument, n_independent
        from events where date_from >= $first and date_to <= $last
        order by n_independent desc, n_reports desc, date_from desc, event_id limit $shown""",
    "dyads": """
        select actor_country, target_country, basis, sum(n_events) filter (direction = 'tighten')::bigint as n_tighten,
            sum(n_events) filter (direction = 'ease')::bigint as n_ease, sum(n_events)::bigint as n_events
        from dyad_acts where date_from >= $first and date_to <= $last and actor_country <> target_country
        group by all order by n_events desc, actor_country, target_country, basis limit $shown""",
    "alliances": """
        select alliance, member, direction, coalesce(from_date, to_date) as date, status, n_independent
        from alliance_memberships
        where basis = 'reported' and earliest_day(coalesce(from_date, to_date)) >= $first
            and latest_day(coalesce(from_date, to_date)) <= $last
        order by date desc, alliance, member, event_id""",
    "policies": """
        select policy, stage, date, basis, status from policy_life_cycles
        where earliest_day(date) >= $first and latest_day(date) <= $last
        order by date desc, policy, stage, basis""",
    "outages": """
        select source, count(*) filter (state = 'outage') as n_outages, count(*) filter (state = 'flaky') as n_flaky,
            list_sort(list_distinct(flatten(list(failures)))) as failures
        from coverage_by_source_day where day between $first and $last
        group by source_id, source having n_outages + n_flaky > 0 order by n_outages desc, n_flaky desc, source""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from ``first`` to ``last`` (UTC, both included), what was counted in them and its ``tables``."""

    first: date
    last: date
    last_run: date
    counts: dict[str, int]
    tables: dict[str, Table]

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1


def period(snapshot: Path, first: date | None, last: date | None) -> Period:
    """What a snapshot knows of the days from ``first`` to ``last``.

    Without ``last`` they end with the last run, without ``first`` they are seven. Raises ``UserError`` where there is
    no snapshot, no run yet, or ``first`` lies after ``last``.
    """
    with open_reader(snapshot) as con:
        (last_run,) = one(con, "select max(started_utc)::date from runs")
        if last_run is None:
            raise UserError("no run has been made yet, so there is nothing to report; start with `rivalry ingest`")
        end = last or last_run
        begin = first or end - timedelta(days=DAYS - 1)
        if begin > end:
            raise UserError(f"--from {begin} is after --to {end}; exchange them")
        return Period(first=begin, last=end, last_run=last_run, **_found(con, begin, end))


def _found(con: duckdb.DuckDBPyConnection, first: date, last: date) -> dict[str, Any]:
    days = {"first": first, "last": last}
    more = {"before": first - (last - first) - timedelta(days=1), "shown": SHOWN}
    counts = records(con, COUNTS, days)[0] | records(con, WATCHED, days)[0]
    earlier = records(con, WATCHED, {"first": more["before"], "last": first - timedelta(days=1)})[0]
    counts["days_with_runs_before"] = earlier["days_with_runs"]
    tables = {}
    for name, sql in TABLES.items():
        asked = days | {key: value for key, value in more.items() if f"${key}" in sql}
        tables[name] = records(con, sql, asked)
    return {"counts": counts, "tables": tables}
