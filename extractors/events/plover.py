"""The PLOVER root code of an event, so that rows can be joined with POLECAT (Halterman et al. 2023, "PLOVER and POLECAT").

PLOVER has fewer and other kinds than this ontology: where it has none (a law, a product), there is no code.
"""

from __future__ import annotations

import re

TIGHTENED, EASED = "SANCTION", "CONCEDE"
MEASURES = frozenset({"EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN"})
# Types with two roots: the first where the pattern is in the trigger, else the second.
_TOLD_BY = {
    "ENFORCEMENT": (re.compile(r"prob|investigat|inquir|review|examin|scrutin", re.I), "INVESTIGATE", "COERCE"),
    "ALLIANCE": (re.compile(r"sign|agree|pact|deal", re.I), "AGREE", "COOPERATE"),
    "DIPLOMACY": (re.compile(r"agree|truce|deal|consensus|accord|sign|settle", re.I), "AGREE", "CONSULT"),
    "FUNDING": (re.compile(r"subsid|grant|aid|fund\b|funds\b", re.I), "AID", "COOPERATE"),
    "SUPPLY": (re.compile(r"halt|stop|suspend|paus|cut|ceas|cancel|withdr|curb", re.I), "REDUCE", "COOPERATE"),
}
_SAID = (
    (re.compile(r"threat|warn|vow|retaliat|countermeasure", re.I), "THREATEN"),
    (re.compile(r"demand|urge|call(?:s|ed)? (?:on|for)|ask|request|appeal", re.I), "REQUEST"),
    (re.compile(r"reject|deny|denie|dismiss|refut|refus|oppos", re.I), "REJECT"),
)


def plover_root(kind: str, direction: str, trigger: str) -> str | None:
    """The PLOVER root of an event of a type and direction, told by ``trigger``; ``None`` where PLOVER has none."""
    if kind in MEASURES:
        return EASED if direction == "ease" else TIGHTENED
    if kind == "ALLIANCE" and direction == "leave":
        return "REDUCE"
    if kind in _TOLD_BY:
        pattern, first, second = _TOLD_BY[kind]
        return first if pattern.search(trigger) else second
    if kind == "STATEMENT":
        return next((root for pattern, root in _SAID if pattern.search(trigger)), "ACCUSE")
    return None
