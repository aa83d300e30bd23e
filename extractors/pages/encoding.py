"""From the bytes of a page to its characters."""

from __future__ import annotations

import codecs
import re

from extractors.pages.answers import charset_of

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# HTML's own reading of these labels (https://encoding.spec.whatwg.org/#names-and-labels).
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030",
              "gbk": "gb18030", "iso-8859-9": "cp1254", "shift_jis": "cp932", "shift-jis": "cp932"}  # fmt: skip
# Control characters other than tab, line feed, carriage return; and lone surrogates, which no file can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decode(body: bytes, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of ``body`` and the problem codes met: ``charset_guessed``, ``control_characters``.

    Tried in this order, as browsers do: byte order mark, the header's charset, the page's own ``meta``, UTF-8,
    windows-1252. A declared one that does not fit the bytes is passed over. Never raises.
    """
    text, guessed = _characters(body, content_type)
    cleaned = _CONTROL.sub("", text)
    problems = ["charset_guessed"] if guessed else []
    if cleaned != text:
        problems.append("control_characters")
    return cleaned, tuple(problems)


def _characters(body: bytes, content_type: str) -> tuple[str, bool]:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, errors="replace"), False
    meta = _META.search(body[:4096])
    declared = [charset_of(content_type), meta[1].decode("ascii", "ignore").lower() if meta else None]
    for name in declared:
        text = _try(body, name)
        if text is not None:
            return text, False
    text = _try(body, "utf-8")
    if text is not None:
        # Undeclared UTF-8 is the web's default; only a declaration that proved wrong is worth a remark.
        return text, any(declared)
    return body.decode("cp1252", errors="replace"), True


def _try(body: bytes, name: str | None) -> str | None:
    if not name:
        return None
    try:
        return body.decode(_WEB_NAMES.get(name, name))
    except (LookupError, UnicodeError, ValueError):
        return None
