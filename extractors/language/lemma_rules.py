"""Lemmas as edit rules: how many characters to cut from the end of the lower-cased word and what to put there.

A rule is ``"cut|suffix"``, ``"=word"`` for a whole irregular lemma, or ``"keep"`` for the word as it stands (names). The
idea is the edit trees of Chrupała (2006) reduced to suffixes, which is enough for English.
"""

from __future__ import annotations

KEEP = "keep"


def rule_for(word: str, lemma: str) -> str:
    """The rule that turns ``word`` into ``lemma``."""
    if word == lemma and word != word.lower():
        return KEEP
    lower = word.lower()
    common = 0
    while common < min(len(lower), len(lemma)) and lower[common] == lemma[common]:
        common += 1
    if common < min(2, len(lemma)) and lower != lemma:
        return f"={lemma}"
    return f"{len(lower) - common}|{lemma[common:]}"


def apply_rule(rule: str, word: str) -> str:
    """The lemma that ``rule`` makes of ``word``; a rule that cuts more than there is leaves the lower-cased word."""
    if rule == KEEP:
        return word
    if rule.startswith("="):
        return rule[1:]
    cut, _, suffix = rule.partition("|")
    lower = word.lower()
    if int(cut) >= len(lower):
        return lower
    return lower[: len(lower) - int(cut)] + suffix
