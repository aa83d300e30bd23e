"""The newsroom's articles and publishers, as they are on a given day."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """An invented publisher; ``template`` is how its pages carry their metadata."""

    slug: str
    name: str
    kind: str
    tagline: str
    channel: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as it stands; ``path`` is its address on the site."""

    id: str
    publisher: Publisher
    case: str
    path: str
    section: str
    title: str
    deck: str
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    paragraphs: tuple[str, ...]
    copy_of: str | None = None


def load_publishers() -> dict[str, Publisher]:
    """Publishers by slug."""
    rows = tomllib.loads((HERE / "publishers.toml").read_text(encoding="utf-8"))["publisher"]
    return {row["slug"]: Publisher(**row) for row in rows}


def load_stories(as_of: datetime) -> list[Story]:
    """What stands on the sites at ``as_of`` (aware), newest first: later stories are absent, a later correction not yet made."""
    publishers = load_publishers()
    rows = [tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((HERE / "articles").glob("*.toml"))]
    stories = [_story(row, publishers, as_of) for row in rows]
    there = [s for s in stories if s.published is None or s.published <= as_of]
    oldest = min(s.published for s in stories if s.published)
    return sorted(there, key=lambda s: (s.published or oldest, s.id), reverse=True)


def _story(row: dict[str, Any], publishers: dict[str, Publisher], as_of: datetime) -> Story:
    correction = row.get("correction")
    if correction and correction["updated"] <= as_of:
        row = row | correction
    publisher = publishers[row["publisher"]]
    return Story(
        id=row["id"],
        publisher=publisher,
        case=row["case"],
        path=f"/{publisher.slug}{row.get('path') or '/' + row['section'] + '/' + row['id']}.html",
        section=row["section"],
        title=row["title"],
        deck=row["deck"],
        authors=tuple(row["authors"]),
        published=row.get("published"),
        updated=row.get("updated"),
        paragraphs=tuple(row["paragraphs"]),
        copy_of=row.get("copy_of"),
    )


def last_day() -> datetime:
    """When everything stands: the latest publication or correction."""
    rows = [tomllib.loads(p.read_text(encoding="utf-8")) for p in (HERE / "articles").glob("*.toml")]
    return max(d for row in rows for d in (row.get("published"), row.get("correction", {}).get("updated")) if d)


def of_publisher(stories: Sequence[Story], slug: str) -> list[Story]:
    """The stories that one publisher's channel announces, newest first."""
    return [s for s in stories if s.publisher.slug == slug]
