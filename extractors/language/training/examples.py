"""Training examples: every corpus, whatever it annotates, as chunks of words with the targets it can give.

A corpus that does not tell two labels apart gives *sets* of allowed labels, and the loss asks only for one of the set: open
corpora call NATO an ORG, so their ORG allows ALLIANCE, and tell places that govern from others unevenly, so their LOC allows GPE;
this project's corpus does not annotate LOC, NORP and MISC, so its bare words allow them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span, Token

from extractors.language.lemma_rules import rule_for
from extractors.language.tokenization import customize
from extractors.language.training.corpus import (
    DIRECTIONS,
    FAMILIES,
    TYPES,
    GoldArticle,
    GoldEvent,
    GoldMention,
)
from extractors.language.wordpieces import LINE, MAX_WORDS, chunks

OURS = ("ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT")
OTHERS = ("LOC", "NORP", "MISC")
NER_TAGS = ("O", *(f"{p}-{label}" for label in OURS + OTHERS for p in "BI"))
KINDS = tuple(f"{t}:{d}" for t in sorted(TYPES) for d in sorted(DIRECTIONS.get(t, {""})))
TRIGGER_TAGS = ("O", *(f"{p}-{kind}" for kind in KINDS for p in "BI"))
STATUS = ("done", "announced", "considered", "denied")
UNDATED = ("inferred", "unknown")  # of an event that its text does not date: the article's own news, or background
ROLES = ("none", "actor", "target")
TOPIC = ("on_topic", *sorted(FAMILIES))
TREE_LIMITS = (MAX_WORDS, 24, 64)
"""Words a chunk: single sentences too, because headlines and short texts are read alone."""
OUR_LIMITS = (MAX_WORDS, MAX_WORDS, 64, 96)
PLAYERS = frozenset({"ORG", "GPE", "PERSON", "ALLIANCE"})
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
    topic: tuple[str, ...] | None = None


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


def treebank(docs: Iterable[Doc], limits: Sequence[int] = TREE_LIMITS) -> Iterator[Example]:
    """Tags, morphology, lemmas, sentence starts and trees, in chunks of changing length, in every other document with lines."""
    for number, doc in enumerate(docs):
        for a, b in sentence_chunks(doc, limits[number % len(limits)]):
            yield _tree(doc[a:b], lines=number % 2 == 1)


def _tree(span: Span, *, lines: bool) -> Example:
    """One chunk of a treebank; with ``lines``, a ``LINE`` stands after its first sentence and after every third one from there.

    Treebanks have no lines, and a text has: what follows one must be parsed as well.
    """
    breaks: set[int] = set()
    if lines:
        breaks = {sent.start for k, sent in enumerate(span.sents) if k % 3 == 1 and sent.start > span.start}
    order: list[Token | None] = []
    for token in span:
        order += [None, token] if token.i in breaks else [token]
    place = {token.i: k for k, token in enumerate(order) if token is not None}
    return Example(
        words=[LINE if t is None else t.text for t in order],
        tag=["" if t is None else t.tag_ for t in order],
        morph=["" if t is None else f"{t.pos_}|{t.morph}" for t in order],
        lemma=["" if t is None else rule_for(t.text, t.lemma_) for t in order],
        sent=[int(t is None or bool(t.is_sent_start)) for t in order],
        head=[-1 if t is None else place.get(t.head.i, -1) for t in order],
        relation=["" if t is None else "root" if t.head is t or t.dep_ == "ROOT" else t.dep_ for t in order],
    )


def open_names(docs: Iterable[Doc], limit: int = MAX_WORDS) -> Iterator[Example]:
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


def annotated(
    articles: Iterable[GoldArticle], problems: list[str], limits: Sequence[int] = OUR_LIMITS
) -> Iterator[Example]:
    """Names, events and topic of this project's corpus, in chunks of changing length; misaligned mentions go to ``problems``."""
    nlp = spacy.blank("en")
    customize(nlp)
    for number, article in enumerate(articles):
        lines, offset = [], 0
        for line in article.text.split("\n"):
            if line.strip():
                lines.append((nlp.make_doc(line), offset))
            offset += len(line) + 1
        yield from _chunked(_whole(lines, article, problems), limits[number % len(limits)])


def _whole(lines: Sequence[tuple[Doc, int]], article: GoldArticle, problems: list[str]) -> Example:
    """The article as one example; between two lines stands a ``LINE``."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for doc, offset in lines:
        if words:
            words.append(LINE)
            places.append((offset, offset))
        words += [t.text for t in doc]
        places += [(offset + t.idx, offset + t.idx + len(t)) for t in doc]
    other: tuple[str, ...] = ("O", *(f"{p}-{label}" for label in OTHERS for p in "BI"))
    ner = [("O",) if word == LINE else other for word in words]
    trigger, status, undated = ["O"] * len(words), [""] * len(words), [""] * len(words)
    heads: list[tuple[int, GoldMention]] = []
    for mention in article.mentions:
        span = _covering(places, mention.start, mention.end)
        if (places[span[0]][0], places[span[-1]][1]) != (mention.start, mention.end):
            problems.append(f"{article.id}: {article.text[mention.start : mention.end]!r} is not whole words")
        for k, i in enumerate(span):
            ner[i] = (f"{'I' if k else 'B'}-{mention.label}",)
        heads.append((span[-1], mention))
    events: list[tuple[int, GoldEvent]] = []
    for event in article.events:
        for start, end in ((event.start, event.end), *event.again):
            span = _covering(places, start, end)
            if any(trigger[i] != "O" for i in span):
                continue
            for k, i in enumerate(span):
                trigger[i] = f"{'I' if k else 'B'}-{event.type}:{event.direction}"
            status[span[0]] = event.status
            undated[span[0]] = event.precision if event.precision in UNDATED else ""
            events.append((span[0], event))
    roles = [(t, h, _role(event, m)) for t, event in events for h, m in heads if m.label in PLAYERS]
    return Example(
        words=words,
        ner=ner,
        trigger=trigger,
        status=status,
        undated=undated,
        roles=roles,
        topic=(*(["on_topic"] if article.on_topic else []), *article.families),
    )


def _covering(places: Sequence[tuple[int, int]], start: int, end: int) -> range:
    """The words that a run of characters touches."""
    touched = [i for i, (a, b) in enumerate(places) if a < end and start < b]
    return range(touched[0], touched[-1] + 1)


def _chunked(whole: Example, limit: int) -> Iterator[Example]:
    for a, b in chunks(whole.words, limit):
        yield replace(
            whole,
            words=whole.words[a:b],
            ner=whole.ner[a:b],
            trigger=whole.trigger[a:b],
            status=whole.status[a:b],
            undated=whole.undated[a:b],
            roles=[(t - a, h - a, role) for t, h, role in whole.roles if a <= t < b and a <= h < b],
        )


def _role(event: GoldEvent, mention: GoldMention) -> str:
    if mention.canonical in event.actors:
        return "actor"
    return "target" if mention.canonical in event.targets else "none"


def classes(examples: Iterable[Example], task: str, at_least: int) -> list[str]:
    """The classes of a task seen at least so often, most frequent first (ties by name): the order of a head's outputs."""
    counts = Counter(c for e in examples for c in getattr(e, task) if c)
    return [c for c, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])) if n >= at_least]
