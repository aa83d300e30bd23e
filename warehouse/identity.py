"""The ids of derived rows, and what makes two reports the same event.

Every id follows from content alone, so that the same article read by the same code gives the same rows in any run.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from extractors.ids import make_id
from extractors.records import Article, EventMention, Mention, Versions

# Where a report names neither instrument nor object, these types are told apart by their first actor or target: two
# firms that raise money on one day are two events, while "the Commerce Department" and "the administration" act as
# one state.
TOLD_APART_BY = {
    "ALLIANCE": "actors",
    "FUNDING": "actors",
    "PRODUCT": "actors",
    "SUPPLY": "actors",
    "STATEMENT": "actors",
    "ENFORCEMENT": "targets",
}


def mention_id(article: Article, mention: Mention, versions: Versions) -> str:
    """The id of a name at its place in one version of an article."""
    place = (mention.start, mention.end, mention.label)
    return make_id("mention", article.article_id, article.content_hash, *place, versions.extractor)


def event_mention_id(article: Article, event: EventMention, versions: Versions) -> str:
    """The id of one report: its place, and what it says, since one trigger may report two acts."""
    place = (event.trigger_start, event.trigger_end, event.start, event.end)
    said = (event.type, event.direction, event.instrument, event.amount, event.date, event.precision, event.status)
    lists = (";".join(names) for names in (event.actors, event.targets, event.objects))
    return make_id("event_mention", article.article_id, article.content_hash, *place, *said, *lists, versions.extractor)


def event_id(event: EventMention) -> str:
    """The id of the event that a report is about: it depends on what happened, never on which articles say so.

    Two reports are of one event where type, direction, the countries of actors and of targets, the thing that it is
    done by or to, and the span of days that the date can mean are the same.
    """
    days = date_range(event.date, event.precision)
    when = f"{days[0]}/{days[1]}" if days else event.date
    countries = (_set(event.actor_countries), _set(event.target_countries))
    return make_id("event", event.type, event.direction, *countries, _thing(event), when)


def date_range(iso: str | None, precision: str) -> tuple[date, date] | None:
    """The first and last day that an ISO date of a precision can mean; ``None`` where it is unknown or no date.

    >>> date_range("2026-11", "month")
    (datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))
    """
    first = _first_day(iso) if iso and precision != "unknown" else None
    if first is None:
        return None
    if precision in {"day", "inferred"}:
        return (first, first) if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", iso or "") else None
    if precision == "week":
        monday = first - timedelta(days=first.weekday())
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[precision]
    start = (first.month - 1) // months * months + 1
    end = start + months - 1
    return date(first.year, start, 1), date(first.year, end, calendar.monthrange(first.year, end)[1])


def _first_day(iso: str) -> date | None:
    quarter = re.fullmatch(r"(\d{4})-?Q([1-4])", iso)
    try:
        if quarter:
            return date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
        if re.fullmatch(r"\d{4}", iso):
            return date(int(iso), 1, 1)
        if re.fullmatch(r"\d{4}-\d{2}", iso):
            return date.fromisoformat(f"{iso}-01")
        return date.fromisoformat(iso)
    except (ValueError, OverflowError):
        return None


def _set(names: tuple[str, ...]) -> str:
    return ";".join(sorted(set(names)))


def _thing(event: EventMention) -> str | None:
    if event.instrument:
        return event.instrument.casefold()
    if event.objects:
        return event.objects[0].casefold()
    parties = getattr(event, TOLD_APART_BY[event.type]) if event.type in TOLD_APART_BY else ()
    return parties[0].casefold() if parties else None
