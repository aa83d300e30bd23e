"""Near-duplicates: wire stories that several publishers carry, lightly edited, cut, or framed by boilerplate."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rensa import RMinHash, RMinHashLSH

# Jaccard similarity of three-word shingles (Broder 1997). Of two independent reports of one event it stays below 0.1;
# of a text and its first half it is about 0.5.
SIMILAR = 0.35
_SHINGLE = 3
_PERMUTATIONS = 128
# Two rows a band: a pair at the threshold becomes a candidate with probability 1 - (1 - 0.35²)^64 > 0.999. Candidates
# are then compared exactly, so the sketch decides nothing.
_BANDS = 64
_SEED = 42
_WORDS = re.compile(r"\w+")


def near_duplicates(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Which texts copy an earlier one: a mapping from the copy's id to the id of the earliest text of its chain.

    ``texts`` are (id, text) pairs, earliest first: order decides which is the original. Texts of fewer than three words
    have no shingles and match nothing. The same input gives the same mapping on every machine.
    """
    index = RMinHashLSH(SIMILAR, _PERMUTATIONS, _BANDS)
    known: list[tuple[str, frozenset[str]]] = []
    copies: dict[str, str] = {}
    for name, text in texts:
        shingles = shingles_of(text)
        if not shingles:
            continue
        sketch = RMinHash(_PERMUTATIONS, _SEED)
        sketch.update(sorted(shingles))
        for number in sorted(index.query(sketch)):
            earlier, others = known[number]
            if earlier != name and jaccard(shingles, others) >= SIMILAR:
                copies[name] = copies.get(earlier, earlier)
                break
        index.insert(len(known), sketch)
        known.append((name, shingles))
    return copies


def shingles_of(text: str) -> frozenset[str]:
    """The runs of three words in ``text``, case and punctuation aside."""
    words = _WORDS.findall(text.casefold())
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared members over all members; 0 of two empty sets."""
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)
