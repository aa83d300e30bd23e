"""Score the shipped pipeline on the annotated corpus: ``python -m extractors.events.evaluate [--part test] [--json]``.

Names count by exact span and label, links by canonical name, events by type, then by type, direction, date and an actor, then
also by status, first actor and a target. The corpus hash stands beside the scores.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence

from extractors.events.reading import read_texts
from extractors.language.pipeline import load, model_version
from extractors.language.training.corpus import LABELS, GoldArticle, GoldEvent, corpus_hash, read_corpus
from extractors.language.training.scoring import Hits, interval, of_matching, of_sets, total
from extractors.records import EventMention, Reading

LEVELS = ("type", "full", "strict")


def dates_agree(gold: GoldEvent, found: EventMention) -> bool:
    """A gold date that the text states must be met: to two days, a week, the month, a quarter or the year, by its precision."""
    if not gold.date or gold.precision == "inferred":
        return True
    if not found.date:
        return False
    if gold.precision == "year":
        return gold.date[:4] == found.date[:4]
    months = [int(d[:4]) * 12 + int(d[5:7]) for d in (gold.date, found.date)]
    if gold.precision in {"month", "quarter"}:
        return abs(months[0] - months[1]) <= (2 if gold.precision == "quarter" else 0)
    days = abs((dt.date.fromisoformat(gold.date) - dt.date.fromisoformat(found.date)).days)
    return days <= (7 if gold.precision == "week" else 2)


def same_event(gold: GoldEvent, found: EventMention, level: str) -> bool:
    """Whether a found event is the gold one at a level of ``LEVELS``."""
    if gold.type != found.type:
        return False
    if level == "type":
        return True
    if gold.direction != found.direction or not dates_agree(gold, found):
        return False
    if gold.actors and not set(gold.actors) & set(found.actors):
        return False
    if level == "full":
        return True
    if gold.status != found.status or (gold.actors and gold.actors[0] not in found.actors):
        return False
    return not gold.targets or bool(set(gold.targets) & set(found.targets))


def score(articles: Sequence[GoldArticle], readings: Sequence[Reading]) -> dict[str, list[Hits]]:
    """Hits an article for every measure."""
    rows: dict[str, list[Hits]] = {}

    def add(name: str, hits: Hits) -> None:
        rows.setdefault(name, []).append(hits)

    for article, reading in zip(articles, readings, strict=True):
        for label in sorted(LABELS):
            gold = {(m.start, m.end) for m in article.mentions if m.label == label}
            add(label, of_sets(gold, {(m.start, m.end) for m in reading.mentions if m.label == label}))
        linked = {(m.start, m.end): m.entity for m in reading.mentions}
        known = [
            (m, linked[m.start, m.end]) for m in article.mentions if m.label == "ORG" and (m.start, m.end) in linked
        ]
        right = sum(m.canonical == entity for m, entity in known)
        add("ORG linked", Hits(right, 0, len(known) - right))
        add("on topic", of_sets({1} if article.on_topic else set(), {1} if reading.verdict.on_topic else set()))
        if article.on_topic:
            add("families", of_sets(set(article.families), set(reading.verdict.families)))
            for level in LEVELS:
                add(
                    f"events {level}",
                    of_matching(article.events, reading.events, lambda g, f, at=level: same_event(g, f, at)),
                )
            for kind in sorted({e.type for e in article.events} | {e.type for e in reading.events}):
                gold = [e for e in article.events if e.type == kind]
                found = [e for e in reading.events if e.type == kind]
                add(f"  {kind}", of_matching(gold, found, lambda g, f: same_event(g, f, "type")))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["train", "dev", "test"], default="test")
    parser.add_argument("--model", default=None)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    nlp = load(args.model)
    articles = [a for a in read_corpus() if a.split == args.part]
    readings = list(read_texts(nlp, (("", a.text, a.published) for a in articles), everything=True))
    rows = score(articles, readings)
    out = {}
    for name, hits in rows.items():
        summed, (low, high) = total(hits), interval(hits)
        out[name] = {"P": round(summed.precision, 3), "R": round(summed.recall, 3), "F1": round(summed.f1, 3),
                     "low": round(low, 3), "high": round(high, 3), "n": summed.tp + summed.fn}  # fmt: skip
    head = {"part": args.part, "articles": len(articles), "model": model_version(nlp), "corpus": corpus_hash()}
    if args.json:
        print(json.dumps(head | {"scores": out}, indent=1))
        return
    print(f"{head['model']} on the {args.part} part: {len(articles)} articles, corpus {head['corpus'][:12]}")
    for name, row in out.items():
        print(
            f"{name:24} P {row['P']:.3f}  R {row['R']:.3f}  F1 {row['F1']:.3f}  [{row['low']:.3f}, {row['high']:.3f}]  n {row['n']}"
        )


if __name__ == "__main__":
    main()
