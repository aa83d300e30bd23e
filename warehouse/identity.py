"""The ids of derived rows: every id follows from content alone.

The same article read by the same code gives the same rows in any run.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from extractors.ids import make_id
from extractors.records import Article, EventMention, Mention, Versions


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
