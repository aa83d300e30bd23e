"""Run the exported network: words in, names, triggers, tags and trees out. Needs onnxruntime and numpy, not torch.

Names are decoded by Viterbi under the BIO constraints, trees by the maximum spanning arborescence of each
sentence (Chu & Liu 1965, Edmonds 1967) with one root.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime

from extractors.language.lemma_rules import apply_rule
from extractors.language.trees import spanning_tree
from extractors.language.wordpieces import LINE, WordPieces, batch, chunks

FILES = ("network.onnx", "tokenizer.json", "labels.json", "pairs.npz")
# Edited prose ends a sentence by one of these or by the end of its line: anything else that looks like a start is none. After a full stop
# of its own (those of abbreviations are part of their word) and before a capital, there is a start unless the network is sure that there is none.
SENTENCE_END = frozenset(".!?…:;\"”’')]»–—-*•")
FULL_STOPS = frozenset(".!?…")
CLOSING = frozenset("\"”’')]»")
UNLESS_BELOW = -2.0
EVENTS = ("ner", "trigger", "status", "undated", "role_trigger", "role_argument")
TOPIC = "topic"
# Triggers are proposed generously; their confidence decides (``extractors.events.confidence``).
MORE_TRIGGERS = 0.7


@dataclass(frozen=True, slots=True)
class Labelled:
    """A run of words, half-open, with its label and the mean probability of its tags."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Trigger:
    """A run of words that tells of an event. ``kind`` is ``TYPE:direction``; probabilities are the network's own.

    ``status`` and ``undated`` (whether an event that the text does not date is the article's own news) map classes to
    probabilities; ``actors`` and ``targets`` hold for each word of the chunk (from ``offset``) the probability that a name ending in
    it plays the role.
    """

    start: int
    end: int
    kind: str
    score: float
    status: dict[str, float]
    undated: dict[str, float]
    offset: int
    actors: np.ndarray
    targets: np.ndarray


@dataclass(slots=True)
class Analysis:
    """What the network says of one text's words; ``heads`` are absolute, a root is its own head.

    A ``LINE`` among the words keeps its place in every list and is a sentence of its own. ``topic`` maps the topic classes to the mean of
    their probabilities over the text's chunks.
    """

    names: list[Labelled] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    morphs: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    starts: list[bool] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    topic: dict[str, float] = field(default_factory=dict)


class BioDecoder:
    """Best tag sequence under the BIO constraints, and its spans."""

    def __init__(self, tags: Sequence[str], *, against_outside: float = 0.0) -> None:
        """``against_outside`` is taken off the log-probability of the outside tag: the higher, the more spans, each with its score."""
        self.tags, self.against = list(tags), against_outside
        inside = np.array([t[0] == "I" for t in tags])
        kinds = np.array([t[2:] for t in tags])
        follows = (kinds[:, None] == kinds[None, :]) & (kinds[:, None] != "")
        self.step = np.where(inside[None, :] & ~follows, -1e9, 0.0).astype(np.float32)
        self.start = np.where(inside, -1e9, 0.0).astype(np.float32)

    def spans(self, logits: np.ndarray) -> list[Labelled]:
        """Spans of the best sequence for ``logits`` (words, tags)."""
        logits = logits - logits.max(-1, keepdims=True)
        scores = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        probabilities = np.exp(scores)
        scores[:, 0] -= self.against
        if (scores.argmax(-1) == 0).all():
            return []
        best, back = scores[0] + self.start, np.zeros(scores.shape, dtype=np.int64)
        for i in range(1, len(scores)):
            reach = best[:, None] + self.step
            back[i] = reach.argmax(0)
            best = reach.max(0) + scores[i]
        path = [int(best.argmax())]
        for i in range(len(scores) - 1, 0, -1):
            path.append(int(back[i][path[-1]]))
        path.reverse()
        return self._runs(path, probabilities[np.arange(len(scores)), path])

    def _runs(self, path: Sequence[int], probabilities: np.ndarray) -> list[Labelled]:
        found, start = [], -1
        for i, tag in enumerate([*(self.tags[p] for p in path), "O"]):
            if start >= 0 and tag[0] != "I":
                found.append(Labelled(start, i, self.tags[path[start]][2:], float(probabilities[start:i].mean())))
                start = -1
            if tag[0] == "B":
                start = i
        return found


