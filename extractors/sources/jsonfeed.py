"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from extractors.bylines import split_byline, unique
from extractors.errors import Permanent
from extractors.records import FeedEntry, Source
from extractors.sources.api import as_list, as_text
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
    language = language_code(as_text(feed.get("language")))
    return build_entries((_item(value, language) for value in found), source, now, base_url), tuple(problems)


def _document(body: bytes) -> dict[str, Any]:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Permanent("not_a_feed", "the answer is neither XML nor valid JSON") from None
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in as_text(feed.get("version")):
        raise Permanent("not_a_feed", "JSON, but no JSON Feed")
    if not isinstance(feed.get("items"), list):
        raise Permanent("not_a_feed", "a JSON Feed without a list of items")
    return feed


def _item(value: dict[str, Any], language: str | None) -> Item:
    summary = plain_text(as_text(value.get("summary")) or as_text(value.get("content_text")), html=False)
    published = as_text(value.get("date_published"))
    return Item(
        title=plain_text(as_text(value.get("title")), html=False),
        link=as_text(value.get("url")) or as_text(value.get("external_url")) or None,
        guid=as_text(value.get("id")) or None,
        summary=summary or plain_text(as_text(value.get("content_html")), html=True),
        stamp=published or as_text(value.get("date_modified")),
        stamp_basis="feed" if published else "feed-updated",
        authors=_authors(value),
        keywords=unique(plain_text(as_text(tag), html=False) for tag in as_list(value.get("tags"))),
        language=language_code(as_text(value.get("language"))) or language,
    )


def _authors(value: dict[str, Any]) -> tuple[str, ...]:
    people = [p for p in (*as_list(value.get("authors")), value.get("author")) if isinstance(p, dict)]
    return unique(name for person in people for name in split_byline(as_text(person.get("name"))))
