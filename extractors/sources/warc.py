"""WARC files (ISO 28500, as Common Crawl and wget write them): the pages in them, one record after the other.

A record that holds no page is yielded too, with the reason: what a file holds is counted, never passed over. Bodies are taken
as the crawler stored them; chunked and gzipped ones, which wget keeps as they came over the wire, are unpacked within a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from extractors.errors import Permanent
from extractors.ids import canonical_url
from extractors.sources.guards import MAX_BYTES, gunzip, refuse_oversized

SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
# Records that describe others, and are no documents.
DOCUMENTS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit | WarcRecordType.conversion
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPage:
    """A page as it was captured. ``key`` is the canonical URL, ``offset`` where its record begins in the file as it lies there."""

    url: str
    key: str
    captured: datetime
    offset: int
    record_id: str
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPage:
    """A record that holds no page to read; ``reason`` is a code of ``extractors.outcomes``."""

    reason: str
    offset: int
    detail: str = ""


def is_warc(path: str) -> bool:
    """Whether ``path`` is named as a WARC file is; anything else is taken for a list of them."""
    return path.lower().endswith(SUFFIXES)


def pages(stream: BinaryIO) -> Iterator[WarcPage | NoPage]:
    """The documents of a WARC file in order; ``stream`` holds it as it lies on disk (gzip, zstd, lz4 or plain).

    Raises ``Permanent("unreadable")`` where the file is no WARC file, or broken from some record on; a record cut off by the
    file's end is yielded as ``unreadable``.
    """
    try:
        for record in ArchiveIterator(stream, record_types=DOCUMENTS, parse_http=True):
            yield _page(record)
    except OSError as error:
        raise Permanent("unreadable", f"no WARC file, or broken: {error}") from None


def _page(record: WarcRecord) -> WarcPage | NoPage:
    """The page of a record, or why it has none: what its headers tell is decided before its body is read."""
    offset = record.stream_pos
    try:
        _refuse_by_headers(record)
        url = record.headers.get("WARC-Target-URI", "").strip("<>")
        key = _key(url)
        if record.record_date is None:
            raise Permanent("unreadable", "the record has no date")
        body = _body(record)
    except Permanent as error:
        return NoPage(reason=error.reason, offset=offset, detail=error.detail)
    return WarcPage(
        url=url,
        key=key,
        captured=record.record_date.astimezone(UTC),
        offset=offset,
        record_id=record.record_id,
        body=body,
        content_type=_header(record, "Content-Type"),
    )


def _refuse_by_headers(record: WarcRecord) -> None:
    if record.record_type == WarcRecordType.revisit:
        raise Permanent("not_modified", "the record says that the page was the same as before")
    status = record.http_headers.status_code if record.http_headers else 200
    if status != 200:
        raise Permanent(_status_reason(status), f"status {status}")
    kind = _header(record, "Content-Type").split(";")[0].strip().lower()
    if kind and kind not in _HTML:
        raise Permanent("not_html", f"the record is {kind[:80]}")
    if record.content_length > MAX_BYTES:
        raise Permanent("too_large", f"{record.content_length:,} bytes")


def _status_reason(status: int | None) -> str:
    if status in {404, 410}:
        return "gone"
    if status is not None and 300 <= status < 400:
        return "redirect"
    return "server_error" if status is not None and status >= 500 else "client_error"


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        raise Permanent("no_link", f"no web address: {url[:200]!r}") from None


def _header(record: WarcRecord, name: str) -> str:
    """A header of the answer; of the record itself where it holds no HTTP answer."""
    headers = record.http_headers if record.http_headers else record.headers
    return headers.get(name, "") or ""


def _body(record: WarcRecord) -> bytes:
    size = record.content_length
    body = record.reader.read()
    if len(body) < size:
        raise Permanent("unreadable", f"the file ends within the record: {len(body):,} of {size:,} bytes")
    if "chunked" in _header(record, "Transfer-Encoding").lower():
        body = _dechunked(body)
    body = gunzip(body)
    refuse_oversized(body, MAX_BYTES)
    return body


def _dechunked(body: bytes) -> bytes:
    """``body`` without its chunk headers; as it is where it has none, since crawlers often keep the header and unpack the body."""
    parts, place = [], 0
    while chunk := _CHUNK.match(body, place):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[chunk.end() : chunk.end() + size])
        place = chunk.end() + size
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    return body
