"""Re-DocRED: paragraphs of Wikipedia whose mentions are listed by entity."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from extractors.language.training.corpora.columns import SIMPLE
from extractors.language.training.corpora.names import Name, Sentence


def documents(path: Path) -> Iterator[list[Sentence]]:
    """The documents of a file; times and numbers are no names."""
    for document in json.loads(path.read_text(encoding="utf-8")):
        mentions = [m for entity in document["vertexSet"] for m in entity if m["type"] in SIMPLE]
        yield [
            Sentence(
                tuple(words), tuple(Name(*m["pos"], SIMPLE[m["type"]]) for m in mentions if m["sent_id"] == number)
            )
            for number, words in enumerate(document["sents"])
        ]
