"""What is refused before any parser sees it: oversized answers, HTML, and XML that declares entities."""

from __future__ import annotations

import re
import zlib

from extractors.errors import Permanent

MAX_BYTES = 10 * 1024 * 1024
# The sitemap protocol's own limit for one uncompressed file.
MAX_SITEMAP_BYTES = 50 * 1024 * 1024

_PROLOGUE = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def refuse_oversized(body: bytes, limit: int) -> None:
    """Raise ``Permanent("too_large")`` where ``body`` has more than ``limit`` bytes."""
    if len(body) > limit:
        raise Permanent("too_large", f"{len(body):,} bytes, more than {limit:,}")


def refuse_unsafe(body: bytes) -> None:
    """Raise ``Permanent`` for an empty body, an HTML page, or XML that declares entities.

    The declared content type is not asked: feeds are often served as text/html, and pages as XML.
    """
    # UTF-16 and UTF-32 put NULs between the characters; without them the same search serves every encoding.
    plain = body.replace(b"\x00", b"")
    if not plain.strip():
        raise Permanent("not_a_feed", "the answer is empty")
    start = _PROLOGUE.match(plain[:65536])
    if _HTML.match(plain, start.end() if start else 0):
        raise Permanent("feed_is_html", "the answer is an HTML page (a block, a consent wall or a moved feed)")
    if b"<!entity" in plain.lower():
        raise Permanent("unsafe_xml", "the answer declares XML entities")


def gunzip(body: bytes) -> bytes:
    """``body`` without its gzip layer, if it has one.

    Raises ``Permanent``: ``too_large`` beyond ``MAX_SITEMAP_BYTES``, ``bad_encoding`` where it is broken or cut off.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_SITEMAP_BYTES + 1)
    except zlib.error as error:
        raise Permanent("bad_encoding", f"broken gzip file: {error}") from None
    refuse_oversized(unpacked, MAX_SITEMAP_BYTES)
    if not unpacker.eof:
        raise Permanent("bad_encoding", "the gzip file is cut off")
    return unpacked
