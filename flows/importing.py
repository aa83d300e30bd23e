"""``rivalry import``: texts and pages that somebody has, licensed or saved by hand, as articles like any other.

They take the same way as what a night fetches: near-duplicates, names and events, one counted outcome each. ``text_basis`` says
``imported_text`` or ``imported_html``, the bytes are kept among the raw pages, and ``article_origins`` says which file it was.
"""

from __future__ import annotations

import difflib
import gzip
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from extractors.errors import Permanent, RunFailed, StageError, UserError
from extractors.ids import bytes_hash, canonical_url, make_id
from extractors.instants import read_instant
from extractors.outcomes import REASONS
from extractors.pages.language import language_of
from extractors.pages.read import read_page
from extractors.records import Counts, FeedEntry, Page, Source
from extractors.sources.registry import load_sources
from flows import documents, publishing
from flows import night as steps
from flows.console import out, table
from flows.fetching import Work
from flows.night import Night
from flows.reading_commands import json_lines
from flows.settings import Paths
from warehouse import connect, raw, taken

SOURCE = Source(id="import", name="Imported texts", protocol="import", url="file:")
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|\?xml|!--|head|body)", re.IGNORECASE)
# A saved page has no address of its own; the name is reserved (RFC 2606), so that it can be nobody's.
_NOWHERE = "https://nowhere.invalid/page"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What whoever imports a text says of it; nothing is guessed of what they leave out. ``published`` as written."""

    url: str | None = None
    title: str = ""
    published: str | None = None
    publisher: str | None = None
    licensed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One text or page of a file. ``line`` is its line in JSON Lines; ``authors`` only those can name."""

    place: str
    body: bytes
    html: bool
    about: About
    text: str = ""
    line: int | None = None
    authors: tuple[str, ...] = ()


def import_files(
    files: Sequence[Path], about: About, db: Path, now: datetime, *, source: Source = SOURCE, model: str | None = None
) -> tuple[list[Work], Counts]:
    """Take in what ``files`` hold; returns each document with its outcome, and what the run found.

    ``now`` (aware) is the run's clock. Raises ``UserError`` for a file that is missing or of no known kind and for what ``about``
    says wrongly, before anything is stored; ``RunFailed`` where the data checks fail.
    """
    brought = [b for file in files for b in contents(file, about)]
    if len(brought) > 1 and (about.url or about.title):
        raise UserError(f"--url and --title are of one text, and {len(brought)} were given; import them one by one")
    for one in brought:
        _check(one, now)
    with publishing.sole_run(db):
        night = steps.begin([source], db, now, model=model)
        return publishing.conclude(night, lambda: _store(night, source, brought))


def source_of(chosen: str | None, file: Path | None) -> Source:
    """The source that imported texts belong to: their own, or one of the sources file ``file``.

    Raises ``UserError`` where the file has none of that id.
    """
    if chosen is None:
        return SOURCE
    known = {source.id: source for source in load_sources(file)}
    if chosen not in known:
        close = difflib.get_close_matches(chosen, known, n=1)
        raise UserError(
            f"there is no source {chosen!r}; {f'did you mean {close[0]!r}?' if close else 'see `rivalry sources`'}"
        )
    return replace(known[chosen], enabled=True)


def contents(file: Path, about: About) -> Iterable[Brought]:
    """The texts of a file: a page (HTML, also gzipped), JSON Lines as ``rivalry read`` prints them, or plain text in UTF-8.

    Raises ``UserError`` where it is missing, empty or none of these.
    """
    body = _bytes(file)
    if _HTML.match(body):
        return [Brought(place=str(file), body=body, html=True, about=about)]
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{file} is neither HTML nor UTF-8 text (byte {error.start}); convert it, or save it as a web page"
        ) from error
    if not text.strip():
        raise UserError(f"{file} is empty")
    rows = json_lines(text)
    if rows is None:
        return [Brought(place=str(file), body=body, html=False, about=about, text=text.strip())]
    return [_from_row(file, number, row, about) for number, row in enumerate(rows, start=1)]


def _bytes(file: Path) -> bytes:
    try:
        body = file.read_bytes()
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    except FileNotFoundError as error:
        raise UserError(f"there is no file {file}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{file} can't be read ({error})") from error


def _from_row(file: Path, number: int, row: dict[str, Any], about: About) -> Brought:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise UserError(f'{file}:{number}: no "text" in this line; each line needs one, as `rivalry read` prints it')
    said = {name: row.get(name) for name in ("url", "title", "published", "publisher")}
    for name, value in said.items():
        if value is not None and not isinstance(value, str):
            raise UserError(f'{file}:{number}: "{name}" must be a text, not {value!r}')
    authors = row.get("authors") or []
    if not isinstance(authors, list) or not all(isinstance(a, str) for a in authors):
        raise UserError(f'{file}:{number}: "authors" must be a list of names, not {authors!r}')
    own = About(
        url=said["url"] or row.get("canonical_url") or about.url,
        title=said["title"] or about.title,
        published=said["published"] or about.published,
        publisher=said["publisher"] or about.publisher,
        licensed=about.licensed,
    )
    body = text.encode("utf-8", "surrogatepass")
    return Brought(
        place=str(file), body=body, html=False, about=own, text=text.strip(), line=number, authors=tuple(authors)
    )


