"""What a document says in one place holds in the others: names come back, in short, as acronyms, as surnames.

``agreed`` adds the bare occurrences of names that the document has given (method ``document``) and makes labels agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Doc, Span

from extractors.language.knowledge import load_knowledge
from extractors.language.spans import remade, text_of
from extractors.language.surnames import surname

_ACRONYM = re.compile(r"\((?:the )?[“\"‘']?([A-Z][A-Za-z0-9&.-]{1,11})[”\"’']?(?:,? or [^)]*)?\)")
_SPACE = re.compile(r"\s*")
# The acronym of a conference is as little a name of ours as the conference.
_MEETING = re.compile(
    r"\b(?:Conference|Summit|Symposium|Expo|Congress and Exhibition)(?: \d{4})? \((?:the )?[“\"]?([A-Z][A-Za-z0-9&.-]{1,11})[”\"]?\)"
)
_TITLE_BEFORE = re.compile(
    r"\b(?:Attorney General|Mr\.|Ms\.|Mrs\.|Sen\.|Rep\.|Gov\.|Senator|Congressman|Congresswoman|Governor) $"
)


def agreed(doc: Doc, chosen: list[Span]) -> list[Span]:
    """The chosen mentions with one label a name, and with the other occurrences of their names."""
    meetings = {m[1] for m in _MEETING.finditer(text_of(doc))}
    chosen = [span for span in _one_label(doc, chosen) if span.text not in meetings]
    chosen = _whole_persons(doc, chosen)
    chosen += _again(doc, chosen, meetings)
    return chosen + _persons_beside(doc, chosen)


def _acronym_of(span: Span) -> str | None:
    """The acronym that stands in brackets behind a name."""
    text = text_of(span.doc)
    start = _SPACE.match(text, span.end_char).end()
    short = _ACRONYM.match(text[start : start + 24])
    return short[1] if short else None


def _one_label(doc: Doc, chosen: list[Span]) -> list[Span]:
    """A network's find that is the acronym or surname of a name given in full takes that name's label."""
    labels: dict[str, str] = {}
    for span in chosen:
        if span.label_ == "PERSON" and surname(span.text) != span.text:
            labels[surname(span.text)] = "PERSON"
        short = _acronym_of(span)
        if short and short not in load_knowledge().surfaces:
            labels[short] = span.label_
    return [
        remade(s, s._.method, labels[s.text])
        if s._.method == "model" and labels.get(s.text, s.label_) != s.label_
        else s
        for s in chosen
    ]


def _whole_persons(doc: Doc, chosen: list[Span]) -> list[Span]:
    """Persons named in full elsewhere, where the network saw only a part of the name."""
    names = {s.text for s in chosen if s.label_ == "PERSON" and len(s) > 1}
    found = []
    for start, end in _matches(doc, names):
        met = [s for s in chosen if s.start < end and start < s.end]
        if met and all(
            start <= s.start and s.end <= end and len(s) < end - start and s._.method == "model" for s in met
        ):
            chosen = [s for s in chosen if s not in met]
            found.append(remade(Span(doc, start, end, label="PERSON"), "document"))
    return chosen + found


def _persons_beside(doc: Doc, chosen: list[Span]) -> list[Span]:
    """The other half of a pair ("the Biden-Xi summit"), and the bare name behind a person's title."""
    taken = {i for span in chosen for i in range(span.start, span.end)}
    found = []

    def add(i: int) -> None:
        if i not in taken and doc[i].is_alpha and doc[i].text[0].isupper() and not doc[i].is_upper:
            taken.add(i)
            found.append(remade(Span(doc, i, i + 1, label="PERSON"), "document"))

    for span in chosen:
        if span.label_ == "PERSON" and len(span) == 1:
            for dash, other in ((span.start - 1, span.start - 2), (span.end, span.end + 1)):
                if 0 <= other < len(doc) and doc[dash].text in {"-", "–", "‑"}:
                    add(other)
    for token in doc:
        if (
            token.i not in taken
            and token.is_title
            and _TITLE_BEFORE.search(text_of(doc)[max(0, token.idx - 20) : token.idx])
        ):
            add(token.i)
    return found


def _again(doc: Doc, chosen: list[Span], meetings: set[str]) -> list[Span]:
    """Bare occurrences of names that the document has already given."""
    labels: dict[str, str] = {}
    surfaces = load_knowledge().surfaces
    for span in chosen:
        if span.label_ == "PERSON":
            alone = surname(span.text)
            if alone != span.text and len(alone) > 2:  # "He" and "Xi" are left to the network
                labels.setdefault(alone, "PERSON")
        elif span._.method == "knowledge" and span.text.replace("’", "'") not in surfaces:
            continue  # "The Information": without its article the name is a word like any other
        else:
            labels.setdefault(span.text, span.label_)
            short = _acronym_of(span)
            if short and (span.label_ != "GPE" or len(span) > 1):
                labels.setdefault(short, span.label_)
    labels = {s: label for s, label in labels.items() if len(s) > 1 and not s.islower() and s not in meetings}
    taken = {i for span in chosen for i in range(span.start, span.end)}
    return [
        remade(Span(doc, start, end, label=labels[doc[start:end].text]), "document")
        for start, end in _matches(doc, labels)
        if taken.isdisjoint(range(start, end)) and doc[start:end].text in labels
    ]


def _matches(doc: Doc, surfaces: Iterable[str]) -> list[tuple[int, int]]:
    """The places of the surfaces, as this document splits them, in order."""
    by_first: dict[str, list[list[str]]] = {}
    for surface in surfaces:
        words = _words(doc, surface)
        by_first.setdefault(words[0], []).append(words)
    texts = [token.text for token in doc]
    return [
        (i, i + len(words))
        for i, first in enumerate(texts)
        for words in by_first.get(first, ())
        if texts[i : i + len(words)] == words
    ]


def _words(doc: Doc, surface: str) -> list[str]:
    """The words of a surface as this document splits them (it was found there)."""
    start = text_of(doc).find(surface)
    span = doc.char_span(start, start + len(surface)) if start >= 0 else None
    return [t.text for t in span] if span is not None else surface.split()
