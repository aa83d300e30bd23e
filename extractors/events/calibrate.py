"""Fit the confidence of event mentions: ``python -m extractors.events.calibrate --part dev``.

Candidates are read from articles that the network was not trained on, each is marked right where the gold has an event of its
type for it, and a logistic regression over its signs is fitted. Writes ``data/event_confidence.toml`` and prints how well stated and
observed shares agree. Needs scikit-learn, which only training needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from extractors.events.coder import tellings
from extractors.events.confidence import WEIGHTS, confidence, load_weights
from extractors.events.evaluate import LEVELS, same_event
from extractors.events.merge import Candidate, likeness, merge
from extractors.language.pipeline import load
from extractors.language.training.corpus import TYPES, GoldArticle, read_corpus

STRENGTH = 0.3
"""Inverse strength of the ridge penalty: a few hundred candidates carry no more."""
LEAST = 0.5
"""An event is reported when it is likelier right than wrong: a wrong one costs its reader more than a missing one."""
JOINED_FROM = 0.15
"""Two tellings of one type are joined from this probability on. It is low because texts repeat themselves: of 0.38, 0.28, 0.2, 0.15 and
0.1, this one gave the best events by all fields on the dev part."""
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
    told = [tellings(doc, a.published) for a, doc in zip(articles, nlp.pipe(a.text for a in articles), strict=True)]
    if not args.check:
        _write(load_weights() | {"same": _fit_same(articles, told)})
    rows: list[Candidate] = []
    right: list[bool] = []
    for article, found in zip(articles, told, strict=True):
        acts = merge(found, headline_end=article.text.find("\n"))
        rows += acts
        right += marked(article, acts)
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
    _write(
        {
            "bias": model.intercept_[0],
            "least": LEAST,
            "type": {k: weights[k] for k in kinds},
            "sign": {n: weights[n] for n in names},
            "same": load_weights()["same"],
        }
    )
    print(
        f"kept from {LEAST} on: precision {precision:.3f}, recall {recall:.3f} by type, cross-validated; wrote {WEIGHTS.name}"
    )
    return stated


def _fit_same(articles: Sequence[GoldArticle], told: Sequence[Sequence[Candidate]]) -> dict[str, float]:
    """The weights of ``merge.likeness``, from pairs of tellings whose triggers the gold knows."""
    pairs: list[dict[str, float]] = []
    same: list[bool] = []
    for article, found in zip(articles, told, strict=True):
        owners = [(c, owner) for c in found if (owner := _gold_of(article, c)) is not None]
        for (a, event_a), (b, event_b) in combinations(owners, 2):
            if a.event.type == b.event.type:
                pairs.append(likeness(a.event, b.event, article.text.find("\n")))
                same.append(event_a == event_b)
    names, y = sorted(pairs[0]), np.array(same)
    x = np.array([[pair[name] for name in names] for pair in pairs])
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    joined = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1] >= JOINED_FROM
    hits = int((joined & y).sum())
    print(
        f"{len(y)} pairs of tellings, {int(y.sum())} of one act: precision {hits / joined.sum():.3f}, recall {hits / y.sum():.3f}"
    )
    model.fit(x, y)
    shift = float(np.log(JOINED_FROM / (1 - JOINED_FROM)))
    return {"bias": float(model.intercept_[0]) - shift, **dict(zip(names, model.coef_[0].tolist(), strict=True))}


def _gold_of(article: GoldArticle, candidate: Candidate) -> int | None:
    """Which gold event a telling's trigger belongs to, by its place."""
    start, end = candidate.event.trigger_start, candidate.event.trigger_end
    for number, event in enumerate(article.events):
        if any(start < b and a < end for a, b in ((event.start, event.end), *event.again)):
            return number
    return None


def _write(weights: dict[str, Any]) -> None:
    """Write the weights as TOML, and let them be read anew."""
    lines = ["# Weights of the event coder; written by `python -m extractors.events.calibrate`."]
    lines += [f"{name} = {value:.4f}" for name, value in weights.items() if not isinstance(value, dict)]
    for name, table in weights.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{key} = {value:.4f}" for key, value in sorted(table.items()))]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    load_weights.cache_clear()


if __name__ == "__main__":
    main()
