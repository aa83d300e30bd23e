"""Whether an event is done, announced, considered or denied, and on whose word it stands.

The network's status is overruled only by words that leave no doubt.
"""

from __future__ import annotations

import re

from spacy.tokens import Span

_CONSIDERED = re.compile(
    r"\b(?:considering|consider|considers|considered|weighing|weighs|mulling|mulls|proposes?|proposed|proposal|would|could|might|may|plans? to|planning to|urged?|urges|calls? for|called for|"
    r"seeks? to|draft|if|threatens?|threatened|exploring|intends? to|aims? to|ask(?:ed|s) .{0,30} to|demand(?:ed|s))\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:denied|denies|deny|rejected|rejects|refuted|refutes|dismissed|ruled out|blocked the bid|no plans to|did not|does not|has not|have not|never|not)\b",
    re.I,
)
_SOURCES = re.compile(
    r"\b(?:(?:according to|citing) (?:a |an |the )?(?P<a>(?:[a-z]+ )*(?:people|persons?|sources?|officials?|documents?|memo|report|filing)(?: familiar with [a-z ]+?)?)(?=[,.;\s]|$)"
    r"|(?P<b>(?:(?:two|three|four|several|multiple|some|a|one) )?(?:[a-z.U]+ )?(?:people|persons?|sources?) (?:familiar|briefed|with knowledge|said|told|close))\b)"
)
_ACCORDING = re.compile(
    r"\b(?:according to|citing|as reported by|as first reported by|first reported by|as covered in|as detailed in|told)\s+(?:a |an |the )?(?:report (?:from|in|by) )?(?:the )?$",
    re.I,
)
_SAYING = re.compile(
    r"^(?:['’]s?)?(?:\s+\w+){0,2}\s+(?:said|reported|reports|says|wrote|notes|noted|revealed|disclosed)\b"
)


def status_of(trigger: Span, sentence: Span) -> str:
    """The most probable status; a trigger under a plain word of doubt is not done."""
    probabilities = dict(trigger._.event["status"])
    around = sentence.doc[max(sentence.start, trigger.start - 6) : trigger.start].text
    if _CONSIDERED.search(around) and probabilities["considered"] > 0.15:
        probabilities["considered"] += 0.4
    if _DENIED.search(around) and probabilities["denied"] > 0.1:
        probabilities["denied"] += 0.3
    return max(probabilities, key=probabilities.get)


def attribution_of(sentence: Span, actors: list[str]) -> str | None:
    """The named source of the sentence that is no actor, or the words for unnamed sources; otherwise nothing."""
    text = sentence.text
    for ent in sentence.ents:
        if ent.label_ not in {"ORG", "PERSON"} or ent._.entity in actors:
            continue
        before, after = text[: ent.start_char - sentence.start_char], text[ent.end_char - sentence.start_char :]
        if _ACCORDING.search(before) or _SAYING.match(after):
            return ent._.entity
    unnamed = _SOURCES.search(text)
    if unnamed:
        return (unnamed["a"] or unnamed["b"]).strip()
    return None
