"""Every DocBin file that training and scoring read, and out of which corpora it is made.

``ud_*``, ``ewt_*`` and ``gum_*`` have tags and trees, ``ner_*`` have names. What is ``test`` is never trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from extractors.language.training.corpora import columns, docred, gum_names, treebanks
from extractors.language.training.corpora.names import Sentence, doc_of, grouped

Corpora = Mapping[str, Path]
Documents = Iterable[list[Sentence]]
DOMAINS = ("ai", "literature", "music", "politics", "science")
NEWS = frozenset({"news"})


def convert(corpora: Corpora, folder: Path) -> Iterator[tuple[str, int, int]]:
    """Write the files of ``TARGETS`` to ``folder``; yields name, documents and words of each.

    ``corpora`` has the folder of every corpus of ``pinned.toml``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocab = spacy.blank("en").vocab
    for name, docs in _targets(corpora, vocab).items():
        found = list(docs())
        DocBin(docs=found).to_disk(folder / f"{name}.spacy")
        yield name, len(found), sum(map(len, found))


def _targets(corpora: Corpora, vocab: Vocab) -> dict[str, Callable[[], Iterable[Doc]]]:
    return {
        **{name: partial(treebanks.treebank_docs, paths) for name, paths in _trees(corpora).items()},
        **{f"ner_{name}": partial(_docs, documents, vocab) for name, documents in _names(corpora).items()},
    }


def _docs(documents: Documents, vocab: Vocab) -> Iterator[Doc]:
    return (doc_of(sentences, vocab) for sentences in documents)


def _trees(corpora: Corpora) -> dict[str, list[Path]]:
    ewt, gum = corpora["ud_english_ewt"], corpora["ud_english_gum"]
    return {
        "ud_train": [*treebanks.ewt_train(ewt), *treebanks.gum(gum, "train")],
        "ud_dev_full": [ewt / "en_ewt-ud-dev.conllu", *treebanks.gum(gum, "dev", treebanks.OPEN_GENRES - NEWS)],
        "ewt_test": [ewt / "en_ewt-ud-test.conllu"],
        "gum_news_eval": [*treebanks.gum(gum, "test", NEWS), *treebanks.gum(gum, "dev", NEWS)],
        "gum_strict_test": treebanks.gum(gum, "test"),
    }


def _names(corpora: Corpora) -> dict[str, Documents]:
    return {**_gum(corpora["ud_english_gum"]), **_uner(corpora["uner_english_ewt"]), **_docred(corpora["re_docred"]),
            **_wikigold(corpora["wikigold"]), **_crossner(corpora["crossner"])}  # fmt: skip


def _gum(corpus: Path) -> dict[str, Documents]:
    return {
        f"{part}_gum": (
            group for path in treebanks.gum(corpus, part) for group in grouped(gum_names.sentences(path), 8)
        )
        for part in ("train", "dev", "test")
    }


def _uner(corpus: Path) -> dict[str, Documents]:
    """The dev part trains: the train part was left out of what could be had when the shipped model was made."""
    read = partial(columns.sentences, labels=columns.SIMPLE, word=1, tag=2, separator="\t")
    return {
        "train_uner_ewt": grouped(read(corpus / "en_ewt-ud-dev.iob2"), 4),
        "test_uner_ewt": grouped(read(corpus / "en_ewt-ud-test.iob2"), 4),
    }


def _docred(corpus: Path) -> dict[str, Documents]:
    parts = ("dev", "test")
    whole = [d for part in parts for d in docred.documents(corpus / "data" / f"{part}_revised.json")]
    return {"train_redocred": whole[:880], "dev_redocred": whole[880:920], "test_redocred": whole[920:]}


def _wikigold(corpus: Path) -> dict[str, Documents]:
    path = corpus / "data" / "wikigold" / "CONLL-format" / "data" / "wikigold.conll.txt"
    groups = list(grouped(columns.sentences(path, columns.SIMPLE), 6))
    cut = int(0.85 * len(groups))
    return {"train_wikigold": groups[:cut], "test_wikigold": groups[cut:]}


def _crossner(corpus: Path) -> dict[str, Documents]:
    """Train and dev parts train, but for sixty groups of the dev part of politics."""

    def groups(domain: str, part: str, start: int | None = None, stop: int | None = None) -> list[list[Sentence]]:
        path = corpus / "ner_data" / domain / f"{part}.txt"
        return list(islice(grouped(columns.sentences(path, columns.CROSSNER, separator="\t"), 3), start, stop))

    found: dict[str, Documents] = {"dev_cn_politics": groups("politics", "dev", 0, 60)}
    for domain in DOMAINS:
        start = 60 if domain == "politics" else 0
        found[f"train_cn_{domain}"] = [*groups(domain, "train"), *groups(domain, "dev", start)]
        found[f"test_cn_{domain}"] = groups(domain, "test")
    return found