class Encoder:
    """The exported network with its vocabularies, from a folder with ``FILES``."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "network.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = WordPieces(folder / "tokenizer.json")
        self.labels: dict[str, list[str]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        pairs = np.load(folder / "pairs.npz")
        self._relation = pairs["relation_weight"].T.copy(), pairs["relation_bias"]
        self._role = pairs["role_weight"].T.copy(), pairs["role_bias"]
        self._ner = BioDecoder(self.labels["ner"])
        self._trigger = BioDecoder(self.labels["trigger"], against_outside=MORE_TRIGGERS)

    def analyse(self, texts: Sequence[Sequence[str]], *, syntax: bool = True) -> list[Analysis]:
        """One analysis a text (a list of words). Without ``syntax``, only names and triggers."""
        out = [Analysis() for _ in texts]
        topics: list[list[np.ndarray]] = [[] for _ in texts]
        for k, words in enumerate(texts):
            for a, b in chunks(words):
                part = self._run(words[a:b], syntax)
                topics[k].append(part[TOPIC])
                if a and words[a - 1] == LINE:
                    _pass_over_line(out[k], syntax)
                self._collect(out[k], part, words[a:b], a, syntax)
        for analysis, rows in zip(out, topics, strict=True):
            if rows:
                mean = (1.0 / (1.0 + np.exp(-np.array(rows)))).mean(0)
                analysis.topic = dict(zip(self.labels[TOPIC], mean.tolist(), strict=True))
        return out

    def _run(self, words: Sequence[str], syntax: bool) -> dict[str, np.ndarray]:
        """What the network says of one chunk.

        Chunks are run one by one: int8 scales its activations by what it is given, so that in a batch a text's reading would depend on
        its neighbours. It is as fast, since nothing is padded.
        """
        names = [TOPIC, *EVENTS, *(["tag", "morph", "lemma", "sent", "arc", "rel_dep", "rel_head"] if syntax else [])]
        values = self._session.run(names, batch(self._pieces.encode([words])))
        return {name: value[0] for name, value in zip(names, values, strict=True)}

    def _collect(
        self, into: Analysis, part: dict[str, np.ndarray], words: Sequence[str], offset: int, syntax: bool
    ) -> None:
        lines = [i for i, word in enumerate(words) if word == LINE]
        for task in ("ner", "trigger"):
            part[task][lines, 1:] = -1e9
        into.names += [
            Labelled(s.start + offset, s.end + offset, s.label, s.score) for s in self._ner.spans(part["ner"])
        ]
        into.triggers += [self._event(part, s, offset) for s in self._trigger.spans(part["trigger"])]
        if not syntax:
            return
        into.tags += [self.labels["tag"][i] for i in part["tag"].argmax(-1)]
        into.morphs += [self.labels["morph"][i] for i in part["morph"].argmax(-1)]
        rules = part["lemma"].argmax(-1)
        into.lemmas += [apply_rule(self.labels["lemma"][r], w) for r, w in zip(rules, words, strict=True)]
        starts = np.array([_starts(words, i, logit) for i, logit in enumerate(part["sent"])], dtype=bool)
        starts[lines] = True
        starts[[i + 1 for i in lines if i + 1 < len(words)]] = True
        heads = np.arange(len(words))
        bounds = [*np.flatnonzero(starts), len(words)]
        for a, b in pairwise(bounds):
            heads[a:b] = spanning_tree(part["arc"][a:b, a:b]) + a
        logits = _pair(part["rel_dep"] + part["rel_head"][heads], self._relation)
        root = self.labels["relation"].index("root")
        logits[heads != np.arange(len(words)), root] = -1e9
        chosen = zip(heads, logits.argmax(-1), strict=True)
        into.relations += ["root" if h == i else self.labels["relation"][r] for i, (h, r) in enumerate(chosen)]
        into.starts += starts.tolist()
        into.heads += (heads + offset).tolist()

    def _event(self, part: dict[str, np.ndarray], span: Labelled, offset: int) -> Trigger:
        roles = _softmax(_pair(part["role_trigger"][span.start] + part["role_argument"], self._role))
        by_name = {name: roles[:, i] for i, name in enumerate(self.labels["role"])}
        heads = {
            task: dict(zip(self.labels[task], _softmax(part[task][span.start]).tolist(), strict=True))
            for task in ("status", "undated")
        }
        return Trigger(
            start=span.start + offset,
            end=span.end + offset,
            kind=span.label,
            score=span.score,
            offset=offset,
            actors=by_name["actor"],
            targets=by_name["target"],
            **heads,
        )


def _starts(words: Sequence[str], i: int, logit: float) -> bool:
    """Whether a sentence starts at a word, by what the network says and by how the words before it end."""
    if i == 0:
        return True
    before = words[i - 1]
    closed = i > 1 and before in CLOSING and words[i - 2] in FULL_STOPS
    if (before in FULL_STOPS or closed) and (words[i][0].isupper() or words[i][0] in "“\"‘'("):
        return bool(logit > UNLESS_BELOW)
    return bool(logit > 0 and before[-1:] in SENTENCE_END)


def _pass_over_line(into: Analysis, syntax: bool) -> None:
    """Keep the place of a line's end at which a text was cut."""
    if syntax:
        into.heads.append(len(into.heads))
        into.starts.append(True)
        for rows in (into.tags, into.morphs, into.lemmas, into.relations):
            rows.append("")


def _pair(summed: np.ndarray, layer: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.maximum(summed, 0.0) @ layer[0] + layer[1]


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponent = np.exp(logits - logits.max(-1, keepdims=True))
    return exponent / exponent.sum(-1, keepdims=True)
