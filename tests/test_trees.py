"""Decoding: trees are trees, and greedy only where greedy is right."""

import numpy as np
import pytest

from extractors.language.encoder import BioDecoder
from extractors.language.lemma_rules import apply_rule, rule_for
from extractors.language.trees import spanning_tree
from extractors.language.wordpieces import LINE, MAX_WORDS, chunks


def is_tree(heads: np.ndarray) -> bool:
    for word in range(len(heads)):
        seen = set()
        while heads[word] != word:
            if word in seen:
                return False
            seen.add(word)
            word = int(heads[word])
    return int((heads == np.arange(len(heads))).sum()) == 1


@pytest.mark.parametrize("seed", range(60))
def test_any_scores_give_one_rooted_tree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n := int(rng.integers(1, 14)), n))
    assert is_tree(spanning_tree(scores))


def test_a_greedy_cycle_is_broken_at_the_least_cost() -> None:
    scores = np.array([[0.0, 5.0, 4.0], [5.0, 1.0, 4.5], [0.0, 0.0, 9.0]])
    assert spanning_tree(scores).tolist() == [1, 2, 2]


def test_bio_decoding_never_starts_inside() -> None:
    decoder = BioDecoder(["O", "B-ORG", "I-ORG", "B-GPE", "I-GPE"])
    logits = np.array([[0, 0, 9, 0, 0], [0, 0, 9, 0, 0], [9, 0, 0, 0, 0], [0, 0, 0, 9, 0], [0, 0, 5, 0, 4.0]])
    assert [(s.start, s.end, s.label) for s in decoder.spans(logits)] == [(0, 2, "ORG"), (3, 5, "GPE")]


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("Restrictions", "restriction"),
        ("was", "be"),
        ("Nvidia", "Nvidia"),
        ("tightened", "tighten"),
        ("chips", "chip"),
        ("went", "go"),
    ],
)
def test_lemma_rules_round_trip(word: str, lemma: str) -> None:
    assert apply_rule(rule_for(word, lemma), word) == lemma


def test_chunks_cover_every_word_once_and_prefer_sentence_ends() -> None:
    words = (["word"] * 40 + ["."]) * 8
    spans = chunks(words)
    assert [i for a, b in spans for i in range(a, b)] == list(range(len(words)))
    assert all(b - a <= MAX_WORDS for a, b in spans)
    assert all(words[b - 1] == "." for _, b in spans)


def test_chunks_are_whole_lines_where_they_can_be() -> None:
    words = [*["head"] * 9, LINE, *["word"] * 70, LINE, *["word"] * 80, LINE, *["word"] * 10]
    assert chunks(words) == [(0, 80), (81, 172)]
    assert chunks([*["head"] * 9, LINE, *["word"] * 200])[0] == (0, 9)
