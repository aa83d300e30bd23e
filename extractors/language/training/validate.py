"""Check the corpus: ``python -m extractors.language.training.validate [FOLDER_OR_FILE ...]``.

Prints every fault with its file, names that are marked in one place and left bare in another of the same article, and
the balance of labels and event types. Exits 1 on a fault.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from extractors.language.training.corpus import CORPUS_DIR, CorpusError, GoldArticle, read_article


def unmarked_again(article: GoldArticle) -> list[str]:
    """Surfaces of an article that occur again as whole words, in the same case, outside every mention."""
    covered = [(m.start, m.end) for m in article.mentions]
    found = []
    for surface in {article.text[m.start : m.end] for m in article.mentions}:
        for match in re.finditer(rf"(?<![\w-]){re.escape(surface)}(?!\w)", article.text):
            if not any(start <= match.start() < end for start, end in covered):
                found.append(
                    f"{surface!r} is marked elsewhere and bare at ...{article.text[max(0, match.start() - 25) : match.end() + 15]!r}"
                )
    return sorted(found)


def shared_triggers(article: GoldArticle) -> list[str]:
    """Words that are the trigger of two events of an article."""
    places = sorted(
        (start, end, event.type) for event in article.events for start, end in ((event.start, event.end), *event.again)
    )
    return [
        f"{article.text[b[0] : b[1]]!r} is a trigger of {a[2]} and of {b[2]}"
        for a, b in pairwise(places)
        if b[0] < a[1]
    ]


def main(arguments: list[str]) -> int:
    roots = [Path(a) for a in arguments] or [CORPUS_DIR]
    paths = sorted({p for root in roots for p in (root.rglob("*.txt") if root.is_dir() else [root])})
    faults = articles = words = 0
    counts: dict[str, Counter] = {
        name: Counter() for name in ("split", "kind", "on_topic", "label", "type", "told", "status", "family")
    }
    for path in paths:
        try:
            article = read_article(path)
        except CorpusError as error:
            faults += 1
            print(error)
            continue
        for line in [*unmarked_again(article), *shared_triggers(article)]:
            faults += 1
            print(f"{path}: {line}")
        articles += 1
        words += len(article.text.split())
        counts["split"][article.split] += 1
        counts["kind"][article.kind] += 1
        counts["on_topic"][article.on_topic] += 1
        counts["label"].update(m.label for m in article.mentions)
        counts["type"].update(e.type for e in article.events)
        counts["told"].update("again" if n else "once" for e in article.events for n in range(1 + len(e.again)))
        counts["status"].update(e.status for e in article.events)
        counts["family"].update(article.families)
    print(f"{articles} articles, {words} words, {faults} faults")
    for name, counter in counts.items():
        print(f"  {name}: " + ", ".join(f"{key} {n}" for key, n in counter.most_common()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