def _check(one: Brought, now: datetime) -> None:
    """Raise ``UserError`` where an address or a date is none."""
    place = f"{one.place}:{one.line}" if one.line else one.place
    try:
        canonical_url(one.about.url or _NOWHERE)
    except ValueError as error:
        raise UserError(f"{place}: the address must begin with http:// or https://, not {one.about.url!r}") from error
    if one.about.published and read_instant(one.about.published, now).value is None:
        raise UserError(
            f"{place}: the date of publication must be a past one such as 2025-08-11, not {one.about.published!r}"
        )


def _store(night: Night, source: Source, brought: Sequence[Brought]) -> list[Work]:
    works = documents.extract(night, [_work(night, source, one) for one in brought])
    with connect.writing(night.paths.db) as con:
        taken.save_source(con, source, night.run_id, night.now)
    documents.save(night, works)
    origins = [
        taken.Origin(
            article_id=w.article.article_id,
            content_hash=w.article.content_hash,
            place=one.place,
            bytes_hash=bytes_hash(one.body),
            licensed=one.about.licensed,
            line=one.line,
        )
        for w, one in zip(works, brought, strict=True)
        if w.article
    ]
    with connect.writing(night.paths.db) as con:
        taken.save_origins(con, origins, night.run_id, night.now)
    return works


def _work(night: Night, source: Source, one: Brought) -> Work:
    """A text or page read into an article, or ended with the reason why there is none."""
    try:
        page = _page(one, night.now)
        if page.language not in {None, "en"}:
            raise Permanent("language", f"the text is in {page.language!r}")
    except StageError as error:
        return Work(entry=_entry(source, one, one.about.url, night.now)).ended("read", error.reason, error.detail)
    entry = _entry(source, one, one.about.url or page.canonical_url, night.now)
    article = documents.article_of(entry, source, page, entry.key, raw.put(night.paths.raw, one.body), night)
    if article.published and not page.published:
        article = replace(article, published_basis="import")
    return Work(entry=entry, page=page, article=article)


def _page(one: Brought, now: datetime) -> Page:
    """What the file itself says; what the importer says of it stands over the page's own words."""
    if one.html:
        page = read_page(one.body, one.about.url or _NOWHERE, now=now)
        own = page.canonical_url
        return replace(
            page,
            title=one.about.title or page.title,
            canonical_url=None if own is None or own.startswith(_NOWHERE.rpartition("/")[0]) else own,
            text_basis="imported_html" if page.text_basis == "page" else page.text_basis,
            published=None if one.about.published else page.published,
            problems=tuple(p for p in page.problems if p != "date_missing") if one.about.published else page.problems,
            publisher=one.about.publisher or page.publisher,
        )
    language, problems = language_of(one.text, None)
    return Page(
        title=one.about.title or None,
        authors=one.authors,
        published=None,
        published_basis="none",
        modified=None,
        canonical_url=None,
        language=language,
        publisher=one.about.publisher,
        text=one.text,
        text_basis="imported_text",
        problems=problems if one.about.title else (*problems, "title_missing"),
    )


def _entry(source: Source, one: Brought, address: str | None, now: datetime) -> FeedEntry:
    """The document as it is listed. One without an address is known by its bytes: imported again, it is the same."""
    key = canonical_url(address) if address else f"{source.id}:{bytes_hash(one.body)[:32]}"
    instant = read_instant(one.about.published, now)
    return FeedEntry(
        entry_id=make_id("entry", source.id, key),
        source_id=source.id,
        key=key,
        url=address,
        title=one.about.title,
        published=instant.value,
        published_basis="import" if instant.value else "none",
        publisher=one.about.publisher,
        problems=() if one.html and not one.about.published else instant.problems,
    )


def show(works: Sequence[Work], paths: Paths) -> None:
    """Print how each imported document ended. Raises ``RunFailed`` where none could be read."""
    ended = [w.outcome for w in works if w.outcome]
    table(
        "imported",
        ["document", "how it ended", "what it means", "detail"],
        [(o.key, o.reason, REASONS[o.reason], o.detail) for o in ended],
        whole=("how it ended",),
    )
    if all(w.article is None for w in works):
        raise RunFailed("nothing was imported; the table says why")
    out.print(f'next: rivalry sql --db {paths.db} "select * from event_evidence"', markup=False, soft_wrap=True)
