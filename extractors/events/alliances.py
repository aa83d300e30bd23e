"""Events of named alliances, read off the words: a grouping's name beside a verb of forming, joining or leaving.

What the network overlooks for want of examples is found here by rule; the verbs are data (``data/alliance_verbs.toml``). Words rather
than the parse decide, since short sentences are where the parse is weakest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spacy.tokens import Doc, Span

import extractors.language
from extractors.language.spans import text_of

VERBS = Path(extractors.language.__file__).with_name("data") / "alliance_verbs.toml"
REACH = 40  # characters between a verb and the alliance that it takes
MEMBERS = frozenset({"ORG", "GPE"})
_NOT_DONE = re.compile(
    r"\b(?:not|n[’']t|never|if|whether|may|might|could|would|should|to|plans?|refus\w+|declin\w+|urg\w+|wants?)\b[^,;]{0,25}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class AllianceAct:
    """A verb with the alliance that it is about and the names that take part."""

    direction: str
    verb: Span
    alliance: Span
    members: tuple[Span, ...]


@cache
def verbs() -> dict[str, re.Pattern[str]]:
    """The verbs of each row of the data file."""
    rows = tomllib.loads(VERBS.read_text(encoding="utf-8"))
    return {name: re.compile(row["verb"]) for name, row in rows.items()}


def alliance_acts(doc: Doc) -> Iterator[AllianceAct]:
    """Every act on a named alliance that the text asserts; acts without a member named beside them are left out."""
    names = [e for e in doc.ents if e.label_ == "ALLIANCE"]
    for name in names:
        sentence = name.sent
        if sentence.text.rstrip().endswith("?"):
            continue
        for row, pattern in verbs().items():
            act = _act(doc, sentence, name, row, pattern)
            if act:
                yield act
                break


def _act(doc: Doc, sentence: Span, name: Span, row: str, pattern: re.Pattern[str]) -> AllianceAct | None:
    direction, _, around = row.partition("_")
    for match in pattern.finditer(sentence.text):
        start, end = sentence.start_char + match.start(), sentence.start_char + match.end()
        behind = 0 <= name.start_char - end <= REACH
        before = 0 <= start - name.end_char <= 2 * REACH
        if not (behind or (around and before)) or _NOT_DONE.search(text_of(doc)[sentence.start_char : start]):
            continue
        members = tuple(
            e for e in sentence.ents if e.label_ in MEMBERS and (e.start_char >= end if around else e.end_char <= start)
        )
        verb = doc.char_span(start, end, alignment_mode="expand")
        if members and verb is not None:
            return AllianceAct(direction, verb, name, members)
    return None
