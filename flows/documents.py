"""A batch of fetched documents on its way: read, extract, load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from extractors.errors import Permanent, StageError
from extractors.events.reading import read_texts
from extractors.ids import article_id, canonical_url, content_hash
from extractors.language.pipeline import load
from extractors.pages.duplicates import near_duplicates
from extractors.pages.read import read_page
from extractors.pages.readers import shared_readers
from extractors.records import Article, FeedEntry, Page, RawPage, Reading, Source
from flows.fetching import Work
from flows.night import Night
from warehouse import connect, raw
from warehouse import load as store
from warehouse.load import Finished

BATCH = 200
COPIES_WITHIN = timedelta(days=14)


def read(night: Night, works: Sequence[Work]) -> list[Work]:
    """Pages to articles, in processes of their own; what has no page becomes an article of headline and summary.

    The pages are taken from where they were kept, one by one, so that a batch of large ones doesn't fill the memory.
    """
    fetched = [w for w in works if w.raw and not w.outcome]
    answers = shared_readers().read_all((_kept(w, night) for w in fetched), night.now)
    pages = {w.entry.entry_id: answer for w, answer in zip(fetched, answers, strict=True)}
    return [w if w.outcome else _read(w, pages.get(w.entry.entry_id) or _listed(w), night) for w in works]


def read_here(night: Night, work: Work) -> Work:
    """A fetched page to its article, in this process and without a limit: for programs that set one themselves."""
    try:
        page = read_page(work.raw.body, work.raw.final_url, content_type=work.raw.content_type, now=night.now)
    except StageError as error:
        return _read(work, error, night)
    return _read(work, page, night)


def _kept(work: Work, night: Night) -> RawPage | StageError:
    if not work.raw_hash:
        return work.raw
    try:
        return replace(work.raw, body=raw.get(night.paths.raw, work.raw_hash))
    except Permanent as error:
        return error


def _listed(work: Work) -> Page:
    """What the list says of a document that has no page to read."""
    entry = work.entry
    text = entry.text or "\n\n".join(filter(None, (entry.title, entry.summary)))
    basis = "api" if entry.text else "summary" if entry.summary else "headline"
    return Page(
        title=entry.title, authors=entry.authors, published=None, published_basis="none", modified=None, canonical_url=None,
        language=entry.language, publisher=entry.publisher, text=text, text_basis=basis,
    )  # fmt: skip


def _read(work: Work, page: Page | StageError, night: Night) -> Work:
    entry, source = work.entry, night.sources[work.entry.source_id]
    if isinstance(page, StageError):
        return work.ended("read", page.reason, page.detail)
    if work.raw is None:
        return replace(work, page=page, article=article_of(entry, source, page, entry.key, None, night))
    if page.language not in {None, "en"}:
        return work.ended("read", "language", f"the text is in {page.language!r}")
    return replace(
        work, page=page, article=article_of(entry, source, page, _address(page, work.raw), work.raw_hash, night)
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


def article_of(
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
        w.entry.entry_id: extracted(w, reading, revised=w.article.article_id in known)
        for w, reading in zip(marked, read_texts(nlp, items, read_on=night.now.date()), strict=True)
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


def extracted(work: Work, reading: Reading, *, revised: bool) -> Work:
    """How a document ends that was read; ``revised`` where another version of it is stored."""
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
