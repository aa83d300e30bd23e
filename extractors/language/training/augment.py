"""Variants of annotated articles, so that a model learns from context and not from the names and marks it happens to see.

Three kinds: plain against typographic punctuation, a headline in capitals, and other names in the same places. Marks stay right by
construction: characters are exchanged one for one, or the text is rebuilt around its mentions.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from extractors.language.training.corpus import GoldArticle, GoldEvent

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_CURLY = str.maketrans({"'": "’"})
SWAPPED = ("ORG", "PERSON", "PRODUCT")
# Canonical names that stand for public bodies and outlets keep their places: a "Ministry of X of China" in the part of a chip
# firm would teach nonsense.
_PUBLIC = ("United States", "Ministry", "Department", "Bureau", "Commission", "Committee", "Office", "White House", "administration", "University",
           "Institute", "Council", "Party", "Army", "Court", "Reuters", "Times", "News", "Post", "Journal", "Agency", "Academy", "Association", "Administration", "Daily")  # fmt: skip


def augmented(articles: Sequence[GoldArticle], rng: random.Random) -> Iterator[GoldArticle]:
    """Each article, and one variant with other names; for one in three also one with other punctuation or a headline in capitals."""
    pools = {label: names_of(articles, label) for label in SWAPPED}
    for article in articles:
        yield article
        yield renamed(article, rng, pools)
        draw = rng.random()
        if draw < 0.2:
            table = _PLAIN if "’" in article.text else _CURLY
            yield replace(article, text=article.text.translate(table))
        elif draw < 0.33:
            yield replace(article, text=capital_headline(article.text))


def capital_headline(text: str) -> str:
    """The text with its first line in capitals; a character whose capital is longer (``ß``) stays."""
    head, separator, rest = text.partition("\n")
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in head) + separator + rest


def names_of(articles: Iterable[GoldArticle], label: str) -> list[str]:
    """The canonical names of a label that may take another's place, in order."""
    return sorted(
        {
            m.canonical
            for a in articles
            for m in a.mentions
            if m.label == label and not any(p in m.canonical for p in _PUBLIC)
        }
    )


def renamed(article: GoldArticle, rng: random.Random, pools: dict[str, list[str]]) -> GoldArticle:
    """The article with about half of its firms, persons and products under other names, the same one everywhere.

    A short form becomes the short form of the new name: its first word for a firm, its last for a person.
    """
    chosen: dict[str, str] = {}
    for label, pool in pools.items():
        for name in sorted({m.canonical for m in article.mentions if m.label == label} & set(pool)):
            if rng.random() < 0.5:
                chosen[name] = rng.choice(pool)
    pieces: list[str] = []
    mentions, shifts = [], []
    position = length = 0
    for mention in article.mentions:
        between, old = article.text[position : mention.start], article.text[mention.start : mention.end]
        new = _form(old, mention.canonical, chosen.get(mention.canonical), mention.label)
        pieces += [between, new]
        start = length + len(between)
        length = start + len(new)
        position = mention.end
        mentions.append(
            replace(mention, start=start, end=length, canonical=chosen.get(mention.canonical, mention.canonical))
        )
        shifts.append((mention.start, mention.end, start, length))
    text = "".join([*pieces, article.text[position:]])
    events = tuple(e for event in article.events if (e := _moved(event, chosen, shifts, text)))
    return replace(article, text=text, mentions=tuple(mentions), events=events)


def _form(old: str, canonical: str, new: str | None, label: str) -> str:
    if new is None:
        return old
    if old == canonical:
        return new
    if label == "PERSON":
        return new.split()[-1] if old == canonical.split()[-1] else old
    return new.split()[0] if canonical.startswith(old) and len(new.split()[0]) > 3 else old


def _moved(
    event: GoldEvent, chosen: dict[str, str], shifts: Sequence[tuple[int, int, int, int]], text: str
) -> GoldEvent | None:
    """The event at its new place; nothing where its trigger lies across a changed name."""

    def place(old: int) -> int | None:
        moved = old
        for a, b, _, end in shifts:
            if a < old < b:
                return None
            if b <= old:
                moved = old + (end - b)
        return moved

    start, end = place(event.start), place(event.end)
    if start is None or end is None:
        return None
    again = [(place(a), place(b)) for a, b in event.again]
    names = {field: tuple(chosen.get(n, n) for n in getattr(event, field)) for field in ("actors", "targets")}
    return replace(
        event,
        start=start,
        end=end,
        trigger=text[start:end],
        again=tuple((a, b) for a, b in again if a is not None and b is not None),
        **names,
    )
