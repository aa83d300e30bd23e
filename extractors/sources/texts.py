"""Titles and summaries as plain text."""

from __future__ import annotations

import re

from w3lib.html import remove_tags_with_content, replace_entities, replace_tags

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain_text(value: str, *, html: bool) -> str:
    """``value`` on one line, without control characters; with ``html``, without tags and with its entities resolved."""
    if html:
        value = remove_tags_with_content(value, which_ones=("script", "style"))
        value = replace_entities(replace_tags(value, " "))
    return " ".join(_CONTROL.sub("", value).split())


def paragraphs(text: str) -> str:
    """``text`` with a blank line between its paragraphs and without control characters."""
    lines = (plain_text(line, html=False) for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)


def language_code(value: str | None) -> str | None:
    """``"en"`` for ``"en-US"``: the primary language subtag (ISO 639), or ``None``."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", value or "")
    return match[1].lower() if match else None
