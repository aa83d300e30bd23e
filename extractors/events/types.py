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
from extractors.language.spans import text_of

CUES = Path(extractors.language.__file__).with_name("data") / "event_cues.toml"
EASED_WITHIN = 3  # words behind a trigger in which a word of easing begins
OBJECT_WITHIN = 8  # words behind a trigger in which what it eases is named
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
_EMPTY = frozenset({"AUX", "PRON", "DET", "ADP", "PART", "PUNCT", "ADV", "CCONJ", "SCONJ", "NUM"})


@cache
def cues() -> dict[str, re.Pattern[str]]:
    """The cue of each type."""
    rows = tomllib.loads(CUES.read_text(encoding="utf-8"))
    return {kind: re.compile(row["cue"], re.I) for kind, row in rows.items()}


@cache
def easing() -> dict[str, re.Pattern[str]]:
    """The words of each directed type by which a measure is eased."""
    rows = tomllib.loads(CUES.read_text(encoding="utf-8"))
    return {kind: re.compile(row["ease"], re.I) for kind, row in rows.items() if "ease" in row}


def tells(trigger: Span) -> bool:
    """Whether a trigger holds a word that can tell of an event."""
    return any(token.pos_ not in _EMPTY for token in trigger)


def retyped(trigger: Span, sentence: Span, kind: str, direction: str) -> tuple[str, str]:
    """The type and direction of a trigger: the network's, or those that its own words or those around it leave no doubt about."""
    kind, direction = _by_cue(trigger, sentence, kind, direction)
    if kind in DIRECTED:
        eased = easing()[kind].search(_from(trigger, sentence, OBJECT_WITHIN))
        near = eased is not None and eased.start() < len(_from(trigger, sentence, EASED_WITHIN))
        direction = "ease" if near else direction or "tighten"
    return kind, direction


def _by_cue(trigger: Span, sentence: Span, kind: str, direction: str) -> tuple[str, str]:
    if kind not in REPLACEABLE:
        return kind, direction
    start = max(sentence.start_char, trigger.start_char - REACH)
    around = text_of(sentence.doc)[start : min(sentence.end_char, trigger.end_char + REACH)]
    found = [name for name, cue in cues().items() if cue.search(around)]
    measures = [name for name in found if name in DIRECTED]
    if kind in found or len(measures) != 1:
        return kind, direction
    return measures[0], direction


def _from(trigger: Span, sentence: Span, words: int) -> str:
    """The trigger with so many words after it."""
    return sentence.doc[trigger.start : min(trigger.end + words, sentence.end)].text
