"""Points in time as the web writes them, read into aware UTC datetimes.

Sources and pages share this module, so that one rule decides what a date without a zone, or one in the future, means.
The clock is handed in; nothing here looks at the machine's time or time zone.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser
from dateutil.parser import UnknownTimezoneWarning

FUTURE_TOLERANCE = timedelta(hours=24)
# The first web page is of 1991: anything before it is a placeholder such as 1970-01-01 or 0001-01-01.
EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)

_HOUR = 3600
# The zones of RFC 822, and others that mean one thing only. IST, AST and the like are left out: they mean several.
_ZONES: dict[str, tzinfo | int] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0,
    "EST": -5 * _HOUR, "EDT": -4 * _HOUR, "CST": -6 * _HOUR, "CDT": -5 * _HOUR,
    "MST": -7 * _HOUR, "MDT": -6 * _HOUR, "PST": -8 * _HOUR, "PDT": -7 * _HOUR,
    "CET": _HOUR, "CEST": 2 * _HOUR, "SGT": 8 * _HOUR, "HKT": 8 * _HOUR, "JST": 9 * _HOUR, "KST": 9 * _HOUR,
    "AEST": 10 * _HOUR, "AEDT": 11 * _HOUR,
    "ET": ZoneInfo("America/New_York"), "PT": ZoneInfo("America/Los_Angeles"),
}  # fmt: skip

# A time of day says at least an hour and a minute: "12:30", "T1230", "3 pm".
_HAS_TIME = re.compile(r"\d\s*:\s*\d\d|\d[T ]\d{4}|\d\s*[ap]\.?m\b", re.IGNORECASE)
# A whole date of a feed, as most write it: read without dateutil, which takes as long as the rest of the entry.
_RFC822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-](?!0000)\d{4})")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time (aware UTC), or ``None``, and the problem codes of ``outcomes.PROBLEMS`` met on the way."""

    value: datetime | None
    problems: tuple[str, ...] = ()


def read_instant(text: str | None, now: datetime | None) -> Instant:
    """Read ``text``: ISO 8601, RFC 822, Unix seconds or milliseconds, or a date in English words.

    Without a zone UTC is assumed (``date_no_zone``), without a time of day midnight (``date_no_time``). ``now`` (aware)
    is the clock: more than 24 hours after it gives ``None`` with ``date_future``; without ``now`` that check is left
    out. Never raises.
    """
    cleaned = " ".join((text or "").split())
    if not cleaned:
        return Instant(None, ("date_missing",))
    parsed = _parse(cleaned)
    if parsed is None:
        return Instant(None, ("date_unparsable",))
    problems: list[str] = []
    if not _HAS_TIME.search(cleaned) and not _EPOCH.fullmatch(cleaned):
        problems.append("date_no_time")
    if parsed.tzinfo is None:
        problems.append("date_no_zone")
        parsed = parsed.replace(tzinfo=UTC)
    try:
        value = parsed.astimezone(UTC)
    except OverflowError:
        return Instant(None, ("date_implausible",))
    if value < EARLIEST:
        return Instant(None, ("date_implausible",))
    if now is not None and value > now + FUTURE_TOLERANCE:
        return Instant(None, ("date_future",))
    return Instant(value, tuple(problems))


def _parse(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if _RFC822.fullmatch(text):
        try:
            return parsedate_to_datetime(text)
        except (ValueError, TypeError):
            pass
    return _parse_words(text) if len(text) <= 100 else None


def _parse_words(text: str) -> datetime | None:
    # dateutil fills what a text leaves out from a default: a date that follows the default was not in the text.
    results = []
    for default in (datetime(2000, 1, 1), datetime(2001, 2, 2)):  # noqa: DTZ001 - a default, not a time
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UnknownTimezoneWarning)
                results.append(dateutil_parser.parse(text, default=default, tzinfos=_ZONES))
        except (ValueError, OverflowError, TypeError, AttributeError, ArithmeticError):
            return None
    return results[0] if results[0] == results[1] else None
