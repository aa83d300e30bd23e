"""Dates as news text gives them, resolved against the publication date, each with its precision and basis.

Nothing is guessed: an impossible date (31 February) is no date, and an expression that only limits an event ("by 2030",
"effective 1 December") is not taken for its date. ``basis`` says how a date was resolved: ``stated`` (day, month or year in
the text), ``weekday``, ``relative``. All dates are calendar dates in the publication's own reckoning.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

MONTHS = {
    name: i + 1
    for i, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ]
    )
    for name in names.split()
}
WEEKDAYS = {d: i for i, d in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
NUMBERS = {
    w: i + 1
    for i, w in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"a": 1, "an": 1, "several": 0, "few": 0}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an)"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("iso", re.compile(r"\b(?P<y>20\d\d|19\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b")),
    ("mdy", re.compile(rf"\b(?P<month>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:-\d{{1,2}}|–\d{{1,2}})?(?:,? (?P<y>(?:19|20)\d\d))?\b(?!\s*(?:percent|per cent|%|billion|million))")),
    ("dmy", re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})(?:,? (?P<y>(?:19|20)\d\d))?\b")),
    ("my", re.compile(rf"\b(?:(?:early|mid|late|beginning of|end of)[ -])?(?:(?:last|this|next) )?(?P<month>{_MONTH})(?: of)?,? (?P<y>(?:19|20)\d\d)\b")),
    ("quarter", re.compile(r"\b(?:(?P<q>first|second|third|fourth)[ -]quarter|Q(?P<n>[1-4]))(?:(?: of|,)? (?P<y>(?:19|20)\d\d))?\b", re.I)),
    ("ago", re.compile(rf"\b(?:(?:about|nearly|almost|around|just|roughly|over|more than) )?(?P<n>{_COUNT}) (?P<unit>day|week|month|year)s? (?:ago|earlier|before|prior)\b", re.I)),
    ("rel", re.compile(r"\b(?:(?:earlier|later|late|early|sometime|previously|this time) )?(?P<rel>last|this|next|the previous|the prior|previous|the following|the same) (?P<unit>day|week|weekend|month|quarter|year|decade)\b", re.I)),
    ("weekday", re.compile(rf"\b(?:(?P<rel>last|this|next|the previous|the following) )?(?P<day>{_DAY})\b")),
    ("word", re.compile(r"\b(?P<word>today|yesterday|tomorrow|tonight|overnight|this morning|this afternoon|this evening|the day before)\b", re.I)),
    ("relmonth", re.compile(rf"\b(?P<rel>last|this|next|in|In|since|Since|early|late|mid|during|from) ?-?(?P<month>{_MONTH})\b(?! \d)")),
    ("year", re.compile(r"\b(?:(?:in|since|In|Since|during|of|early|late|mid|summer|fall|spring|autumn|winter|back in)[ -])(?P<y>(?:19[89]|20[0-3])\d)\b(?!-)")),
)  # fmt: skip
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LIMITS = re.compile(
    r"(?:\b(?:by|until|till|through|effective|effective from|effective on|as of|take effect on|takes effect on|into effect on|come into force on|"
    r"expires? on|expire in|expires in|ending|deadline of|before|by the end of|starting|starting on|beginning|beginning on|begin on|from|ended|ending in|to) (?:the )?)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class DateExpression:
    """One expression, code points into the text given. ``limit`` marks one that bounds rather than dates."""

    start: int
    end: int
    date: str
    precision: str
    basis: str
    limit: bool


def find_dates(text: str, published: dt.date | None) -> list[DateExpression]:
    """Every date expression of ``text`` that can be resolved against ``published``, without overlaps, in order.

    Without a publication date, only expressions that name their year are resolved.
    """
    taken: set[int] = set()
    found = []
    reference = published or dt.date.max
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not taken.isdisjoint(range(match.start(), match.end())):
                continue
            if published is None and not _YEAR.search(match[0]):
                continue
            resolved = _RESOLVERS[kind](match, reference)
            taken.update(range(match.start(), match.end()))
            if resolved:
                date, precision, basis = resolved
                limit = bool(_LIMITS.search(text[max(0, match.start() - 30) : match.start()]))
                found.append(DateExpression(match.start(), match.end(), date.isoformat(), precision, basis, limit))
    return sorted(found, key=lambda e: e.start)


Resolved = tuple[dt.date, str, str] | None


def _make(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _full(match: re.Match[str], published: dt.date) -> Resolved:
    month = int(match["m"]) if "m" in match.re.groupindex else MONTHS[match["month"].rstrip(".").lower()]
    if match["y"]:
        date = _make(int(match["y"]), month, int(match["d"]))
        return (date, "day", "stated") if date else None
    # No year: news is about the recent past, and about the future only where that is near.
    options = [d for y in (-1, 0, 1) if (d := _make(published.year + y, month, int(match["d"])))]
    if not options:
        return None
    return (
        min(options, key=lambda d: (d - published).days * 5 if d > published else (published - d).days),
        "day",
        "stated",
    )


def _month_year(match: re.Match[str], published: dt.date) -> Resolved:
    return dt.date(int(match["y"]), MONTHS[match["month"].rstrip(".").lower()], 1), "month", "stated"


def _bare_month(match: re.Match[str], published: dt.date) -> Resolved:
    month, rel = MONTHS[match["month"].rstrip(".").lower()], match["rel"].lower()
    if match["month"] == "May" and rel not in {
        "in",
        "last",
        "since",
        "early",
        "late",
        "mid",
        "next",
        "this",
        "during",
        "from",
    }:
        return None
    year = published.year
    if rel == "next":
        year += month <= published.month
    elif month > published.month or (rel == "last" and month == published.month):
        year -= 1
    return dt.date(year, month, 1), "month", "stated"


def _quarter(match: re.Match[str], published: dt.date) -> Resolved:
    quarter = _QUARTERS[(match["q"] or match["n"]).lower()]
    year = int(match["y"]) if match["y"] else published.year
    date = dt.date(year, 3 * quarter - 2, 1)
    if not match["y"] and date > published:
        date = date.replace(year=year - 1)
    return date, "quarter", "stated"


def _ago(match: re.Match[str], published: dt.date) -> Resolved:
    word, unit = match["n"].lower(), match["unit"].lower()
    count = int(word) if word.isdigit() else NUMBERS[word]
    if re.search(r"earlier|before|prior", match[0], re.I) and unit != "day":
        return None  # counts from another event, not from the publication
    date = published - relativedelta(**{f"{unit}s": count})
    return _cut(date, unit), {"day": "day", "week": "week", "month": "month", "year": "year"}[unit], "relative"


def _relative(match: re.Match[str], published: dt.date) -> Resolved:
    rel, unit = match["rel"].lower().removeprefix("the "), match["unit"].lower()
    if rel in {"same", "following"} or unit == "decade":
        return None
    step = {"last": -1, "previous": -1, "prior": -1, "this": 0, "next": 1}[rel]
    if unit == "weekend":
        saturday = (
            published - dt.timedelta(days=(published.weekday() - 5) % 7) + dt.timedelta(weeks=step if step > 0 else 0)
        )
        return saturday, "week", "relative"
    if unit == "quarter":
        date = _cut(published + relativedelta(months=3 * step), "quarter")
        return date, "quarter", "relative"
    if unit == "day":
        return published + dt.timedelta(days=step), "day", "relative"
    return _cut(published + relativedelta(**{f"{unit}s": step}), unit), unit, "relative"


def _cut(date: dt.date, unit: str) -> dt.date:
    if unit == "week":
        return date - dt.timedelta(days=date.weekday())
    if unit == "month":
        return date.replace(day=1)
    if unit == "quarter":
        return date.replace(month=3 * ((date.month - 1) // 3) + 1, day=1)
    return date.replace(month=1, day=1) if unit == "year" else date


def _weekday(match: re.Match[str], published: dt.date) -> Resolved:
    back = (published.weekday() - WEEKDAYS[match["day"].lower()]) % 7
    rel = (match["rel"] or "").lower().removeprefix("the ")
    if rel in {"next", "following"}:
        return published + dt.timedelta(days=7 - back), "day", "weekday"
    if rel in {"last", "previous"} and back == 0:
        back = 7
    return published - dt.timedelta(days=back), "day", "weekday"


def _word(match: re.Match[str], published: dt.date) -> Resolved:
    word = match["word"].lower()
    if word == "the day before":
        return None
    days = {"yesterday": -1, "overnight": 0, "tomorrow": 1}.get(word, 0)
    return published + dt.timedelta(days=days), "day", "relative"


def _year(match: re.Match[str], published: dt.date) -> Resolved:
    year = int(match["y"])
    return (dt.date(year, 1, 1), "year", "stated") if year <= published.year + 5 else None


_RESOLVERS = {
    "iso": _full,
    "mdy": _full,
    "dmy": _full,
    "my": _month_year,
    "quarter": _quarter,
    "ago": _ago,
    "rel": _relative,
    "weekday": _weekday,
    "word": _word,
    "relmonth": _bare_month,
    "year": _year,
}


def datelines(text: str) -> Iterator[re.Match[str]]:
    """Datelines at the head of paragraphs ("WASHINGTON, Oct 7 (Reuters) -"): their date is the report's, not an event's."""
    return re.finditer(r"(?m)^[A-Z][A-Z .,’'/-]{2,40},? (?:\w+\.? \d{1,2} )?(?:\([^)\n]{2,40}\) )?[-–—]{1,2} ", text)
