"""Fit the confidence of event mentions: ``python -m extractors.events.calibrate --part dev``.

Candidates are read from articles that the network was not trained on, each is marked right where the gold has an event of its
type for it, and a logistic regression over its signs is fitted. Writes ``data/event_confidence.toml`` and prints how well stated and
observed shares agree. Needs scikit-learn, which only training needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from extractors.events.coder import candidates
from extractors.events.confidence import WEIGHTS, confidence
from extractors.events.evaluate import LEVELS, same_event
from extractors.events.merge import Candidate
from extractors.language.pipeline import load
from extractors.language.training.corpus import TYPES, GoldArticle, read_corpus

STRENGTH = 0.3
"""Inverse strength of the ridge penalty: a few hundred candidates carry no more."""
LEAST = 0.5
"""An event is reported when it is likelier right than wrong: a wrong one costs its reader more than a missing one."""
BINS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)


def marked(article: GoldArticle, rows: Sequence[Candidate]) -> list[bool]:
    """Whether each candidate is an event of the gold: the best match of each gold event first, at least of its type."""
    right = [False] * len(rows)
    open_events = list(article.events)
    for level in reversed(LEVELS):
        for event in list(open_events):
            for i, row in enumerate(rows):
                if not right[i] and same_event(event, row.event, level):
                    right[i] = True
                    open_events.remove(event)
                    break
    return right


def features(rows: Sequence[Candidate], kinds: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """One row a candidate: its type, then its signs."""
    out = np.zeros((len(rows), len(kinds) + len(names)))
    for i, row in enumerate(rows):
        out[i, kinds.index(row.event.type)] = 1.0
        for j, name in enumerate(names):
            value = row.signs.get(name, 1.0 if name == "told" else 0.0)
            out[i, len(kinds) + j] = np.log(value) if name == "told" else value
    return out


def reliability(stated: np.ndarray, right: np.ndarray) -> list[tuple[str, int, float, float]]:
    """For each bin of stated confidence: its bounds, candidates, mean stated and observed share."""
    table = []
    for low, high in pairwise(BINS):
        inside = (stated >= low) & (stated < high + (high == 1.0))
        if inside.any():
            table.append(
                (f"{low:.2f}-{high:.2f}", int(inside.sum()), float(stated[inside].mean()), float(right[inside].mean()))
            )
    return table


def kept_scores(stated: np.ndarray, right: np.ndarray, gold: int) -> tuple[float, float]:
    """Precision and recall by type of the candidates whose confidence reaches ``LEAST``, against ``gold`` events."""
    kept = stated >= LEAST
    hits = int(right[kept].sum())
    return hits / max(int(kept.sum()), 1), hits / max(gold, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["train", "dev", "test"], nargs="+", default=["dev"])
    parser.add_argument(
        "--not-in",
        type=Path,
        help="a folder of corpus files: those of the train part are left out, as the network was trained on them",
    )
    parser.add_argument(
        "--check", action="store_true", help="fit nothing: state how well the present weights are calibrated"
    )
    args = parser.parse_args()
    seen = {p.stem for p in args.not_in.rglob("*.txt")} if args.not_in else set()
    articles = [
        a for a in read_corpus() if a.split in args.part and a.on_topic and not (a.split == "train" and a.id in seen)
    ]
    nlp = load()
    rows: list[Candidate] = []
    right: list[bool] = []
    for article, doc in zip(articles, nlp.pipe(a.text for a in articles), strict=True):
        found = candidates(doc, article.published)
        rows += found
        right += marked(article, found)
    gold, y = sum(len(a.events) for a in articles), np.array(right)
    print(f"{len(articles)} articles, {gold} events, {len(rows)} candidates, {y.mean():.3f} of them right")
    present = np.array([confidence(c.event.type, c.signs) for c in rows])
    stated = present if args.check else _fit(rows, y, gold)
    for bounds, n, said, seen_share in reliability(stated, y):
        print(f"  {bounds}  n {n:4}  stated {said:.2f}  right {seen_share:.2f}")


def _fit(rows: Sequence[Candidate], y: np.ndarray, gold: int) -> np.ndarray:
    kinds, names = sorted(TYPES), sorted({n for c in rows for n in c.signs} | {"told"})
    x = features(rows, kinds, names)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    stated = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    precision, recall = kept_scores(stated, y, gold)
    model.fit(x, y)
    weights = dict(zip([*kinds, *names], model.coef_[0].tolist(), strict=True))
    lines = [
        "# Weights of the confidence of event mentions; written by `python -m extractors.events.calibrate`.",
        f"bias = {model.intercept_[0]:.4f}",
        f"least = {LEAST}",
        *["", "[type]", *(f"{k} = {weights[k]:.4f}" for k in kinds)],
        *["", "[sign]", *(f"{n} = {weights[n]:.4f}" for n in names)],
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(
        f"kept from {LEAST} on: precision {precision:.3f}, recall {recall:.3f} by type, cross-validated; wrote {WEIGHTS.name}"
    )
    return stated


if __name__ == "__main__":
    main()
