"""The series that the page draws: events by day or month and direction, with how well each was watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from warehouse.charts import Span, number
from warehouse.rows import one, records

# The daily series has as many days at most, the monthly one as many months.
DAYS = 60
MONTHS = 120
# However short the record is, so that few days do not look like many.
LEAST = 7
# Characters in which an event is told under the pointer.
MOST = 120

# A day's or month's events are those that can have happened in no other.
EVENTS = """
    select date_trunc($unit, date_from)::date as first, coalesce(nullif(direction, ''), 'no direction') as direction,
        count(*)::integer as n_events
    from events where date_trunc($unit, date_from) = date_trunc($unit, date_to) group by 1, 2 order by 1, 2
"""

# The most reported events of each direction, with a report of each.
TOLD = """
    with shown as (
        select date_trunc($unit, date_from)::date as first, coalesce(nullif(direction, ''), 'no direction') as direction,
            event_id, type, actors, targets, n_independent, best_event_mention_id
        from events where date_from >= $start and date_to <= $end
            and date_trunc($unit, date_from) = date_trunc($unit, date_to)
        qualify row_number() over (
            partition by first, direction order by n_independent desc, confidence desc, event_id) <= $most
    )
    select s.*, a.url from shown s
    join event_mentions m on m.event_mention_id = s.best_event_mention_id join articles a on a.article_id = m.article_id
    order by s.first, s.direction, s.n_independent desc, s.event_id
"""

WATCHED = """
    with ran as (select started_utc::date as day, bool_or(state = 'finished') as finished from runs group by 1),
    asked as (
        select day, count(*) filter (state not in ('no run', 'off')) as asked, count(*) filter (state = 'outage') as failed
        from coverage_by_source_day group by 1
    )
    select date_trunc($unit, day)::date as first, count(finished)::integer as ran,
        count(*) filter (finished)::integer as watched, coalesce(sum(asked), 0)::integer as asked,
        coalesce(sum(failed), 0)::integer as failed
    from ran full join asked using (day) group by 1
"""

RUNS = "select min(started_utc)::date, max(started_utc)::date from runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Consecutive ``spans`` up to that of the last run; ``before`` and ``after`` count the events that lie outside."""

    spans: list[Span]
    first_run: date | None
    last_run: date | None = None
    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        """Events in all spans."""
        return sum(s.total for s in self.spans)

    @property
    def drawn(self) -> bool:
        """Whether there is something to draw: one bar is no series."""
        return sum(s.total > 0 for s in self.spans) > 1


def series(con: duckdb.DuckDBPyConnection, *, monthly: bool = False) -> Series:
    """The last ``DAYS`` days, or ``MONTHS`` months, up to the last run, without gaps.

    It begins with the first event or run where that is later. Empty where there is no run, or no event known so
    exactly.
    """
    first_run, last_run = one(con, RUNS)
    unit = {"unit": "month" if monthly else "day"}
    events = records(con, EVENTS, unit)
    if first_run is None or not events:
        return Series(spans=[], first_run=first_run, last_run=last_run)
    end = number(last_run, monthly=monthly)
    known = min(number(first_run, monthly=monthly), number(events[0]["first"], monthly=monthly), end - LEAST + 1)
    start = max(known, end - (MONTHS if monthly else DAYS) + 1)
    counted: dict[date, dict[str, int]] = {}
    for row in events:
        counted.setdefault(row["first"], {})[row["direction"]] = row["n_events"]
    watched = {row["first"]: row for row in records(con, WATCHED, unit)}
    told = _told(
        con, unit | {"start": _first(start, monthly=monthly), "end": _first(end + 1, monthly=monthly)}, monthly
    )
    spans = []
    for n in range(start, end + 1):
        first, last = _first(n, monthly=monthly), _first(n + 1, monthly=monthly) - timedelta(days=1)
        days = (min(last, last_run) - max(first, first_run)).days + 1
        own = watched.get(first, {"first": first})
        events_told = told.get(first, {})
        spans.append(Span(last=last, events=counted.get(first, {}), told=events_told, open=max(days, 0), **own))
    before = sum(row["n_events"] for row in events if row["first"] < spans[0].first)
    after = sum(row["n_events"] for row in events if row["first"] > spans[-1].last)
    return Series(spans=spans, first_run=first_run, last_run=last_run, before=before, after=after)


def _told(con: duckdb.DuckDBPyConnection, asked: dict, monthly: bool) -> dict[date, dict[str, list[dict[str, str]]]]:
    """By first day and direction, the most reported events: ``what`` happened, and the ``url`` of a report."""
    found: dict[date, dict[str, list[dict[str, str]]]] = {}
    for row in records(con, TOLD, asked | {"most": 1 if monthly else 3}):
        url = row["url"] if row["url"].startswith(("https://", "http://")) else ""
        event = {"what": _what(row), "url": url}
        found.setdefault(row["first"], {}).setdefault(row["direction"], []).append(event)
    return found


def _what(event: dict) -> str:
    kind = event["type"].replace("_", " ").capitalize()
    whom = f" → {', '.join(event['targets'])}" if event["targets"] else ""
    text = f"{kind}: {', '.join(event['actors']) or 'unnamed actor'}{whom}"
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def watched(span: Span) -> str:
    """In words, how well a day or month was watched."""
    if not span.open:
        return "before the first run"
    if not span.ran:
        return "no run"
    if not span.watched:
        return "no run finished"
    failed = f"{span.failed} of {span.asked}"
    if span.first == span.last:
        return f"{failed} sources failed" if span.asked else "no source was asked"
    share = f"a run finished on {span.watched} of {span.open} days"
    return f"{share}; {failed} times a source was asked on a day, it failed" if span.failed else share


def _first(running: int, *, monthly: bool) -> date:
    """The day, or the first day of the month, of that running number."""
    return date(running // 12, running % 12 + 1, 1) if monthly else date.fromordinal(running + 1)
