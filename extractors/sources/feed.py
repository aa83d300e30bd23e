"""RSS 0.9 to 2.0, RDF, Atom and JSON Feed, with the rules that Google News's feeds need."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser

from extractors.bylines import split_byline, unique
from extractors.errors import Permanent
from extractors.records import FeedEntry, Source
from extractors.sources.entries import Item, build_entries
from extractors.sources.guards import MAX_BYTES, refuse_oversized, refuse_unsafe
from extractors.sources.jsonfeed import parse_json_feed
from extractors.sources.texts import language_code, plain_text

# Oddities that cost no entry: the content type or the declared encoding is wrong, and feedparser found the right one.
_HARMLESS = (feedparser.NonXMLContentType,)
_CHARSET = (feedparser.CharacterEncodingOverride, feedparser.CharacterEncodingUnknown)


def parse_feed(
    body: bytes, content_type: str, source: Source, now: datetime, base_url: str | None = None
) -> tuple[tuple[FeedEntry, ...], tuple[str, ...]]:
    """Read a feed's ``body`` (bytes as served, uncompressed) into entries and the problem codes of the feed as a whole.

    ``content_type`` is the HTTP header (it names the character set); relative links are resolved against ``base_url``
    (by default the source's own address); ``now`` (aware) is the clock. Raises ``Permanent`` with ``too_large``,
    ``feed_is_html``, ``unsafe_xml`` or ``not_a_feed``.
    """
    base_url = base_url or source.url
    refuse_oversized(body, MAX_BYTES)
    refuse_unsafe(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_json_feed(body, source, now, base_url)
    # A stream, never bytes or text: those feedparser would try as the name of a file or an address.
    headers = {"content-type": content_type or "application/xml", "content-location": base_url}
    try:
        feed = feedparser.parse(io.BytesIO(body), response_headers=headers)
    except Exception as error:  # its loose parser can fail in many ways on wild input
        raise Permanent("not_a_feed", f"the feed could not be parsed ({type(error).__name__})") from None
    if not feed.get("version"):
        raise Permanent("not_a_feed", "neither RSS, RDF, Atom nor JSON Feed")
    language = language_code(feed.feed.get("language"))
    item = _google_item if is_google_news(base_url) else _item
    return build_entries((item(entry, language) for entry in feed.entries), source, now, base_url), _problems(feed)


def is_google_news(url: str) -> bool:
    """Whether ``url`` is one of Google News's feeds: its links are opaque and its titles end with the publisher."""
    return urlsplit(url).hostname == "news.google.com"


def _item(entry: Mapping[str, Any], language: str | None) -> Item:
    stamp, basis = _date(entry)
    return Item(
        title=_text(entry, "title"),
        link=entry.get("link"),
        guid=entry.get("id") or None,
        summary=_text(entry, "summary") or _content(entry),
        stamp=stamp,
        stamp_basis=basis,
        publisher=_publisher(entry),
        authors=_authors(entry),
        keywords=unique(plain_text(tag.get("term") or "", html=False) for tag in entry.get("tags") or ()),
        language=language,
    )


def _google_item(entry: Mapping[str, Any], language: str | None) -> Item:
    stamp, basis = _date(entry)
    title, publisher = _text(entry, "title"), _publisher(entry)
    return Item(
        title=title.removesuffix(f" - {publisher}").strip() if publisher else title,
        # The token in the path is the story's id at Google; the query only says how the reader came to it.
        link=(entry.get("link") or "").split("?")[0] or None,
        guid=entry.get("id") or None,
        # The description only lists headlines again, other publishers' among them.
        summary="",
        stamp=stamp,
        stamp_basis=basis,
        publisher=publisher,
        language=language,
    )


def _publisher(entry: Mapping[str, Any]) -> str | None:
    return plain_text((entry.get("source") or {}).get("title") or "", html=False) or None


def _text(entry: Mapping[str, Any], name: str) -> str:
    detail = entry.get(f"{name}_detail") or {}
    return plain_text(entry.get(name) or "", html="html" in (detail.get("type") or ""))


def _content(entry: Mapping[str, Any]) -> str:
    parts = entry.get("content") or ()
    return " ".join(plain_text(part.get("value") or "", html="html" in (part.get("type") or "")) for part in parts)


def _date(entry: Mapping[str, Any]) -> tuple[str | None, str]:
    for name, basis in (("published", "feed"), ("updated", "feed-updated"), ("created", "feed")):
        # Its keys, not ``in``: feedparser's mapping answers some names with the value of another.
        if name in list(entry.keys()) and entry[name]:
            return str(entry[name]), basis
    return None, "none"


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = [author.get("name") or "" for author in entry.get("authors") or ()] or [entry.get("author") or ""]
    return unique(name for text in names for name in split_byline(plain_text(text, html=False)))


def _problems(feed: Mapping[str, Any]) -> tuple[str, ...]:
    problems = [] if feed["entries"] else ["list_empty"]
    error = feed.get("bozo_exception")
    if isinstance(error, _CHARSET):
        problems.append("charset_wrong")
    elif error is not None and not isinstance(error, _HARMLESS):
        problems.append("list_malformed")
    return tuple(problems)
