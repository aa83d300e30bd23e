"""A first look at a page's bytes: whether it can be on topic at all, at hundreds of megabytes a second.

``topic.judge`` wants a sign of the United States, of China and of AI. A page whose bytes hold none of one of them cannot be on
topic, so nothing need be parsed to pass it over. The look is wider than the verdict, as menus and code count too; it misses only
a sign that markup or an odd encoding breaks up.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from extractors.language.topic import DATA

# English prose of fifteen words and more without either of these is next to unknown.
_ENGLISH = (b" the ", b" to ", b" of ")
_NUL_SHARE = 0.2  # more NUL bytes than this: UTF-16 or UTF-32, where the signs don't stand byte by byte
_SAMPLE = 2048


@dataclass(frozen=True, slots=True)
class _Screen:
    """The automaton, with the group (bit) of each of its signs, and whether a sign stands for any ending."""

    automaton: BytesAhoCorasick
    groups: list[int]
    open_ended: list[bool]


def screen(body: bytes) -> str | None:
    """The reason for which a page is passed over, ``language`` or ``off_topic_bytes``, or ``None`` where it deserves a reading."""
    sample = body[:_SAMPLE]
    if sample.count(b"\x00") > _NUL_SHARE * len(sample):
        return None
    if not any(word in body for word in _ENGLISH):
        return "language"
    return None if _has_every_sign(body) else "off_topic_bytes"


def _has_every_sign(body: bytes) -> bool:
    look = _load()
    missing = 0b111
    for sign, start, end in look.automaton.find_matches_as_indexes(body, overlapping=True):
        group = look.groups[sign]
        if missing & group and not _inside_word(body, start, end, look.open_ended[sign]):
            missing &= ~group
            if not missing:
                return True
    return False


def _inside_word(body: bytes, start: int, end: int, open_ended: bool) -> bool:
    """Whether letters or digits go on before or after the sign, so that it is part of another word ("AI" in "MAIN")."""
    before = start > 0 and body[start - 1 : start].isalnum()
    return before or (not open_ended and body[end : end + 1].isalnum())


@cache
def _load() -> _Screen:
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))
    weak = rows["weak"]
    groups: dict[bytes, int] = {}
    open_ended: dict[bytes, bool] = {}
    for bit, table in ((1, rows["side"]["us"]), (2, rows["side"]["china"]), (4, rows["ai"])):
        for sign, ending in _signs(table, weak if bit == 4 else {}):
            groups[sign] = groups.get(sign, 0) | bit
            open_ended[sign] = open_ended.get(sign, False) or ending
    signs = sorted(groups)
    automaton = BytesAhoCorasick(signs, implementation=Implementation.DFA)
    return _Screen(automaton, [groups[s] for s in signs], [open_ended[s] for s in signs])


def _signs(table: dict[str, Any], weak: dict[str, Any]) -> list[tuple[bytes, bool]]:
    """The signs of a word list as they stand in bytes, and whether any ending may follow.

    Of a sign of several words the longest alone is looked for, as markup and no-break spaces come between; words in any case are
    looked for in the four that print knows.
    """
    found = [(word, False) for word in table.get("exact", ()) if word not in weak.get("exact", ())]
    for word in table.get("any", ()):
        if word not in weak.get("any", ()):
            stem = _longest(word.rstrip("*"))
            ending = word.endswith("*") or stem != word
            found += [(case, ending) for case in (stem, stem.capitalize(), stem.title(), stem.upper())]
    return list({(_longest(word).encode(), ending) for word, ending in found})


def _longest(sign: str) -> str:
    return max(sign.split(), key=len)
