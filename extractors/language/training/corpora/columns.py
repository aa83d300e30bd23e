"""Named corpora of one word a line: wikigold, CrossNER and UNER.

Their tags are IOB, whose first word of a name may be ``I-``; spaCy's own functions turn them into spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from spacy.training import iob_to_biluo
from spacy.training.iob_utils import tags_to_entities

from extractors.language.training.corpora.names import Name, Sentence

SIMPLE = {"PER": "PERSON", "ORG": "ORG", "LOC": "PLACE", "MISC": "MISC"}
CROSSNER = (
    dict.fromkeys(("person", "politician", "scientist", "researcher", "writer", "musicalartist"), "PERSON")
    | dict.fromkeys(("organisation", "politicalparty", "university", "band"), "ORG")
    | {"location": "PLACE", "country": "COUNTRY"}
    | dict.fromkeys(
        "misc event election product programlang award album song poem book magazine academicjournal conference".split(),
        "MISC",
    )
)
"""The labels of CrossNER that are names; "field", "algorithm", "metrics" and their like are things and left out."""


def sentences(
    path: Path, labels: Mapping[str, str], *, word: int = 0, tag: int = -1, separator: str | None = None
) -> Iterator[Sentence]:
    """The sentences of a file with the columns ``word`` and ``tag``; labels that ``labels`` lacks are no names.

    Lines that begin with ``# `` or ``-DOCSTART-`` hold no word, and a line without a word or without a tag is none.
    """
    rows: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if not line.strip():
            if rows:
                yield _sentence(rows, labels)
            rows = []
        elif not line.startswith(("# ", "-DOCSTART-")):
            cells = line.split(separator)
            if len(cells) > 1 and cells[word].strip():
                rows.append((cells[word].strip(), cells[tag].strip()))


def _sentence(rows: list[tuple[str, str]], labels: Mapping[str, str]) -> Sentence:
    found = tags_to_entities(iob_to_biluo([tag for _, tag in rows]))
    names = tuple(Name(start, last + 1, labels[label]) for label, start, last in found if label in labels)
    return Sentence(tuple(word for word, _ in rows), names)
