"""Universal Dependencies treebanks as documents: words, spaces, tags, morphology, lemmas, heads and relations.

spaCy's own converter reads the sentences; here they are cut where a document ends, and after a dozen of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc
from spacy.training.converters import conllu_to_docs

SENTENCES = 12
# Genres of GUM that its LICENSE.txt names as CC BY or in the public domain; the others are for non-commercial use or not named there.
OPEN_GENRES = frozenset({"news", "interview", "bio", "voyage", "textbook", "vlog", "speech"})


def treebank_docs(paths: Iterable[Path]) -> Iterator[Doc]:
    """The documents of ``.conllu`` files, of at most ``SENTENCES`` sentences each."""
    for path in paths:
        for text in texts_of(path):
            yield from conllu_to_docs(text, n_sents=SENTENCES, no_print=True)


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a ``.conllu`` file, without comments and with no other notes than those on white space."""
    text: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newdoc") and text:
            yield "\n".join(text).strip()
            text = []
        if not line.startswith("#"):
            text.append(_plain(line) if line else "")
    if any(text):
        yield "\n".join(text).strip()


def _plain(line: str) -> str:
    """The line without the notes that the converter would take for names; a word without lemma is its own."""
    columns = line.split("\t")
    columns[2] = columns[1] if columns[2] == "_" else columns[2]
    columns[9] = "SpaceAfter=No" if "SpaceAfter=No" in columns[9].split("|") else "_"
    return "\t".join(columns)


def listed(corpus: Path, part: str) -> list[str]:
    """The documents of a part (``train``, ``dev``, ``test``), by the file list that the treebank comes with."""
    return (corpus / "not-to-release" / "file-lists" / f"files.{part}").read_text(encoding="utf-8").split()


def ewt_train(corpus: Path) -> list[Path]:
    """The train part of UD English EWT, a file a document."""
    return [corpus / "not-to-release" / "sources" / name for name in listed(corpus, "train")]


def gum(corpus: Path, part: str, genres: frozenset[str] = OPEN_GENRES) -> list[Path]:
    """The documents of GUM of a part and of some genres, a file each."""
    names = [name for name in listed(corpus, part) if name.split("_")[1] in genres]
    return [corpus / "not-to-release" / "sources" / f"{name}.conllu" for name in names]
