"""The best dependency tree for a matrix of arc scores: a maximum spanning arborescence with exactly one root."""

from __future__ import annotations

import numpy as np


def spanning_tree(scores: np.ndarray) -> np.ndarray:
    """Heads of the best tree. ``scores[d, h]`` scores head ``h`` for ``d``; ``scores[d, d]`` scores ``d`` as the root.

    The greedy choice is a tree for nearly every sentence and is then the optimum; otherwise one root is fixed (the word
    that the scores prefer as root) and Chu-Liu/Edmonds finds the best tree below it.
    """
    n = len(scores)
    if n == 1:
        return np.zeros(1, dtype=np.int64)
    heads = scores.argmax(1)
    roots = np.flatnonzero(heads == np.arange(n))
    if len(roots) == 1 and not _cycle(heads):
        return heads
    gain = scores.diagonal() - np.where(np.eye(n, dtype=bool), -np.inf, scores).max(1)
    root = int(gain.argmax())
    fixed = scores.astype(np.float64).copy()
    np.fill_diagonal(fixed, -np.inf)
    fixed[root] = -np.inf
    heads = _edmonds(fixed, root)
    heads[root] = root
    return heads


def _cycle(heads: np.ndarray) -> list[int]:
    """The words of one cycle of length two or more, or an empty list."""
    state = [0] * len(heads)  # 0 unseen, 1 on the current walk, 2 done
    for begin in range(len(heads)):
        walk, node = [], begin
        while state[node] == 0:
            state[node] = 1
            walk.append(node)
            if heads[node] == node:
                break
            node = int(heads[node])
        if state[node] == 1 and heads[node] != node:
            return walk[walk.index(node) :]
        for seen in walk:
            state[seen] = 2
    return []


def _edmonds(scores: np.ndarray, root: int) -> np.ndarray:
    """Best arborescence below ``root``; the diagonal and the root's row are minus infinity."""
    heads = scores.argmax(1)
    heads[root] = root
    cycle = _cycle(heads)
    if not cycle:
        return heads
    n = len(scores)
    inside = np.zeros(n, dtype=bool)
    inside[cycle] = True
    outside = np.flatnonzero(~inside)
    loop = np.array(cycle)
    m = len(outside)
    smaller = np.full((m + 1, m + 1), -np.inf)
    smaller[:m, :m] = scores[np.ix_(outside, outside)]
    # an arc out of the cycle: its best end inside; an arc into it: gain over the arc of the cycle that it replaces
    out_of = scores[np.ix_(outside, loop)]
    smaller[:m, m] = out_of.max(1)
    into = scores[np.ix_(loop, outside)] - scores[loop, heads[loop]][:, None]
    smaller[m, :m] = into.max(0)
    small_root = int(np.flatnonzero(outside == root)[0])
    smaller[small_root] = -np.inf
    small = _edmonds(smaller, small_root)
    best = heads.copy()
    for i, word in enumerate(outside):
        if i == small_root:
            continue
        best[word] = loop[out_of[i].argmax()] if small[i] == m else outside[small[i]]
    entry = small[m]
    broken = loop[into[:, entry].argmax()]
    best[broken] = outside[entry]
    return best
