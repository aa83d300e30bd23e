"""One WARC file, read from its first record to its last: what a worker does, on this machine or another.

Each test is dearer than the one before and sees fewer pages: the record's headers, the page's bytes, a quick reading and its
verdict, then the whole reading. Every record is counted by the reason for which it ended.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import urlsplit

from extractors.errors import Permanent, StageError
from extractors.events.reading import read_texts
from extractors.ids import bytes_hash, make_id
from extractors.language.pipeline import load
from extractors.language.screen import screen
from extractors.language.topic import judge
from extractors.pages.quick import quick_text
from extractors.records import FeedEntry, RawPage, Source, Versions
from extractors.sources.warc import NoPage, WarcPage, pages
from flows import documents
from flows.backfill.inputs import opened
from flows.backfill.limits import limited
from flows.backfill.parts_folder import Manifest, PartsFolder
from flows.fetching import Work
from flows.night import Night
from flows.settings import Paths
from warehouse.load import Finished
from warehouse.parts import Capture, write_parts

PAGE_SECONDS = 60.0
# A quick reading takes menus for text now and then, and drops paragraphs: only a page well below the bar is passed over.
QUICK_THRESHOLD = 0.1
SOURCE = Source(id="warc", name="WARC files", protocol="warc", url="https://data.commoncrawl.org/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to read: where it lies, and where its parts go."""

    file_id: str
    path: str
    fingerprint: str
    parts: str
    versions: Versions
    model: str | None = None
    source: Source = SOURCE


def file_id(path: str) -> str:
    """The id of the WARC file at a path or address."""
    return make_id("warc", path)


def read_file(job: Job) -> Manifest:
    """Read one file, store its parts and then its manifest, which is returned. Doing so twice changes nothing.

    Raises ``StageError`` or ``OSError`` where the file can't be had or is no WARC file from its first record on.
    """
    began = time.process_time()
    tally = _Tally()
    with opened(job.path, job.source) as stream, TemporaryDirectory(prefix="rivalry-") as folder:
        captures = list(_captures(stream, job, tally))
        written = write_parts(captures, job.versions, Path(folder))
        store = PartsFolder(job.parts)
        parts = {name: store.put(job.file_id, name, part) for name, part in written.items()}
    manifest = Manifest(
        file_id=job.file_id,
        path=job.path,
        fingerprint=job.fingerprint,
        versions=job.versions,
        counts=dict(sorted(tally.counts.items())),
        bytes=tally.bytes,
        seconds=round(time.process_time() - began, 3),
        problem=tally.problem,
        parts=parts,
    )
    store.finish(manifest)
    return manifest


class _Tally:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.bytes = 0
        self.problem: str | None = None


def _captures(stream: BinaryIO, job: Job, tally: _Tally) -> Iterator[Capture]:
    """The pages on topic by their quick reading, read in full; all the others are only counted."""
    for page in _wanted(stream, tally):
        finished = _read(page, job)
        tally.counts[finished.outcome.reason] += 1
        yield Capture(
            file_id=job.file_id,
            place=job.path,
            record_id=page.record_id,
            offset=page.offset,
            captured=page.captured,
            bytes_hash=bytes_hash(page.body),
            finished=finished,
        )


def _wanted(stream: BinaryIO, tally: _Tally) -> Iterator[WarcPage]:
    try:
        for record in pages(stream):
            reason = record.reason if isinstance(record, NoPage) else _passed_over(record)
            tally.bytes += 0 if isinstance(record, NoPage) else len(record.body)
            if reason:
                tally.counts[reason] += 1
            elif isinstance(record, WarcPage):
                yield record
    except Permanent as error:
        if not tally.counts:
            raise
        tally.problem = f"after {sum(tally.counts.values()):,} records: {error.detail}"


def _passed_over(page: WarcPage) -> str | None:
    """The reason for which a page is not read in full, or nothing where it is."""
    if reason := screen(page.body):
        return reason
    try:
        with limited(PAGE_SECONDS):
            title, text = quick_text(page.body, page.content_type)
    except StageError as error:
        return error.reason
    return None if judge(f"{title}\n\n{text}").relevance >= QUICK_THRESHOLD else "off_topic_quick"


def _read(page: WarcPage, job: Job) -> Finished:
    """A page as a night reads it, as of the day of its capture.

    Pages are read one by one: what the network finds in a text depends a little on the others of its batch, and a file that is read
    again, on its own or after others, must give the same rows.
    """
    work = _work(page, job)
    article = work.article
    if article is None:
        return Finished(outcome=work.outcome)
    item = (article.title, article.text, article.published.date() if article.published else None)
    (reading,) = read_texts(load(job.model), [item], read_on=page.captured.date())
    return documents.extracted(work, reading, revised=False).finished


def _work(page: WarcPage, job: Job) -> Work:
    """A page read into an article, by the clock of its capture. A publisher that it does not name is its site."""
    site = (urlsplit(page.url).hostname or "").removeprefix("www.")
    entry = FeedEntry(
        entry_id=make_id("entry", job.source.id, page.key),
        source_id=job.source.id,
        key=page.key,
        url=page.url,
        title="",
        publisher=site,
    )
    answer = RawPage(
        url=page.url,
        final_url=page.url,
        status=200,
        fetched=page.captured,
        body=page.body,
        content_type=page.content_type,
    )
    night = Night(
        run_id="",
        now=page.captured,
        paths=Paths(Path("none")),
        sources={job.source.id: job.source},
        versions=job.versions,
        model=job.model,
    )
    work = Work(entry=entry, raw=answer)
    try:
        with limited(PAGE_SECONDS):
            return documents.read_here(night, work)
    except StageError as error:
        return work.ended("read", error.reason, error.detail)
