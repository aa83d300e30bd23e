"""``rivalry read`` and ``rivalry extract``: pages to JSON Lines, texts to names and events, without a warehouse."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.errors import Permanent, StageError, UserError
from extractors.events.plover import plover_root
from extractors.ids import canonical_url
from extractors.records import EventMention, Page, Reading, Source


@dataclass(frozen=True, slots=True)
class Text:
    """One text to extract from; ``doc`` names it in the output."""

    doc: str
    title: str
    text: str
    published: dt.date | None


def is_url(argument: str) -> bool:
    return argument.startswith(("http://", "https://"))


def read_rows(arguments: Iterable[str], url: str | None) -> Iterator[dict[str, Any]]:
    """One row a page, in order; a page that can't be read gives a row with its problem. Raises ``UserError`` on a missing file."""
    from extractors.pages.read import read_page

    for argument in arguments:
        address = url or (argument if is_url(argument) else "")
        try:
            body, content_type = _bytes(argument)
            page = read_page(body, address, content_type=content_type)
        except StageError as error:
            yield _row(argument, address, None, [str(error)])
        else:
            yield _row(argument, address, page, list(page.problems))


def _bytes(argument: str) -> tuple[bytes, str]:
    if is_url(argument):
        from extractors.pages.batch import fetch_all
        from extractors.pages.policy import PageRequest

        source = Source(id="command-line", name="command line", protocol="feed", url=argument)
        ((_, answer),) = fetch_all([PageRequest(url=argument, source=source)])
        if isinstance(answer, StageError):
            raise answer
        return answer.body, answer.content_type
    path = Path(argument)
    try:
        body = path.read_bytes()
        return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body), ""
    except FileNotFoundError as error:
        raise UserError(f"there is no file {argument}; give a page (.html, .html.gz) or an http(s) address") from error
    except (OSError, EOFError, zlib.error) as error:
        raise Permanent("unreadable", str(error)) from error


def _row(argument: str, url: str, page: Page | None, problems: list[str]) -> dict[str, Any]:
    canonical = page.canonical_url if page else None
    if not canonical and url:
        canonical = canonical_url(url)
    return {
        "page": argument,
        "url": url or None,
        "canonical_url": canonical,
        "title": page.title if page else None,
        "authors": list(page.authors) if page else [],
        "published": page.published.isoformat() if page and page.published else None,
        "published_basis": page.published_basis if page else "none",
        "language": page.language if page else None,
        "publisher": page.publisher if page else None,
        "text": page.text if page else "",
        "text_basis": page.text_basis if page else "none",
        "problems": problems,
    }


def texts_of(arguments: Iterable[str], published: dt.date | None, title: str) -> Iterator[Text]:
    """The texts in files: plain text, or JSON Lines as ``rivalry read`` prints them; ``-`` is standard input.

    Raises ``UserError`` where a file is missing, is not UTF-8, or a line has no ``text``.
    """
    for argument in arguments:
        content = _content(argument)
        rows = json_lines(content)
        if rows is None:
            yield Text(argument, title, content, published)
            continue
        for number, row in enumerate(rows, start=1):
            if not isinstance(row.get("text"), str):
                raise UserError(
                    f'{argument}:{number}: no "text" in this line; give plain text or the output of `rivalry read`'
                )
            day = _published(row["published"], f"{argument}:{number}") if row.get("published") else published
            doc = row.get("doc") or row.get("page") or row.get("url") or f"{argument}:{number}"
            yield Text(doc, title or row.get("title") or "", row["text"], day)


def _published(value: Any, place: str) -> dt.date:
    try:
        return dt.datetime.fromisoformat(value).date()
    except (TypeError, ValueError) as error:
        raise UserError(f'{place}: "published" must be an ISO date such as 2025-08-11, not {value!r}') from error


def _content(argument: str) -> str:
    try:
        body = sys.stdin.buffer.read() if argument == "-" else Path(argument).read_bytes()
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{argument} is not UTF-8 text (byte {error.start}); convert it, or use `rivalry read` for pages"
        ) from error
    except FileNotFoundError as error:
        raise UserError(f"there is no file {argument}") from error
    except OSError as error:
        raise UserError(f"{argument} can't be read: {error.strerror}") from error


def json_lines(content: str) -> list[dict[str, Any]] | None:
    """The rows of JSON Lines, or nothing where the content is plain text."""
    if not content.lstrip().startswith("{"):
        return None
    try:
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    except json.JSONDecodeError:
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


def extract_rows(texts: Iterable[Text], model: str | None) -> Iterator[dict[str, Any]]:
    """One row a text, in order: what the pipeline reads out of it. Texts off topic are read too, and say so."""
    from extractors.events.reading import read_texts
    from extractors.language.pipeline import load

    nlp = load(model)
    rows = list(texts)
    readings = read_texts(nlp, ((t.title, t.text, t.published) for t in rows), everything=True)
    for text, reading in zip(rows, readings, strict=True):
        yield reading_row(text.doc, reading)


def reading_row(doc: str, reading: Reading) -> dict[str, Any]:
    """A reading as ``rivalry extract`` prints it."""
    return {
        "doc": doc,
        "on_topic": reading.verdict.on_topic,
        "relevance": reading.verdict.relevance,
        "reason": reading.verdict.reason,
        "mentions": [
            {name: getattr(m, name) for name in ("start", "end", "text", "label", "entity", "entity_id", "method")}
            for m in reading.mentions
        ],
        "policy_families": list(reading.verdict.families),
        "events": [_event_row(e) for e in reading.events],
    }


def _event_row(event: EventMention) -> dict[str, Any]:
    fields = [
        "type",
        "direction",
        "actors",
        "targets",
        "instrument",
        "objects",
        "amount",
        "currency",
        "date",
        "precision",
        "date_basis",
        "status",
        "attribution",
        "trigger",
        "trigger_start",
        "trigger_end",
        "start",
        "end",
        "confidence",
    ]
    row = {name: getattr(event, name) for name in fields}
    return row | {"plover": plover_root(event.type, event.direction, event.trigger)}
