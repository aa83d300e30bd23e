"""Check a trigger's type against the words around it, and drop triggers that tell of nothing.

The cues are data (``extractors/language/data/event_cues.toml``): words that leave little doubt. A bare auxiliary ("is", "has") is no event
however sure the network is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from spacy.tokens import Span

import extractors.language

CUES = Path(extractors.language.__file__).with_name("data") / "event_cues.toml"
REACH = 90  # characters on each side of a trigger within its sentence
# An act that can only be told apart from its neighbours by what it does to: these the cues may turn into one another.
REPLACEABLE = frozenset(
    {
        "EXPORT_CONTROL",
        "SANCTION",
        "TARIFF",
        "INVESTMENT_SCREENING",
        "IMPORT_OR_USE_BAN",
        "LAW_OR_PLAN",
        "DIPLOMACY",
        "ENFORCEMENT",
    }
)
DIRECTED = frozenset({"EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN"})
_EASE = re.compile(
    r"\b(?:eas(?:e|es|ed|ing)|lift(?:s|ed|ing)?|suspend(?:s|ed|ing)?|paus(?:e|es|ed|ing)|delay(?:s|ed|ing)?|rescind(?:s|ed|ing)?|resum(?:e|es|ed|ing)|allow(?:s|ed|ing)?|"
    r"approv(?:e|es|ed|ing|al)|grant(?:s|ed|ing)?|clear(?:s|ed|ing)?|remov(?:e|es|ed|ing)|exempt(?:s|ed|ing)?|cut(?:s|ting)?|waiv(?:e|es|ed|ing)|issu(?:e|es|ed|ing) licen[cs]es?|relax(?:es|ed|ing)?|let(?:s|ting)?)\b",
    re.I,
)
_EMPTY = frozenset({"AUX", "PRON", "DET", "ADP", "PART", "PUNCT", "ADV", "CCONJ", "SCONJ", "NUM"})


@cache
def cues() -> dict[str, re.Pattern[str]]:
    """The cue of each type."""
    rows = tomllib.loads(CUES.read_text(encoding="utf-8"))
    return {kind: re.compile(row["cue"], re.I) for kind, row in rows.items()}


def tells(trigger: Span) -> bool:
    """Whether a trigger holds a word that can tell of an event."""
    return any(token.pos_ not in _EMPTY for token in trigger)


def retyped(trigger: Span, sentence: Span, kind: str, direction: str) -> tuple[str, str]:
    """The type and direction of a trigger: the network's, or those that the words around it leave no doubt about."""
    if kind not in REPLACEABLE:
        return kind, direction
    start = max(sentence.start_char, trigger.start_char - REACH)
    around = sentence.doc.text[start : min(sentence.end_char, trigger.end_char + REACH)]
    found = [name for name, cue in cues().items() if cue.search(around)]
    measures = [name for name in found if name in DIRECTED]
    if kind in found or len(measures) != 1:
        return kind, direction
    kind = measures[0]
    if not direction:
        direction = "ease" if _EASE.search(trigger.text) else "tighten"
    return kind, direction
