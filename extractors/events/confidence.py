"""How sure an event mention is: a probability, calibrated on annotated articles that the network had not seen.

A logistic regression over a few signs of the text (Platt 1999 in its simplest form, with more than the score): what the network
said, whether a cue of the type stands by, who acts, how often the article tells of it. The weights are data
(``data/event_confidence.toml``), fitted by ``python -m extractors.events.calibrate``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from spacy.tokens import Span

import extractors.language
from extractors.events.types import cues
from extractors.records import EventMention

WEIGHTS = Path(extractors.language.__file__).with_name("data") / "event_confidence.toml"
AROUND = 90  # characters on each side of a trigger in which a cue counts
# Words by which somebody accuses, warns, denies, demands or forecasts: what makes a STATEMENT of what is said.
_SAID = re.compile(
    r"\b(?:accus|warn|den(?:y|ie)|demand|threat|urg(?:e|ed|es|ing)\b|oppos|denounc|vow|condemn|criti[cq]|reject|complain|protest|blam|alleg|slam|"
    r"blast|dismiss|call(?:s|ed|ing)? (?:on|for)\b|retaliat|countermeasure|necessary measures|violat|disput|refut|contest|predict|forecast|expect|"
    r"hurt|harm|damag|unfair|discriminat|coerc|bull(?:y|ied)|suppress|smear|hegemon|unreasonabl|wrong|mistake|basis|baseless|false|untrue|deplor|"
    r"disappoint|regret|lectur|resist|retort|doomed|abus|weaponi|politici[sz]|stretch|unacceptab|interfer|undermin|jeopardi|resolute|lodged)",
    re.I,
)
_ANALYST = re.compile(
    r"\b(?:analysts?|experts?|observers?|critics|economists?|researchers?|scholars?|some (?:say|argue)|many)\b", re.I
)
_QUOTES = re.compile(r"[“”\"]")


def signs(event: EventMention, trigger: Span, sentence: Span, headline_end: int) -> dict[str, float]:
    """What speaks for and against an event mention before it is joined with others; every value is small and without unit."""
    text, at = sentence.text, trigger.start_char - sentence.start_char
    around = text[max(0, at - AROUND) : at + len(trigger.text) + AROUND]
    cue = cues().get(event.type)
    return {
        "score": _logit(event.confidence),
        "headline": float(event.start < headline_end),
        "cue": float(bool(cue and cue.search(around))),
        "statement": float(event.type == "STATEMENT"),
        "statement_said": float(event.type == "STATEMENT" and bool(_SAID.search(around))),
        "analyst": float(event.type == "STATEMENT" and bool(_ANALYST.search(text))),
        "verb": float(trigger.root.pos_ == "VERB"),
        "root": float(trigger.root.dep_ in {"ROOT", "conj", "ccomp", "parataxis"}),
        "no_actor": float(not event.actors),
        "target": float(bool(event.targets)),
        "stated_date": float(event.precision not in {"inferred", "unknown"}),
        "unknown_date": float(event.precision == "unknown"),
        "not_done": float(event.status != "done"),
        "quoted": float(len(_QUOTES.findall(text[:at])) % 2),
        "rival": float(bool({"United States", "China"} & {*event.actor_countries, *event.target_countries})),
        "words": math.log(max(len(sentence), 1)),
    }


def joined(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """The signs of one act told twice: the stronger of each, and how often it is told."""
    out = {name: max(value, second[name]) for name, value in first.items() if name != "told"}
    out["headline"] = max(first["headline"], second["headline"])
    out["told"] = first.get("told", 1.0) + second.get("told", 1.0)
    return out


def confidence(kind: str, found: Mapping[str, float]) -> float:
    """The probability that a careful reader would find an event of this type there, to three decimals."""
    weights = load_weights()
    total = weights["bias"] + weights["type"].get(kind, 0.0)
    total += weights["sign"]["told"] * math.log(found.get("told", 1.0))
    total += sum(weights["sign"][name] * value for name, value in found.items() if name != "told")
    return round(1.0 / (1.0 + math.exp(-total)), 3)


@cache
def load_weights() -> dict:
    """The weights of ``data/event_confidence.toml``: ``bias``, ``least`` and the tables ``type`` and ``sign``."""
    return tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))


def _logit(p: float) -> float:
    p = min(max(p, 0.01), 0.99)
    return math.log(p / (1 - p))
