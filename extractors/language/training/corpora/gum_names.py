"""Names of GUM: it annotates everything that is spoken of ("the old bridge"), and the names are derived from that.

A mention whose head is a proper noun gives the run of capitalised words around that head. The rule is rough: what it gives is noisy,
and of use beside cleaner corpora only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.language.training.corpora.names import Name, Sentence, words

LABELS = {"person": "PERSON", "organization": "ORG", "place": "PLACE", "event": "MISC", "object": "MISC"}
LINKS = frozenset({"of", "the", "-", "&", "and", "for", "'s", "de", "al", "–", "."})
BARE = frozenset({"person", "place"})  # kinds whose names no link word joins to what follows
_BRACKET = re.compile(r"\([^()]*\)?|[^()]+\)")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with its part of speech, the place of its head (``-1`` for the root) and its note on mentions."""

    text: str
    pos: str
    head: int
    note: str


def sentences(path: Path) -> Iterator[Sentence]:
    """The sentences of a ``.conllu`` file of GUM, with names."""
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        cells = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        row = [_Word(c[1], c[3], int(c[6]) - 1, _entity_note(c[9])) for c in cells if c[0].isdigit()]
        if row:
            names = (_name(row, *mention) for mention in _mentions(row))
            yield Sentence(tuple(w.text for w in row), tuple(n for n in names if n))


def _entity_note(misc: str) -> str:
    return next((part.removeprefix("Entity=") for part in misc.split("|") if part.startswith("Entity=")), "")


def _mentions(row: list[_Word]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each mention: ``(7-person-…`` opens the entity 7, ``7)`` closes it, ``(7-person-…)`` is one word."""
    opened: list[tuple[str, int, str]] = []
    for i, word in enumerate(row):
        for bracket in _BRACKET.findall(word.note):
            if bracket.startswith("("):
                entity, kind = (*bracket.strip("()").split("-"), "")[:2]
                if bracket.endswith(")"):
                    yield i, i + 1, kind
                else:
                    opened.append((entity, i, kind))
            else:
                last = next((k for k in reversed(range(len(opened))) if opened[k][0] == bracket.rstrip(")")), None)
                if last is not None:
                    _, start, kind = opened.pop(last)
                    yield start, i + 1, kind


def _name(row: list[_Word], start: int, end: int, kind: str) -> Name | None:
    """The name within a mention, around its head; ``None`` where the head is no proper noun."""
    heads = [i for i in range(start, end) if not start <= row[i].head < end]
    if kind not in LABELS or not heads or row[heads[0]].pos != "PROPN":
        return None
    head = heads[0]
    first, last = head, head + 1
    while first > start and (_part(row[first - 1]) or _links(row, first - 1, first - 2, start, end, kind == "person")):
        first -= 1
    while last < end and (_part(row[last]) or _links(row, last, last + 1, start, end, kind in BARE)):
        last += 1
    if kind == "person":
        while first < head and (_before_a_name(row[first].text) or row[first].pos != "PROPN"):
            first += 1
        while first < last - 1 and row[first].text in words().titles:
            first += 1
    while first < last and row[first].pos in {"DET", "ADP", "PUNCT"}:
        first += 1
    return Name(first, last, LABELS[kind]) if first < last else None


def _part(word: _Word) -> bool:
    capital = word.text[:1].isupper() and word.pos in {"ADJ", "NOUN"}
    return word.pos in {"PROPN", "NUM"} or capital


def _links(row: list[_Word], place: int, beyond: int, start: int, end: int, bare: bool) -> bool:
    """Whether a link word at ``place`` joins a part of the name ``beyond`` it, within the mention."""
    return not bare and row[place].text in LINKS and start <= beyond < end and _part(row[beyond])


def _before_a_name(text: str) -> bool:
    return text in words().titles or text in words().nationalities
