"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from extractors.bylines import split_byline, unique
from extractors.errors import Permanent
from extractors.records import FeedEntry, Source
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import language_code, plain_text


def parse_json_feed(
    body: bytes, source: Source, now: datetime, base_url: str
) -> tuple[tuple[FeedEntry, ...], tuple[str, ...]]:
    """Read a JSON Feed into entries and problem codes; ``now`` (aware) is the clock.

    An item that is no JSON object makes the list ``list_malformed``. Raises ``Permanent("not_a_feed")``.
    """
    feed = _document(body)
    listed = feed["items"]
    found = [value for value in listed if isinstance(value, dict)]
    problems = [] if listed else ["list_empty"]
    if len(found) < len(listed):
        problems.append("list_malformed")
    language = language_code(_string(feed.get("language")))
    return build_entries((_item(value, language) for value in found), source, now, base_url), tuple(problems)


def _document(body: bytes) -> dict[str, Any]:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Permanent("not_a_feed", "the answer is neither XML nor valid JSON") from None
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in _string(feed.get("version")):
        raise Permanent("not_a_feed", "JSON, but no JSON Feed")
    if not isinstance(feed.get("items"), list):
        raise Permanent("not_a_feed", "a JSON Feed without a list of items")
    return feed


def _item(value: dict[str, Any], language: str | None) -> Item:
    summary = plain_text(_string(value.get("summary")) or _string(value.get("content_text")), html=False)
    published = _string(value.get("date_published"))
    return Item(
        title=plain_text(_string(value.get("title")), html=False),
        link=_string(value.get("url")) or _string(value.get("external_url")) or None,
        guid=_string(value.get("id")) or None,
        summary=summary or plain_text(_string(value.get("content_html")), html=True),
        stamp=published or _string(value.get("date_modified")),
        stamp_basis="feed" if published else "feed-updated",
        authors=_authors(value),
        keywords=unique(plain_text(_string(tag), html=False) for tag in _list(value.get("tags"))),
        language=language_code(_string(value.get("language"))) or language,
    )


def _authors(value: dict[str, Any]) -> tuple[str, ...]:
    people = [p for p in (*_list(value.get("authors")), value.get("author")) if isinstance(p, dict)]
    return unique(name for person in people for name in split_byline(_string(person.get("name"))))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: object) -> str:
    # Ids are sometimes numbers; anything else that is no text says nothing.
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
