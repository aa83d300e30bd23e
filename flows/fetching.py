"""The pages of a batch of documents are fetched, kept as they came, and logged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.errors import Permanent, StageError
from extractors.pages.batch import fetch_all
from extractors.pages.policy import PageRequest, headlines_only
from extractors.pages.readers import shared_readers
from extractors.records import Article, FeedEntry, Outcome, Page, RawPage, Validators
from flows.night import Night
from flows.walking import UNCONDITIONAL_AFTER
from warehouse import connect, ledger, raw
from warehouse.ledger import Fetch
from warehouse.load import Finished

# A run that is killed while it fetches loses so much of its log; the next run asks for those pages again.
LOG_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One document on its way through a batch; ``outcome`` is set as soon as it has ended.

    The body of ``raw`` is empty where ``raw_hash`` says where it is stored.
    """

    entry: FeedEntry
    raw: RawPage | None = None
    raw_hash: str | None = None
    page: Page | None = None
    article: Article | None = None
    outcome: Outcome | None = None
    finished: Finished | None = None

    def ended(self, stage: str, reason: str, detail: str = "") -> Work:
        outcome = Outcome(key=self.entry.key, source_id=self.entry.source_id, stage=stage, reason=reason, detail=detail)
        return replace(self, outcome=outcome)


def fetch(night: Night, entries: Sequence[FeedEntry]) -> list[Work]:
    """Fetch the pages of those documents that have one to fetch; each page is kept raw, each request logged.

    A page that an earlier run fetched and, being stopped, did not read is not asked for again. The processes that will
    read the pages start meanwhile.
    """
    shared_readers().start()
    works = [Work(entry=e) for e in entries]
    places = [i for i, w in enumerate(works) if _has_page(w.entry, night)]
    with connect.writing(night.paths.db) as con:
        unread = ledger.unread_pages(con, [works[i].entry for i in places])
        validators = ledger.page_validators(con, [works[i].entry.key for i in places], night.now - UNCONDITIONAL_AFTER)
    log = []
    for i in places:
        line = unread.get((works[i].entry.source_id, works[i].entry.key))
        page = _stored_page(line, night) if line else None
        if page:
            works[i] = replace(works[i], raw=page, raw_hash=line.raw_hash)
            log.append(line)
    wanted = {_request(works[i].entry, validators, night): i for i in places if works[i].raw is None}
    logged = time.monotonic()
    for request, answer in fetch_all(list(wanted)):
        i = wanted[request]
        works[i], line = _fetched(works[i], answer, night)
        log.append(line)
        if time.monotonic() - logged > LOG_SECONDS:
            _save_log(log, night)
            log, logged = [], time.monotonic()
    _save_log(log, night)
    return works


def _save_log(log: Sequence[Fetch], night: Night) -> None:
    with connect.writing(night.paths.db) as con:
        ledger.save_fetches(con, night.run_id, log)


def _stored_page(line: Fetch, night: Night) -> RawPage | None:
    """The page that an earlier run fetched, its body left in the store; nothing where that is missing or damaged."""
    try:
        raw.get(night.paths.raw, line.raw_hash or "")
    except Permanent:
        return None
    return RawPage(
        url=line.url,
        final_url=line.final_url or line.url,
        status=line.status or 200,
        fetched=line.fetched,
        body=b"",
        content_type=line.content_type or "",
        validators=line.validators,
    )


def _request(entry: FeedEntry, validators: dict[str, Validators], night: Night) -> PageRequest:
    source = night.sources[entry.source_id]
    return PageRequest(url=entry.url or "", source=source, validators=validators.get(entry.key, Validators()))


def _has_page(entry: FeedEntry, night: Night) -> bool:
    """Whether there is a page to ask for: not where the list carries the text, nor where it is known to be refused."""
    wanted = night.sources[entry.source_id].depth == "page" and not entry.text
    return wanted and bool(entry.url) and not headlines_only(entry.url or "")


def _fetched(work: Work, answer: RawPage | StageError, night: Night) -> tuple[Work, Fetch]:
    entry = work.entry
    if isinstance(answer, StageError):
        line = Fetch(
            source_id=entry.source_id,
            key=entry.key,
            url=entry.url or "",
            fetched=night.now,
            outcome=answer.reason,
            detail=answer.detail,
        )
        return work.ended("fetch", answer.reason, answer.detail), line
    line = Fetch(
        source_id=entry.source_id,
        key=entry.key,
        url=answer.url,
        final_url=answer.final_url,
        status=answer.status,
        content_type=answer.content_type,
        fetched=answer.fetched,
        outcome="not_modified" if answer.not_modified else "fetched",
        validators=answer.validators,
    )
    if answer.not_modified:
        return work.ended("fetch", "not_modified"), line
    digest = raw.put(night.paths.raw, answer.body)
    # The body lies in the store: a batch of them would fill the memory.
    return replace(work, raw=replace(answer, body=b""), raw_hash=digest), replace(line, raw_hash=digest)
