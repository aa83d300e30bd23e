"""The spaCy component that reads: names, event triggers, tags, lemmas, sentences and the dependency parse in one pass.

``nlp.add_pipe("minilm_reader")`` works on any pipeline with English tokenization. A text is read in chunks of whole lines, as the
network was trained; no sentence and no name runs over a line's end. Universal Dependencies labels are used; ``doc.noun_chunks`` of spaCy does not know them, so
the event coder brings its own iterator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from spacy.attrs import DEP, HEAD, LEMMA, MORPH, POS, TAG
from spacy.language import Language
from spacy.symbols import IDS
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from extractors.errors import UserError
from extractors.language.encoder import FILES, Analysis, Encoder, Trigger
from extractors.language.wordpieces import LINE

MODEL_DIR = Path(__file__).with_name("en_rivalry") / "minilm_reader"
TRIGGERS = "triggers"
NAMES = "model_names"


@Language.factory(
    "minilm_reader",
    assigns=[
        "doc.ents",
        "doc.spans",
        "token.tag",
        "token.pos",
        "token.morph",
        "token.lemma",
        "token.dep",
        "token.head",
        "token.is_sent_start",
        "doc._.topic",
    ],
    default_config={"batch_docs": 32, "syntax": True, "names": True},
)
def make_reader(nlp: Language, name: str, batch_docs: int, syntax: bool, names: bool) -> MiniLmReader:
    return MiniLmReader(nlp, name, batch_docs=batch_docs, syntax=syntax, names=names)


class MiniLmReader:
    """See the module. The network is loaded on first use, from the pipeline's folder.

    Without ``syntax`` or ``names``, another model's parse or entities are left as they are; event triggers are always set.
    """

    def __init__(
        self,
        nlp: Language,
        name: str = "minilm_reader",
        *,
        batch_docs: int = 32,
        syntax: bool = True,
        names: bool = True,
    ) -> None:
        self.name, self.vocab, self.batch_docs, self.syntax, self.names = name, nlp.vocab, batch_docs, syntax, names
        self._encoder: Encoder | None = None
        self._folder = MODEL_DIR

    @property
    def encoder(self) -> Encoder:
        """The network. Raises ``UserError`` where its files are missing."""
        if self._encoder is None:
            missing = [f for f in FILES if not (self._folder / f).is_file()]
            if missing:
                raise UserError(
                    f"the model in {self._folder} lacks {', '.join(missing)}; reinstall rivalry or run `make train`"
                )
            self._encoder = Encoder(self._folder)
        return self._encoder

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int | None = None) -> Iterator[Doc]:
        """Annotate documents in batches; the order is kept."""
        for docs in minibatch(stream, size=self.batch_docs):
            runs = [_words(doc) for doc in docs]
            texts = [
                [LINE if doc[k].is_space else doc[k].text for k in run] for doc, run in zip(docs, runs, strict=True)
            ]
            for doc, run, analysis in zip(docs, runs, self.encoder.analyse(texts, syntax=self.syntax), strict=True):
                self._annotate(doc, run, analysis)
                yield doc

    def _annotate(self, doc: Doc, run: list[int], analysis: Analysis) -> None:
        if self.syntax and len(doc):
            self._set_syntax(doc, run, analysis)
        names, triggers = [], []
        for row in analysis.names:
            span = Span(doc, run[row.start], run[row.end - 1] + 1, label=row.label)
            span._.score = row.score
            names.append(span)
        for row in analysis.triggers:
            span = Span(doc, run[row.start], run[row.end - 1] + 1, label=row.kind)
            span._.score = row.score
            span._.event = _event_of(row, run)
            triggers.append(span)
        doc._.topic = analysis.topic
        doc.spans[TRIGGERS] = triggers
        if self.names:
            doc.spans[NAMES] = names
            doc.set_ents(names, default="outside")

    def _set_syntax(self, doc: Doc, run: list[int], a: Analysis) -> None:
        strings, n = self.vocab.strings, len(doc)
        space = (strings.add("_SP"), IDS["SPACE"])
        values = np.zeros((n, 6), dtype=np.int64)
        values[:, 0], values[:, 1] = np.uint64(space[0]).astype(np.int64), space[1]
        values[1:, 5] = -1  # a space hangs on the word before it
        words = [k for k, place in enumerate(run) if not doc[place].is_space]
        if words:
            order = np.array(run)
            places = order[words]
            split = [a.morphs[k].partition("|") for k in words]
            values[places, 0] = _hashes(strings.add(a.tags[k]) for k in words)
            values[places, 1] = [IDS[p] for p, _, _ in split]
            values[places, 2] = _hashes(strings.add(a.lemmas[k]) for k in words)
            values[places, 3] = _hashes(self.vocab.morphology.add(feats) for _, _, feats in split)
            relations = (a.relations[k] for k in words)
            values[places, 4] = _hashes(strings.add("ROOT" if r == "root" else r) for r in relations)
            values[places, 5] = order[np.array(a.heads)[words]] - places
        doc.from_array([TAG, POS, LEMMA, MORPH, DEP, HEAD], values.astype(np.uint64))

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write the network's files to the pipeline's folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_bytes((self._folder / name).read_bytes())

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> MiniLmReader:
        """Take the network from the pipeline's folder."""
        self._folder, self._encoder = Path(path), None
        return self


def _event_of(row: Trigger, run: list[int]) -> dict[str, dict]:
    """What the network says of a trigger: class probabilities, and for each token a name may end in those of the roles."""
    tokens = run[row.offset : row.offset + len(row.actors)]
    return {
        "status": row.status,
        "undated": row.undated,
        "actor": dict(zip(tokens, row.actors.tolist(), strict=True)),
        "target": dict(zip(tokens, row.targets.tolist(), strict=True)),
    }


def _hashes(values: Iterable[int]) -> np.ndarray:
    return np.array(list(values), dtype=np.uint64).astype(np.int64)


def _words(doc: Doc) -> list[int]:
    """The places of the words, and between two lines that of one white space with the line's end."""
    run: list[int] = []
    for token in doc:
        if not token.is_space or ("\n" in token.text and run and not doc[run[-1]].is_space):
            run.append(token.i)
    return run[:-1] if run and doc[run[-1]].is_space else run


if not Doc.has_extension("topic"):
    Doc.set_extension("topic", default=None)
for _extension in ("score", "event"):
    if not Span.has_extension(_extension):
        Span.set_extension(_extension, default=None)
