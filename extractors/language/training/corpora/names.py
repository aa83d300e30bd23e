"""Sentences with names, whatever corpus they come from, and the conventions that make their labels one set.

Corpora differ in what they call a name: some keep a leading "the", some call "Chinese" a place, most know one kind of place.
The final labels are PERSON, ORG, GPE, LOC, NORP and MISC; the words that decide are data (``names.toml``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

DATA = Path(__file__).with_name("names.toml")


@dataclass(frozen=True, slots=True)
class Name:
    """Words ``start`` to ``end`` (exclusive) of a sentence, under a label.

    Before ``by_convention`` the label may also be PLACE (a place of any kind) or COUNTRY.
    """

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence and the names in it."""

    words: tuple[str, ...]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of ``names.toml``, compiled."""

    nationalities: frozenset[str]
    ambiguous: frozenset[str]
    regions: frozenset[str]
    landscape: re.Pattern[str]
    titles: frozenset[str]


@cache
def words() -> _Words:
    """The words that decide about labels. A nationality stands in the singular and the plural."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))
    singular = rows["nationalities"]
    return _Words(
        nationalities=frozenset([*singular, *(f"{n}s" for n in singular), *rows["people"]]),
        ambiguous=frozenset(rows["ambiguous"]),
        regions=frozenset(rows["regions"]),
        landscape=re.compile(rf"\b(?:{'|'.join(map(re.escape, rows['landscape']))})\b"),
        titles=frozenset(rows["titles"]),
    )


def by_convention(sentence: Sentence) -> Sentence:
    """The sentence with final labels: of names that overlap the longest, MISC last, no leading "the", nationalities as NORP.

    A nationality that the corpus left bare is added, but for words such as "Democratic" that are more often something else.
    """
    found: list[Name] = []
    taken: set[int] = set()
    for name in sorted(set(sentence.names), key=lambda n: (n.start - n.end, n.start, n.label == "MISC", n.label)):
        place = range(name.start, name.end)
        if place and taken.isdisjoint(place):
            start = name.start
            if name.label != "PERSON" and len(place) > 1 and sentence.words[start].lower() == "the":
                start += 1
            taken.update(range(start, name.end))
            found.append(Name(start, name.end, _final(" ".join(sentence.words[start : name.end]), name.label)))
    bare = words().nationalities - words().ambiguous
    found += [Name(i, i + 1, "NORP") for i, w in enumerate(sentence.words) if i not in taken and w in bare]
    return Sentence(sentence.words, tuple(sorted(found, key=lambda n: n.start)))


def _final(text: str, label: str) -> str:
    if label in {"MISC", "PLACE", "COUNTRY"} and text in words().nationalities:
        return "NORP"
    if label == "COUNTRY":
        return "GPE"
    return _kind_of_place(text) if label == "PLACE" else label


def _kind_of_place(text: str) -> str:
    """LOC for continents, regions and what landscape and streets are made of; GPE for the rest: cities, states, countries."""
    if text.endswith("City"):
        return "GPE"
    landscape = words().landscape.search(text) or re.match(r"north|south|east|west|central", text)
    return "LOC" if landscape or re.sub(r"^the ", "", text, flags=re.I) in words().regions else "GPE"


def grouped(sentences: Iterable[Sentence], size: int) -> Iterator[list[Sentence]]:
    """Runs of ``size`` sentences; the last may be shorter."""
    stream = iter(sentences)
    while group := list(islice(stream, size)):
        yield group


def doc_of(sentences: Sequence[Sentence], vocab: Vocab) -> Doc:
    """One document of the sentences, their names by convention. Words are set apart by spaces: corpora do not say."""
    final = [by_convention(s) for s in sentences]
    starts = [k == 0 for s in final for k in range(len(s.words))]
    doc = Doc(vocab, words=[w for s in final for w in s.words], sent_starts=starts)
    spans, offset = [], 0
    for sentence in final:
        spans += [Span(doc, offset + n.start, offset + n.end, label=n.label) for n in sentence.names]
        offset += len(sentence.words)
    doc.ents = spans
    return doc
