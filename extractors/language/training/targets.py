"""What the network is trained towards: the classes of every head, and examples as arrays of their indices."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from extractors.language.training.examples import (
    NER_TAGS,
    ROLES,
    STATUS,
    TOPIC,
    TRIGGER_TAGS,
    UNDATED,
    Example,
    classes,
)
from extractors.language.training.network import Sizes

IGNORE = -100
TASKS = ("trigger", "status", "undated", "tag", "morph", "lemma", "relation")


def vocabulary(trees: Sequence[Example]) -> dict[str, list[str]]:
    """The classes of every head. Rare ones are left out: their words train the other heads only."""
    return {
        "ner": list(NER_TAGS),
        "trigger": list(TRIGGER_TAGS),
        "status": list(STATUS),
        "undated": list(UNDATED),
        "role": list(ROLES),
        "tag": classes(trees, "tag", 1),
        "morph": classes(trees, "morph", 10),
        "lemma": classes(trees, "lemma", 4),
        "relation": classes(trees, "relation", 10),
        "topic": list(TOPIC),
    }


def sizes_of(vocab: dict[str, list[str]]) -> Sizes:
    return Sizes(**{name: len(rows) for name, rows in vocab.items()})


class Targets:
    """Turns examples into target arrays by the vocabulary."""

    def __init__(self, vocab: dict[str, list[str]]) -> None:
        self.index = {task: {c: i for i, c in enumerate(rows)} for task, rows in vocab.items()}

    def of(self, examples: Sequence[Example], words: int) -> dict[str, Tensor]:
        out: dict[str, Tensor] = {}
        for task in TASKS:
            if any(getattr(e, task) for e in examples):
                out[task] = torch.full((len(examples), words), IGNORE)
                for i, e in enumerate(examples):
                    for j, value in enumerate(getattr(e, task)):
                        out[task][i, j] = self.index[task].get(value, IGNORE)
        if any(e.ner for e in examples):
            out["ner"] = torch.zeros(len(examples), words, len(self.index["ner"]), dtype=torch.bool)
            for i, e in enumerate(examples):
                for j, allowed in enumerate(e.ner):
                    for name in allowed:
                        out["ner"][i, j, self.index["ner"][name]] = True
        pairs = [(i, t, h, self.index["role"][r]) for i, e in enumerate(examples) for t, h, r in e.roles]
        if pairs:
            out["role"] = torch.tensor(pairs)
        if any(e.topic is not None for e in examples):
            out["topic"] = torch.full((len(examples), len(self.index["topic"])), float(IGNORE))
            for i, e in enumerate(examples):
                if e.topic is not None:
                    out["topic"][i] = 0.0
                    out["topic"][i, [self.index["topic"][name] for name in e.topic]] = 1.0
        if any(e.head for e in examples):
            out["head"] = torch.full((len(examples), words), IGNORE)
            out["sent"] = torch.full((len(examples), words), float(IGNORE))
            for i, e in enumerate(examples):
                for j, (head, start) in enumerate(zip(e.head, e.sent, strict=True)):
                    out["head"][i, j] = head if head >= 0 else IGNORE
                    out["sent"][i, j] = start
        return out
