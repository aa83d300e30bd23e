"""What the JSON interfaces share: reading an answer, building an address, and splitting a time that is too full.

An interface is asked by address alone: what a later page or half a window needs stands in the address of the answer that
leads to it, so that nothing has to be remembered between two answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from w3lib.url import add_or_replace_parameters

from extractors.errors import Permanent
from extractors.records import RawPage, Window
from extractors.sources.guards import refuse_unsafe
from extractors.sources.texts import plain_text

# The days of an interface are its publisher's, in a zone that it does not always state: half a day more at either end.
_ZONES = timedelta(hours=12)
_MESSAGE = 200  # characters of an error message that are kept


def document(page: RawPage) -> dict[str, Any]:
    """The JSON object of an answer, whatever its content type says.

    Raises ``Permanent``: ``feed_is_html`` for an HTML page, ``api_error`` for a message in words, which comes as the
    detail, and ``invalid_json`` for the rest.
    """
    try:
        found = json.loads(page.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _not_json(page, error) from None
    if not isinstance(found, dict):
        raise Permanent("invalid_json", f"JSON, but a {type(found).__name__} in place of an object")
    return found


def _not_json(page: RawPage, error: Exception) -> Permanent:
    try:
        refuse_unsafe(page.body)
    except Permanent as refused:
        return refused if refused.reason == "feed_is_html" else Permanent("invalid_json", refused.detail)
    text = page.body.decode("utf-8", "replace").strip()
    if page.content_type.startswith("text/") and not text.startswith(("{", "[")):
        return Permanent("api_error", said(text))
    return Permanent("invalid_json", f"broken JSON in {len(page.body):,} bytes: {error}"[:_MESSAGE])


def said(text: object) -> str:
    """An interface's own message as one line of at most 200 characters; a cut is marked."""
    line = plain_text(as_text(text), html=True)
    return line if len(line) <= _MESSAGE else f"{line[: _MESSAGE - 1]}…"


def as_list(value: object) -> list[Any]:
    """``value`` where it is a list; an empty one otherwise."""
    return value if isinstance(value, list) else []


def as_dict(value: object) -> dict[str, Any]:
    """``value`` where it is an object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str:
    """``value`` as text. Ids are sometimes numbers; anything else that is no text says nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def as_number(value: object) -> int | None:
    """``value`` where it is a whole number, or writes one."""
    text = as_text(value)
    return int(text) if text.isascii() and text.isdigit() else None


def with_query(url: str, parameters: Mapping[str, object]) -> str:
    """``url`` with these query parameters, in place of those of the same name."""
    return add_or_replace_parameters(url, {name: str(value) for name, value in parameters.items()})


def query_value(url: str, name: str) -> str:
    """The first value of a query parameter, or ``""``."""
    return parse_qs(urlsplit(url).query, keep_blank_values=True).get(name, [""])[0]


def days_of(window: Window) -> tuple[date, date]:
    """The first and last day that an interface which is asked by day has to be asked for."""
    return (window.start - _ZONES).date(), (window.end + _ZONES).date()


def halves(first: date, last: date) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """Two spans of days, the later first, that make up ``first`` to ``last``; ``None`` for one day."""
    if first >= last:
        return None
    middle = first + (last - first) // 2
    return (middle + timedelta(days=1), last), (first, middle)
