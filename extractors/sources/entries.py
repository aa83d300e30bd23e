"""From what one item of a list says to a ``FeedEntry``: its key, its date, its problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from extractors.ids import bytes_hash, canonical_url, make_id
from extractors.instants import read_instant
from extractors.records import FeedEntry, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as its format gives it, texts already plain; ``stamp`` is the date as written."""

    title: str
    link: str | None
    guid: str | None = None
    summary: str = ""
    stamp: str | None = None
    stamp_basis: str = "none"
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    text: str = ""


def build_entries(items: Iterable[Item], source: Source, now: datetime, base_url: str) -> tuple[FeedEntry, ...]:
    """One entry an item, in order. None is dropped: a later one with a known key is marked ``duplicate_link``.

    An id that several items bear identifies none of them, so it is not used as a key.
    """
    listed = list(items)
    shared = {guid for guid, n in Counter(item.guid for item in listed).items() if guid and n > 1}
    seen: set[str] = set()
    entries = []
    for item in listed:
        entry = _entry(item, source, now, base_url, item.guid in shared)
        if entry.key in seen:
            entry = replace(entry, problems=(*entry.problems, "duplicate_link"))
        seen.add(entry.key)
        entries.append(entry)
    return tuple(entries)


def usable_link(link: str | None, base_url: str) -> tuple[str | None, str | None]:
    """``link`` made absolute against ``base_url``, and ``None``; or ``None`` and the problem code that says why not.

    A link to a site's root is no page of an article, and could not tell two entries apart.
    """
    if not link or not link.strip():
        return None, "link_missing"
    try:
        absolute = urljoin(base_url, link.strip())
        canonical_url(absolute)
        parts = urlsplit(absolute)
    except ValueError:
        return None, "link_unusable"
    if parts.path in {"", "/"} and not parts.query:
        return None, "link_unusable"
    return absolute, None


def _entry(item: Item, source: Source, now: datetime, base_url: str, guid_shared: bool) -> FeedEntry:
    url, link_problem = usable_link(item.link, base_url)
    instant = read_instant(item.stamp, now)
    problems = (
        link_problem,
        "guid_shared" if guid_shared else None,
        None if item.title else "title_missing",
        *instant.problems,
    )
    key = _key(source.id, url, None if guid_shared else item.guid, item)
    return FeedEntry(
        entry_id=make_id("entry", source.id, key),
        source_id=source.id,
        key=key,
        url=url,
        title=item.title,
        summary=item.summary,
        published=instant.value,
        published_basis=item.stamp_basis if instant.value else "none",
        publisher=item.publisher or source.publisher,
        authors=item.authors,
        keywords=item.keywords,
        language=item.language,
        text=item.text,
        problems=tuple(problem for problem in problems if problem),
    )


def _key(source_id: str, url: str | None, guid: str | None, item: Item) -> str:
    """The canonical URL; else ``source_id:guid``; else ``source_id:`` and a hash of what the item says."""
    if url:
        return canonical_url(url)
    said = "\n".join((item.title, item.summary, item.text, item.link or "")).encode("utf-8", "surrogatepass")
    return f"{source_id}:{guid or bytes_hash(said)[:32]}"
