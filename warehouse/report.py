"""One HTML page of a snapshot, whole in itself: it loads nothing, and reads on a phone, on paper and in the dark."""

from __future__ import annotations

import errno
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from extractors.errors import RunFailed, UserError
from warehouse.charts import COLOURS, OTHER, directions, events_chart
from warehouse.connect import open_reader
from warehouse.maps import COLUMNS, KNOWN, NARROW_COLUMNS, REPORTED, STAGES, alliance_map, policy_chart
from warehouse.page_data import RECENT, alliances_with_members, dyads, policies_with_stages, stages
from warehouse.rows import records
from warehouse.series import Series, series, watched
from warehouse.summary import tables

TEMPLATES = Path(__file__).with_name("templates")
GRID = 14
SHOWN = 25
QUOTE = 300

# The last run and the unfinished ones just before it: what those read stood on no page yet.
LATEST = """
    select min(started_utc) as since_utc, count(*)::integer as n_runs from runs
    where started_utc > coalesce(
        (select max(r.started_utc) from runs r cross join snapshot_info i
            where r.state = 'finished' and r.started_utc < i.last_run_started_utc),
        '-infinity'::timestamp)
"""

# Events that no article had reported before, and (is_new = false) those that only newly read versions of known
# articles tell: nobody can say whether the versions before told them too.
NEW = """
    with told as (
        select m.event_id, min(r.stored_utc) as first_told_utc
        from event_mentions m join article_revisions r using (article_id, content_hash) group by 1
    ),
    fresh as (
        select e.*, e.first_ingested_utc >= $since as is_new
        from events e join told t using (event_id) where t.first_told_utc >= $since
    )
    select f.*, v.article_id, v.url, v.headline, v.outlet, v.sentence,
        count(*) over (partition by f.is_new) as n_all
    from fresh f join event_evidence v on v.event_mention_id = f.best_event_mention_id
    qualify row_number() over (
        partition by f.is_new order by f.n_independent desc, f.date_from desc nulls last, f.event_id) <= $shown
    order by f.n_independent desc, f.date_from desc nulls last, f.event_id
"""

# Every article that reports one of some events, the independent reports first.
REPORTS = """
    select event_id, article_id, url, headline, outlet, independent from event_evidence
    where list_contains(?, event_id)
    qualify row_number() over (
        partition by event_id, article_id order by independent desc, confidence desc, event_mention_id) = 1
    order by event_id, independent desc, published_utc nulls last, article_id
"""

COVERAGE = """
    select c.source, list({'day': day, 'state': state, 'failures': failures} order by day) as days,
        sum(c.new_entries)::bigint as new_entries, sum(articles_read)::bigint as articles_read,
        sum(skipped)::bigint as skipped, bool_or(runs > 0) as asked,
        any_value(s.failing_since_utc) as failing_since_utc, any_value(s.silent_since_utc) as silent_since_utc,
        any_value(s.last_reason) as last_reason, any_value(r.meaning) as last_meaning
    from coverage_by_source_day c
    left join source_states s using (source_id)
    left join outcome_reasons r on r.reason = s.last_reason
    where day > (select max(started_utc)::date from runs) - ?
    group by c.source_id, c.source
    order by asked desc, any_value(s.failing_since_utc) is null, c.source, c.source_id
"""

SKIPPED = """
    select reason, meaning, bool_or(tried_again) as tried_again, count(*) as n_documents,
        count(*) filter (run_id = i.last_run_id) as n_last
    from skipped_documents cross join snapshot_info i
    group by reason, meaning order by n_documents desc, reason
"""

LAST_RUN = "select h.* from run_history h join snapshot_info i on i.last_run_id = h.run_id"

