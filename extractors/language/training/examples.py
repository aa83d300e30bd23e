"""Training examples: every corpus, whatever it annotates, as chunks of words with the targets it can give.

A corpus that does not tell two labels apart gives *sets* of allowed labels, and the loss asks only for one of the set: open
corpora call NATO an ORG, so their ORG allows ALLIANCE, and tell places that govern from others unevenly, so their LOC allows GPE;
this project's corpus does not annotate LOC, NORP and MISC, so its bare words allow them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span

from extractors.language.lemma_rules import rule_for
from extractors.language.tokenization import customize
from extractors.language.training.corpus import DIRECTIONS, TYPES, GoldArticle, GoldEvent, GoldMention
from extractors.language.wordpieces import chunks

OURS = ("ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT")
OTHERS = ("LOC", "NORP", "MISC")
NER_TAGS = ("O", *(f"{p}-{label}" for label in OURS + OTHERS for p in "BI"))
KINDS = tuple(f"{t}:{d}" for t in sorted(TYPES) for d in sorted(DIRECTIONS.get(t, {""})))
TRIGGER_TAGS = ("O", *(f"{p}-{kind}" for kind in KINDS for p in "BI"))
STATUS = ("done", "announced", "considered", "denied")
UNDATED = ("inferred", "unknown")  # of an event that its text does not date: the article's own news, or background
ROLES = ("none", "actor", "target")
OPEN_LABELS = {"ORG": ("ORG", "ALLIANCE"), "GPE": ("GPE",), "LOC": ("LOC", "GPE")}


@dataclass(slots=True, kw_only=True)
class Example:
    """One chunk. An empty list means that the corpus does not say; ``ner`` holds for each word the allowed tags."""

    words: list[str]
    ner: list[tuple[str, ...]] = field(default_factory=list)
    trigger: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    roles: list[tuple[int, int, str]] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    morph: list[str] = field(default_factory=list)
    lemma: list[str] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    relation: list[str] = field(default_factory=list)


def docs_of(path: Path) -> Iterator[Doc]:
    """The documents of a DocBin file."""
    nlp = spacy.blank("en")
    yield from DocBin().from_disk(path).get_docs(nlp.vocab)


def sentence_chunks(doc: Doc, limit: int) -> Iterator[tuple[int, int]]:
    """Runs of whole sentences of at most ``limit`` words; a longer sentence is cut as text is cut when it is read."""
    start = end = 0
    for sent in doc.sents:
        if sent.end - start > limit and end > start:
            yield start, end
            start = end
        end = sent.end
        if end - start > limit:
            words = [t.text for t in doc[start:end]]
            yield from ((start + a, start + b) for a, b in chunks(words, limit))
            start = end
    if end > start:
        yield start, end


def treebank(docs: Iterable[Doc], limit: int = 110) -> Iterator[Example]:
    """Tags, morphology, lemmas, sentence starts and trees."""
    for doc in docs:
        for a, b in sentence_chunks(doc, limit):
            span = doc[a:b]
            yield Example(
                words=[t.text for t in span],
                tag=[t.tag_ for t in span],
                morph=[f"{t.pos_}|{t.morph}" for t in span],
                lemma=[rule_for(t.text, t.lemma_) for t in span],
                sent=[int(bool(t.is_sent_start)) for t in span],
                head=[t.head.i - a if a <= t.head.i < b else -1 for t in span],
                relation=["root" if t.head is t or t.dep_ == "ROOT" else t.dep_ for t in span],
            )


def open_names(docs: Iterable[Doc], limit: int = 110) -> Iterator[Example]:
    """Names of an open corpus, with the labels that each of its labels allows."""
    for doc in docs:
        allowed = [
            ("O",)
            if not t.ent_type_
            else tuple(f"{t.ent_iob_}-{label}" for label in OPEN_LABELS.get(t.ent_type_, (t.ent_type_,)))
            for t in doc
        ]
        for a, b in sentence_chunks(doc, limit):
            yield Example(words=[t.text for t in doc[a:b]], ner=allowed[a:b])


def annotated(articles: Iterable[GoldArticle], problems: list[str], limit: int = 110) -> Iterator[Example]:
    """Names and events of this project's corpus, a chunk a paragraph; misaligned mentions go to ``problems``."""
    nlp = spacy.blank("en")
    customize(nlp)
    for article in articles:
        offset = 0
        for line in article.text.split("\n"):
            if line.strip():
                yield from _paragraph(nlp.make_doc(line), article, offset, problems, limit)
            offset += len(line) + 1


def _paragraph(doc: Doc, article: GoldArticle, offset: int, problems: list[str], limit: int) -> Iterator[Example]:
    ner: list[tuple[str, ...]] = [("O", *(f"{p}-{label}" for label in OTHERS for p in "BI"))] * len(doc)
    trigger, status, undated = ["O"] * len(doc), [""] * len(doc), [""] * len(doc)
    heads: list[tuple[int, GoldMention]] = []
    for mention in article.mentions:
        span = _span(doc, mention.start - offset, mention.end - offset)
        if span is None:
            continue
        if span.text != article.text[mention.start : mention.end]:
            problems.append(f"{article.id}: {article.text[mention.start : mention.end]!r} in {span.text!r}")
        for k, token in enumerate(span):
            ner[token.i] = (f"{'I' if k else 'B'}-{mention.label}",)
        heads.append((span.end - 1, mention))
    events: list[tuple[int, GoldEvent]] = []
    for event in article.events:
        span = _span(doc, event.start - offset, event.end - offset)
        if span is None or any(trigger[t.i] != "O" for t in span):
            continue
        for k, token in enumerate(span):
            trigger[token.i] = f"{'I' if k else 'B'}-{event.type}:{event.direction}"
        status[span.start] = event.status
        undated[span.start] = event.precision if event.precision in UNDATED else ""
        events.append((span.start, event))
    roles = [
        (t, h, _role(event, m))
        for t, event in events
        for h, m in heads
        if m.label in {"ORG", "GPE", "PERSON", "ALLIANCE"}
    ]
    words = [t.text for t in doc]
    for a, b in chunks(words, limit):
        inside = [(t - a, h - a, role) for t, h, role in roles if a <= t < b and a <= h < b]
        yield Example(
            words=words[a:b], ner=ner[a:b], trigger=trigger[a:b], status=status[a:b], undated=undated[a:b], roles=inside
        )


def _span(doc: Doc, start: int, end: int) -> Span | None:
    return doc.char_span(start, end, alignment_mode="expand") if 0 <= start < end <= len(doc.text) else None


def _role(event: GoldEvent, mention: GoldMention) -> str:
    if mention.canonical in event.actors:
        return "actor"
    return "target" if mention.canonical in event.targets else "none"


def classes(examples: Iterable[Example], task: str, at_least: int) -> list[str]:
    """The classes of a task seen at least so often, most frequent first (ties by name): the order of a head's outputs."""
    counts = Counter(c for e in examples for c in getattr(e, task))
    return [c for c, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])) if n >= at_least]
