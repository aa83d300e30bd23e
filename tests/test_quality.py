"""Quality floors on the test part of the corpus, which nothing is tuned on: a lower score, or other gold, breaks the build.

The floors stand a little below what was measured (``make eval``), so that a re-export on another machine passes and a loss does not.
"""

import json
from pathlib import Path

import pytest

from extractors.events.evaluate import score
from extractors.events.reading import read_texts
from extractors.language.pipeline import load
from extractors.language.training.corpus import corpus_hash, read_corpus
from extractors.language.training.scoring import total

FLOORS = json.loads((Path(__file__).parent / "eval" / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    articles = [a for a in read_corpus() if a.split == "test"]
    readings = list(read_texts(load(), [("", a.text, a.published) for a in articles], everything=True))
    return {name: total(hits).f1 for name, hits in score(articles, readings).items()}


def test_the_floors_belong_to_this_gold() -> None:
    assert corpus_hash() == FLOORS["corpus"], (
        "the corpus has changed: run `make eval`, look at the scores, and set the floors anew"
    )


@pytest.mark.parametrize("name", FLOORS["f1"])
def test_no_score_falls_below_its_floor(scores: dict[str, float], name: str) -> None:
    assert scores[name] >= FLOORS["f1"][name]
