"""The products, technologies and minerals that a sentence is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Span

_THINGS = re.compile(
    r"\b(?:(?:advanced|high-end|high-performance|cutting-edge|artificial intelligence|AI|computer|computing|memory|logic|legacy|semiconductor|quantum|graphics|data[- ]cent(?:er|re)|high-bandwidth|rare[- ]earth|"
    r"critical|cloud|lithography|chip[- ]?making|chip-manufacturing|supercomputing|electric|solar) ){0,3}"
    r"(?:semiconductors?|chips?|microchips?|GPUs?|processors?|accelerators?|wafers?|lithography (?:machines?|systems?|tools?|equipment)|chip-?making (?:tools?|equipment)|manufacturing equipment|"
    r"rare earths?|magnets?|gallium|germanium|antimony|graphite|tungsten|minerals|supercomputers?|AI models?|language models?|algorithms?|data cent(?:ers?|res?)|servers?|software|cloud services|"
    r"artificial intelligence|quantum computing|microelectronics|robots?|drones?|integrated circuits|electronic design automation|EDA(?: software| tools)?|5G)\b",
)


def find_objects(sentence: Span, names: Sequence[Span]) -> tuple[str, ...]:
    """Canonical products named in the sentence, then the things it speaks of, in order, each once."""
    products = [e._.entity for e in names if e.label_ == "PRODUCT"]
    taken = [(e.start_char, e.end_char) for e in names]
    things = []
    for match in _THINGS.finditer(sentence.text):
        place = match.start() + sentence.start_char
        if not any(a <= place < b for a, b in taken):
            things.append(match[0])
    return tuple(dict.fromkeys([*products, *things]))