# How each state of a source on a day is drawn and told.
MARKS = {
    "ok": ("●", "answered"),
    "flaky": ("◐", "answered at times"),
    "outage": ("✕", "failed"),
    "no run": ("·", "not asked"),
    "off": ("○", "off for want of a key"),
}


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
    daily, monthly = series(con), series(con, monthly=True)
    latest = records(con, LATEST)[0]
    events = _new_events(con, latest["since_utc"])
    found = tables(con)
    found |= {
        "dyads": dyads(con),
        "alliance_map": alliances_with_members(con, found["alliances"]),
        "policy_chart": policies_with_stages(con, found["policies"], daily.last_run) if daily.last_run else None,
        "stages": stages(con, found["policies"][:SHOWN]),
        "last_run": next(iter(records(con, LAST_RUN)), None),
        "latest_runs": latest["n_runs"],
        "new": [e for e in events if e["is_new"]],
        "revised": [e for e in events if not e["is_new"]],
        "daily": daily,
        "monthly": monthly if _reaches_further(monthly, daily) else None,
        "coverage": records(con, COVERAGE, [GRID]),
        "skipped": records(con, SKIPPED),
        "shown": SHOWN,
        "grid": GRID,
        "marks": MARKS,
        "recent": RECENT,
    }
    return _environment().get_template("page.html").render(found)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"n": "{:,}".format, "minute": _minute, "when": _when, "link": _link, "words": _words}
    environment.filters |= {"cut": _cut, "money": _money, "spoken": _spoken, "watched": watched, "key": _key}
    environment.globals |= {"chart": events_chart, "alliance_svg": alliance_map, "policy_svg": policy_chart}
    environment.globals |= {"stage_marks": STAGES, "known_colour": KNOWN, "reported_colour": REPORTED}
    environment.globals |= {"map_columns": COLUMNS, "narrow_map_columns": NARROW_COLUMNS}
    return environment


def _new_events(con: duckdb.DuckDBPyConnection, since: datetime | None) -> list[dict[str, Any]]:
    """The events of ``NEW`` since a naive UTC time, each with the other articles that report it."""
    events = records(con, NEW, {"since": since, "shown": SHOWN})
    reports = records(con, REPORTS, [[e["event_id"] for e in events]]) if events else []
    for event in events:
        own = (r for r in reports if r["event_id"] == event["event_id"])
        event["others"] = [r for r in own if r["article_id"] != event["article_id"]]
    return events


def _reaches_further(monthly: Series, daily: Series) -> bool:
    """Whether the months show events that the days do not."""
    return monthly.drawn and monthly.total > daily.total


def _key(shown: Series) -> list[tuple[str, str, int]]:
    """Each direction of a series with its colour and its events."""
    names = directions(shown.spans)
    return [(name, COLOURS.get(name, OTHER), sum(s.events.get(name, 0) for s in shown.spans)) for name in names]


def _minute(moment: datetime | None) -> str:
    return f"{moment.replace(tzinfo=UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"


def _when(event: dict[str, Any]) -> str:
    """A date with what is uncertain about it."""
    if event["date"] is None:
        return "date unknown"
    if event["precision"] == "day":
        return event["date"]
    if event["precision"] == "inferred":
        return f"{event['date']} (day of publication; the text gives no date)"
    return f"{event['date']} (known by the {event['precision']})"


def _link(url: str | None) -> str:
    """An address that may stand in a link: a page from the web must not bring a script."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _words(code: str) -> str:
    """A code as words: ``LAW_OR_PLAN`` is "Law or plan", and ``ai_governance`` "AI governance"."""
    words = re.sub(r"\bai\b", "AI", code.replace("_", " ").lower())
    return words[:1].upper() + words[1:]


def _cut(text: str) -> str:
    """At most ``QUOTE`` characters: a page quotes, and what is cut shows it."""
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1]}…"


def _money(amount: float, currency: str | None) -> str:
    """The amount in full, its currency before it where the text names one."""
    figure = f"{amount:,.2f}".removesuffix(".00")
    return f"{currency} {figure}" if currency else f"{figure} (currency not stated)"


def _spoken(days: list[dict[str, Any]]) -> str:
    """A source's days in words, for those who hear the page: counts, and the days on which it failed."""
    counts = ((word, [str(d["day"]) for d in days if d["state"] == state]) for state, (_, word) in MARKS.items())
    told = (
        f"{word} on {len(found)} {'day' if len(found) == 1 else 'days'}"
        + (f" ({', '.join(found)})" if word == "failed" else "")
        for word, found in counts
        if found
    )
    return "; ".join(told)
