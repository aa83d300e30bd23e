"""Words to word pieces, cases and chunks: the one place where text becomes what the network reads.

Training and reading use the same functions, so that they can't drift apart. Needs ``tokenizers`` and ``numpy`` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

MAX_WORDS = 128
MAX_PIECES = 224
LINE = "\n"
"""The word that stands between two lines; the network reads it as ``[SEP]``."""
LOWER, NO_LETTERS, UPPER, TITLE, MIXED = range(5)


def case_of(word: str) -> int:
    """Which of the five case rows a word takes. A single capital letter counts as Title."""
    if not any(c.isalpha() for c in word):
        return NO_LETTERS
    if word.islower():
        return LOWER
    if word.isupper():
        return UPPER if len(word) > 1 else TITLE
    return TITLE if word[0].isupper() else MIXED


def chunks(words: Sequence[str], limit: int = MAX_WORDS) -> list[tuple[int, int]]:
    """Half-open spans of at most ``limit`` words: as many whole lines as fill half of it, else cut after a sentence-final mark.

    Where there is neither in the second half, at an earlier line's end, and else at the limit. The ``LINE`` at a cut is in no span.
    """
    spans, start = [], 0
    while len(words) - start > limit:
        cut = _cut(words, start, limit)
        spans.append((start, cut))
        start = cut + (words[cut] == LINE)
    if start < len(words):
        spans.append((start, len(words)))
    return spans


def _cut(words: Sequence[str], start: int, limit: int) -> int:
    half, end = start + limit // 2, start + limit
    line_ends = [i for i in range(end, start, -1) if words[i] == LINE]
    if line_ends and line_ends[0] > half:
        return line_ends[0]
    for i in range(end - 1, half, -1):
        if words[i] in {".", "!", "?", "…", ";", ".”", '."'}:
            return i + 1
    return line_ends[0] if line_ends else end


@dataclass(frozen=True, slots=True)
class Pieces:
    """One chunk as the network reads it. ``first`` has each word's first piece; a word past the piece limit has none."""

    ids: np.ndarray
    cases: np.ndarray
    first: np.ndarray


class WordPieces:
    """MiniLM's WordPiece vocabulary."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)

    def encode(self, chunked: Sequence[Sequence[str]]) -> list[Pieces]:
        """Each chunk of words as pieces. A word that yields no piece (a lone control character) is read as ``-``."""
        separator = "[SEP]"
        rows = []
        safe = [[separator if w == LINE else w if w.strip() else "-" for w in words] for words in chunked]
        for words, encoding in zip(safe, self._tokenizer.encode_batch(safe, is_pretokenized=True), strict=True):
            owners = np.array([-1 if w is None else w for w in encoding.word_ids])
            cases = np.array([NO_LETTERS if w == separator else case_of(w) for w in words] + [NO_LETTERS])[owners]
            present, places = np.unique(owners, return_index=True)
            first = np.zeros(len(words), dtype=np.int64)  # a word without a piece of its own reads [CLS]
            keep = present >= 0
            first[present[keep]] = places[keep]
            rows.append(Pieces(np.array(encoding.ids, dtype=np.int64), cases.astype(np.int64), first))
        return rows


def batch(rows: Sequence[Pieces]) -> dict[str, np.ndarray]:
    """Padded arrays for a batch, keyed by the graph's input names."""
    width, words = max(len(r.ids) for r in rows), max(len(r.first) for r in rows)
    out = {name: np.zeros((len(rows), width), dtype=np.int64) for name in ("pieces", "mask", "cases")}
    out["cases"] += NO_LETTERS
    out["first"] = np.zeros((len(rows), words), dtype=np.int64)
    for i, row in enumerate(rows):
        n = len(row.ids)
        out["pieces"][i, :n], out["mask"][i, :n], out["cases"][i, :n] = row.ids, 1, row.cases
        out["first"][i, : len(row.first)] = row.first
    return out
