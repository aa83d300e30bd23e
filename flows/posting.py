"""Posts take a way of their own: read like texts, stored apart from the reports."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.events.reading import read_texts
from extractors.language.pipeline import load
from extractors.records import FeedEntry
from flows.night import Night
from warehouse import connect, posts
from warehouse.posts import ReadPost


def apart(night: Night, entries: Sequence[FeedEntry]) -> tuple[list[FeedEntry], list[FeedEntry]]:
    """The reports and the posts among ``entries``, each in order."""
    kinds = {entry.entry_id: night.sources[entry.source_id].kind for entry in entries}
    reports = [entry for entry in entries if kinds[entry.entry_id] != "post"]
    return reports, [entry for entry in entries if kinds[entry.entry_id] == "post"]


def read_posts(night: Night, entries: Sequence[FeedEntry]) -> int:
    """Read and store a batch of posts in one transaction; returns their number."""
    # Who posts says nothing of what is said: the title that names the account is left out of the reading.
    texts = [entry.text or "\n\n".join(filter(None, (entry.title, entry.summary))) for entry in entries]
    items = [("", t, e.published.date() if e.published else None) for e, t in zip(entries, texts, strict=True)]
    readings = list(read_texts(load(night.model), items, read_on=night.now.date()))
    batch = [ReadPost(entry=e, text=t, reading=r) for e, t, r in zip(entries, texts, readings, strict=True)]
    with connect.writing(night.paths.db) as con:
        return posts.save_posts(con, batch, run_id=night.run_id, versions=night.versions, now=night.now)
