"""Spans with what was found out about them: how they were found and how sure, kept when a span is made anew."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Span

ORDER = {"knowledge": 0, "model": 1, "shape": 2, "document": 3}

_TEXT = "rivalry_text"

for _extension in ("method", "score"):
    if not Span.has_extension(_extension):
        Span.set_extension(_extension, default=None)


def text_of(doc: Doc) -> str:
    """The document's text, built once: ``doc.text`` joins all tokens anew every time it is asked."""
    text = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return text


def remade(span: Span, method: str, label: str | None = None) -> Span:
    """The same words under a method, and under another label where one is given."""
    made = Span(span.doc, span.start, span.end, label=label or span.label_)
    made._.method, made._.score = method, span._.score
    return made


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Longest first; of one span, knowledge before the model before a shape before repetition."""
    taken: set[int] = set()
    chosen = []
    for span in sorted(spans, key=lambda s: (-len(s), ORDER[s._.method], s.start)):
        if taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)
