"""One HTML page of a snapshot, whole in itself: it loads nothing, and reads on a phone, on paper and in the dark."""

from __future__ import annotations

import errno
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from extractors.errors import RunFailed, UserError
from warehouse.charts import Day, events_chart
from warehouse.connect import open_reader
from warehouse.rows import one, records
from warehouse.summary import tables

TEMPLATES = Path(__file__).with_name("templates")
WINDOW = 60
GRID = 14
SHOWN = 25

# Events that no article had reported before the newest run stored its articles.
NEW = """
    select e.event_id, e.type, e.direction, e.date, e.precision, e.status, e.statuses, e.actors, e.targets,
        e.instrument, e.objects, e.n_reports, e.n_independent, v.url, v.headline, v.outlet, v.attribution,
        case when length(v.sentence) > 300 then left(v.sentence, 299) || '…' else v.sentence end as quote
    from events e
    join event_evidence v on v.event_mention_id = e.best_event_mention_id
    where e.first_ingested_utc >= (select last_run_started_utc from snapshot_info)
    order by e.n_independent desc, e.date_from desc nulls last, e.event_id
"""

SERIES = """
    select day, coalesce(nullif(direction, ''), 'no direction') as direction, sum(n_events)::integer as n_events,
        any_value(runs) as runs, any_value(sources_failed) as sources_failed
    from events_by_day where day between ? and ? group by 1, 2 order by 1, 2
"""

COVERAGE = """
    select source, list({'day': day, 'state': state, 'failures': failures} order by day) as days,
        sum(new_entries)::bigint as new_entries, sum(articles_read)::bigint as articles_read,
        sum(skipped)::bigint as skipped,
        any_value(s.failing_since_utc) as failing_since_utc, any_value(s.silent_since_utc) as silent_since_utc
    from coverage_by_source_day c left join sources s using (source_id)
    where day > (select max(started_utc)::date from runs) - ? group by c.source_id, source order by source, c.source_id
"""


def write_report(snapshot: Path, page: Path) -> Path:
    """Writes the page of ``snapshot`` as ``page``, whole or not at all, and returns its path.

    Raises ``UserError`` where there is no snapshot or the page can't be written, ``RunFailed`` where the disk is full.
    """
    with open_reader(snapshot) as con:
        text = render(con)
    part = page.with_name(f".{page.name}.part")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(page)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RunFailed(f"the disk with {page} is full; free some space and write the page again") from error
        raise UserError(f"{page} can't be written ({error.strerror}); give another place") from error
    finally:
        if part.is_file():
            part.unlink()
    return page


def render(con: duckdb.DuckDBPyConnection) -> str:
    """The page of an open snapshot."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"minute": _minute, "when": _when, "link": _link}
    series = _series(con)
    found = tables(con) | {
        "new": records(con, NEW),
        "days": series,
        "chart": events_chart(series) if sum(d.total > 0 for d in series) > 1 else None,
        "coverage": records(con, COVERAGE, [GRID]),
        "shown": SHOWN,
        "grid": GRID,
    }
    return environment.get_template("page.html").render(found)


def _series(con: duckdb.DuckDBPyConnection) -> list[Day]:
    """The last ``WINDOW`` days up to the last run, without gaps; where those have no event, up to the last event
    instead."""
    last_run, last_event = one(
        con,
        """select (select max(started_utc)::date from runs), (select max(day) from events_by_day where n_events > 0
            and day <= coalesce((select max(started_utc)::date from runs), day))""",
    )
    if last_event is None:
        return []
    end = last_run if last_run and last_run - last_event < timedelta(days=WINDOW) else last_event
    start = end - timedelta(days=WINDOW - 1)
    rows = records(con, SERIES, [start, end])
    first = min(row["day"] for row in rows if row["n_events"])
    # The window is as long as what is known, and a week at least, so that few days do not look like many.
    start = max(start, min(first, end - timedelta(days=6)))
    return [_day(start + timedelta(days=n), rows) for n in range((end - start).days + 1)]


def _day(day: date, rows: list[dict[str, Any]]) -> Day:
    own = [row for row in rows if row["day"] == day]
    return Day(
        day=day,
        events={row["direction"]: row["n_events"] for row in own if row["n_events"]},
        runs=own[0]["runs"] if own else 0,
        sources_failed=own[0]["sources_failed"] if own else 0,
    )


def _minute(moment: datetime | None) -> str:
    return f"{moment.replace(tzinfo=UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"


def _when(event: dict[str, Any]) -> str:
    """A date with what is uncertain about it."""
    if event["date"] is None:
        return "date unknown"
    if event["precision"] == "inferred":
        return f"{event['date']} (day of publication)"
    return event["date"] if event["precision"] == "day" else f"{event['precision']} of {event['date']}"


def _link(url: str | None) -> str:
    """An address that may stand in a link: a page from the web must not bring a script."""
    return url if url and url.startswith(("https://", "http://")) else ""
