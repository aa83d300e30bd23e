"""A batch of documents on its way: triage and fetch, read, extract, load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from extractors.errors import Permanent, StageError
from extractors.events.reading import read_texts
from extractors.ids import article_id, canonical_url, content_hash
from extractors.language.pipeline import load
from extractors.language.topic import triage
from extractors.pages.batch import fetch_all
from extractors.pages.duplicates import near_duplicates
from extractors.pages.policy import PageRequest
from extractors.pages.read import read_page
from extractors.records import Article, FeedEntry, Outcome, Page, RawPage, Reading, Source, Validators
from flows.night import Night
from warehouse import connect, ledger, raw
from warehouse import load as store
from warehouse.ledger import Fetch
from warehouse.load import Finished

BATCH = 200
COPIES_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One document on its way through a batch; ``outcome`` is set as soon as it has ended."""

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
    """Triage by headline, then fetch the pages that deserve it; each page is kept raw, each request logged."""
    works = [_triaged(Work(entry=e), night) for e in entries]
    places = [i for i, w in enumerate(works) if w.outcome is None and _has_page(w.entry, night)]
    with connect.writing(night.paths.db) as con:
        validators = ledger.page_validators(con, [works[i].entry.key for i in places])
    wanted = {_request(works[i].entry, validators, night): i for i in places}
    log = []
    for request, answer in fetch_all(list(wanted)):
        i = wanted[request]
        works[i], line = _fetched(works[i], answer, night)
        log.append(line)
    with connect.writing(night.paths.db) as con:
        ledger.save_fetches(con, night.run_id, log)
    return works


def _request(entry: FeedEntry, validators: dict[str, Validators], night: Night) -> PageRequest:
    source = night.sources[entry.source_id]
    return PageRequest(url=entry.url or "", source=source, validators=validators.get(entry.key, Validators()))


def _has_page(entry: FeedEntry, night: Night) -> bool:
    return bool(entry.url) and night.sources[entry.source_id].depth == "page"


def _triaged(work: Work, night: Night) -> Work:
    entry = work.entry
    source = night.sources.get(entry.source_id)
    if source is None:
        return work.ended("triage", "source_off", "its source is no longer in the sources file")
    if night.since and entry.published and entry.published < night.since:
        return work.ended("triage", "before_since", f"published {entry.published:%Y-%m-%d}")
    if not entry.url and not entry.title:
        return work.ended("triage", "no_link")
    if source.triage or source.depth == "headline":
        verdict = triage(entry.title, entry.summary)
        if not verdict.on_topic:
            return work.ended("triage", "off_topic_headline", verdict.reason)
    return work


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
        fetched=answer.fetched,
        outcome="not_modified" if answer.not_modified else "fetched",
        validators=answer.validators,
    )
    if answer.not_modified:
        return work.ended("fetch", "not_modified"), line
    digest = raw.put(night.paths.raw, answer.body)
    return replace(work, raw=answer, raw_hash=digest), replace(line, raw_hash=digest)


def read(night: Night, works: Sequence[Work]) -> list[Work]:
    """Pages to articles; what has no page becomes an article of headline and summary."""
    return [w if w.outcome else _read(w, night) for w in works]


def _read(work: Work, night: Night) -> Work:
    entry, source = work.entry, night.sources[work.entry.source_id]
    if work.raw is None:
        text = "\n\n".join(filter(None, (entry.title, entry.summary)))
        basis = "summary" if entry.summary else "headline"
        page = Page(
            title=entry.title, authors=entry.authors, published=None, published_basis="none", modified=None, canonical_url=None,
            language=None, publisher=entry.publisher, text=text, text_basis=basis,
        )  # fmt: skip
        return replace(work, page=page, article=_article(entry, source, page, entry.key, None, night))
    try:
        page = read_page(work.raw.body, work.raw.final_url, content_type=work.raw.content_type, now=night.now)
        if page.language not in {None, "en"}:
            raise Permanent("language", f"the text is in {page.language!r}")
    except StageError as error:
        return work.ended("read", error.reason, error.detail)
    return replace(
        work, page=page, article=_article(entry, source, page, _address(page, work.raw), work.raw_hash, night)
    )


