"""The network that is trained: one MiniLM encoder read by a head for each task.

One pass of the encoder serves names, event triggers, tags, morphology, lemmas, sentence starts and the dependency parse.
A head sees the vector of a word's first word piece. Two departures from a plain fine-tuned token classifier:

- MiniLM is uncased. The two token-type rows of its embedding, which carry nothing here, are replaced by five that tell a
  word's case (lower, no letters, UPPER, Title, miXed), all initialised from row 0.
- The parse is scored as in Dozat & Manning (2017, arXiv:1611.01734): a biaffine score for each (dependent, head) pair. The relation
  is scored by a small additive network on the same pair, so that only the chosen heads need a label. The role of a name in
  an event (actor, target or neither) is scored in the same way from the trigger's and the name's words.

Needs torch, which only training needs: what ships runs the exported graph with onnxruntime.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

CASES = 5
HIDDEN, LAYERS, HEADS, INNER, PIECES, POSITIONS = 384, 6, 12, 1536, 30522, 512
ARC, RELATION, ROLE = 256, 128, 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many classes each word-level head tells apart."""

    ner: int
    trigger: int
    status: int
    undated: int
    role: int
    tag: int
    morph: int
    lemma: int
    relation: int
    topic: int


class Layer(nn.Module):
    """One BERT encoder layer (post-norm), with attention written out so that it exports to plain operators."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.inner, self.outer = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, eps=1e-12), nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        def split(y: Tensor) -> Tensor:
            return y.reshape(y.shape[0], -1, HEADS, HIDDEN // HEADS).transpose(1, 2)

        scores = split(self.query(x)) @ split(self.key(x)).transpose(-1, -2) / math.sqrt(HIDDEN // HEADS) + bias
        mixed = (self.drop(scores.softmax(-1)) @ split(self.value(x))).transpose(1, 2).reshape(x.shape[0], -1, HIDDEN)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.outer(F.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """MiniLM-L6-H384 with the case rows in place of token types."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.pieces = nn.Embedding(PIECES, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.cases = nn.Embedding(CASES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, pieces: Tensor, mask: Tensor, cases: Tensor) -> Tensor:
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.drop(self.norm(self.pieces(pieces) + self.positions(places)[None] + self.cases(cases)))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def load_base(self, path: Path) -> None:
        """Take the weights of the base model's ``model.safetensors``. Raises ``KeyError`` on another architecture."""
        weights = load_file(path)
        state = {
            "pieces.weight": weights["embeddings.word_embeddings.weight"],
            "positions.weight": weights["embeddings.position_embeddings.weight"],
            "cases.weight": weights["embeddings.token_type_embeddings.weight"][:1].repeat(CASES, 1)
            + 0.01 * torch.randn(CASES, HIDDEN),
            "norm.weight": weights["embeddings.LayerNorm.weight"],
            "norm.bias": weights["embeddings.LayerNorm.bias"],
        }
        parts = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "inner": "intermediate.dense",
            "outer": "output.dense",
            "norm2": "output.LayerNorm",
        }
        for i in range(LAYERS):
            for ours, theirs in parts.items():
                for kind in ("weight", "bias"):
                    state[f"layers.{i}.{ours}.{kind}"] = weights[f"encoder.layer.{i}.{theirs}.{kind}"]
        self.load_state_dict(state)


class Network(nn.Module):
    """Encoder and heads. Outputs are word-level logits, shape (batch, words, classes), but for ``topic``: (batch, classes)."""

    OUTPUTS = [
        "ner",
        "trigger",
        "status",
        "undated",
        "role_trigger",
        "role_argument",
        "tag",
        "morph",
        "lemma",
        "sent",
        "arc",
        "rel_dep",
        "rel_head",
        "topic",
    ]

    def __init__(self, sizes: Sizes, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(dropout)
        self.drop = nn.Dropout(dropout)
        self.ner = nn.Linear(HIDDEN, sizes.ner)
        self.trigger = nn.Linear(HIDDEN, sizes.trigger)
        self.status, self.undated = nn.Linear(HIDDEN, sizes.status), nn.Linear(HIDDEN, sizes.undated)
        self.role_trigger, self.role_argument = nn.Linear(HIDDEN, ROLE), nn.Linear(HIDDEN, ROLE)
        self.role_out = nn.Linear(ROLE, sizes.role)
        self.tag = nn.Linear(HIDDEN, sizes.tag)
        self.morph = nn.Linear(HIDDEN, sizes.morph)
        self.lemma = nn.Linear(HIDDEN, sizes.lemma)
        self.sent = nn.Linear(HIDDEN, 1)
        self.arc_dep, self.arc_head = nn.Linear(HIDDEN, ARC), nn.Linear(HIDDEN, ARC)
        self.arc_pair = nn.Linear(ARC, ARC)
        self.rel_dep, self.rel_head = nn.Linear(HIDDEN, RELATION), nn.Linear(HIDDEN, RELATION)
        self.rel_out = nn.Linear(RELATION, sizes.relation)
        self.topic = nn.Linear(HIDDEN, sizes.topic)

    def forward(self, pieces: Tensor, mask: Tensor, cases: Tensor, first: Tensor) -> tuple[Tensor, ...]:
        """``pieces, mask, cases``: (batch, pieces); ``first``: (batch, words), the place of each word's first piece."""
        x = self.encoder(pieces, mask, cases)
        words = self.drop(x.gather(1, first[..., None].expand(-1, -1, HIDDEN)))
        dep, head = F.gelu(self.arc_dep(words)), F.gelu(self.arc_head(words))
        arc = self.arc_pair(dep) @ head.transpose(1, 2)  # (batch, dependent, head); a word as its own head is the root
        return (
            self.ner(words),
            self.trigger(words),
            self.status(words),
            self.undated(words),
            self.role_trigger(words),
            self.role_argument(words),
            self.tag(words),
            self.morph(words),
            self.lemma(words),
            self.sent(words).squeeze(-1),
            arc,
            self.rel_dep(words),
            self.rel_head(words),
            self.topic(self.drop(x[:, 0])),
        )

    def relations(self, rel_dep: Tensor, rel_head: Tensor, heads: Tensor) -> Tensor:
        """Logits of each word's relation to the head at ``heads`` (batch, words)."""
        chosen = rel_head.gather(1, heads[..., None].expand(-1, -1, RELATION))
        return self.rel_out(F.relu(rel_dep + chosen))

    def roles(self, role_trigger: Tensor, role_argument: Tensor, pairs: Tensor) -> Tensor:
        """Logits of the role that argument word ``pairs[:, 2]`` plays for trigger word ``pairs[:, 1]`` in row ``pairs[:, 0]``."""
        row, trigger, argument = pairs.T
        return self.role_out(F.relu(role_trigger[row, trigger] + role_argument[row, argument]))