def _address(page: Page, answer: RawPage) -> str:
    """The page's own canonical address where it is on the same host, since a copy may name a page elsewhere; otherwise where it was found."""
    found = canonical_url(answer.final_url)
    if page.canonical_url:
        try:
            named = canonical_url(page.canonical_url)
        except ValueError:
            return found
        if named.split("/")[2] == found.split("/")[2] and named.count("/") > 3:
            return named
    return found


def _article(
    entry: FeedEntry, source: Source, page: Page, canonical: str, raw_hash: str | None, night: Night
) -> Article:
    """The article of an entry and its page: the page's own words first, then what the list said."""
    title = page.title or entry.title
    published, basis = (
        (page.published, page.published_basis) if page.published else (entry.published, f"feed:{entry.published_basis}")
    )
    return Article(
        article_id=article_id(canonical),
        content_hash=content_hash(title, page.text),
        source_id=source.id,
        url=entry.url or canonical,
        canonical_url=canonical,
        title=title,
        text=page.text,
        text_basis=page.text_basis,
        authors=page.authors or entry.authors,
        published=published,
        published_basis=basis if published else "none",
        first_seen=night.now,
        language=page.language,
        publisher=page.publisher or entry.publisher or source.publisher,
        raw_hash=raw_hash,
        problems=tuple(dict.fromkeys([*entry.problems, *page.problems])),
    )


def extract(night: Night, works: Sequence[Work]) -> list[Work]:
    """Names and events of what is on topic, near-duplicates marked; every document now has its outcome."""
    with connect.writing(night.paths.db) as con:
        known = store.current_hashes(con, [w.article.article_id for w in works if w.article])
        earlier = store.recent_texts(con, night.now - COPIES_WITHIN)
    fresh = [w for w in works if w.article and known.get(w.article.article_id) != w.article.content_hash]
    marked = _marked_copies(fresh, earlier)
    nlp = load(night.model)
    items = [
        (w.article.title, w.article.text, w.article.published.date() if w.article.published else None) for w in marked
    ]
    done = {
        w.entry.entry_id: _extracted(w, reading, revised=w.article.article_id in known)
        for w, reading in zip(marked, read_texts(nlp, items), strict=True)
    }
    return [
        done.get(w.entry.entry_id) or (w if w.outcome else w.ended("load", "known", "text unchanged")) for w in works
    ]


def _marked_copies(works: Sequence[Work], earlier: Sequence[tuple[str, str]]) -> list[Work]:
    """Articles with ``copy_of`` set where they nearly repeat an earlier one, by publication, then by address."""
    order = sorted(works, key=lambda w: (w.article.published or w.article.first_seen, w.article.canonical_url))
    own = {w.article.article_id for w in works}
    texts = [(i, t) for i, t in earlier if i not in own] + [(w.article.article_id, w.article.text) for w in order]
    copies = near_duplicates(texts)
    return [replace(w, article=replace(w.article, copy_of=copies.get(w.article.article_id))) for w in works]


def _extracted(work: Work, reading: Reading, *, revised: bool) -> Work:
    reason = "loaded"
    if not reading.verdict.on_topic:
        reason = "off_topic"
    elif work.article.text_basis in {"headline", "summary"}:
        reason = "headline_only"
    elif work.article.text_basis == "partial":
        reason = "partial"
    if revised:
        reason = "revised"
    ended = work.ended("load", reason, reading.verdict.reason)
    return replace(ended, finished=Finished(outcome=ended.outcome, article=work.article, reading=reading))


def save(night: Night, works: Sequence[Work]) -> int:
    """Load a batch in one transaction; returns the number of articles stored."""
    rows = [w.finished or Finished(outcome=w.outcome) for w in works]
    with connect.writing(night.paths.db) as con:
        return store.save_readings(con, rows, run_id=night.run_id, versions=night.versions, now=night.now)
