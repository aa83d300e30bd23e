"""Load the pipeline that reads: the shipped ``en_rivalry``, or any other spaCy pipeline with the project's components on top."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language

import extractors.language.linking
import extractors.language.mentions
import extractors.language.reader
import extractors.language.rulers
import extractors.language.topic  # noqa: F401  the imports above register the factories
from extractors.errors import UserError
from extractors.language.tokenization import customize

SHIPPED = Path(__file__).with_name("en_rivalry")
ON_TOP = ("knowledge_ruler", "alliance_ruler", "policy_ruler", "rivalry_mentions", "rivalry_linker", "rivalry_topic")
MAX_CHARACTERS = 1_000_000


def build(network: Path | None = None, version: str = "0.2.0") -> Language:
    """The pipeline from its parts, with the network's files from ``network``: what training writes to disk and ships."""
    nlp = spacy.blank("en", meta={"name": "rivalry", "lang": "en", "version": version})
    customize(nlp)
    reader = nlp.add_pipe("minilm_reader")
    if network is not None:
        reader.from_disk(network)
    for name in ON_TOP:
        nlp.add_pipe(name)
    return nlp


@lru_cache(maxsize=2)
def load(model: str | None = None) -> Language:
    """The pipeline to read with. ``model`` is a spaCy package or a path; without it, the shipped one.

    Raises ``UserError`` where the model can't be had.
    """
    if model is None and not (SHIPPED / "config.cfg").is_file():
        raise UserError(f"the shipped model is missing from {SHIPPED}; reinstall rivalry, or run `make train`")
    try:
        nlp = spacy.load(model or SHIPPED)
    except OSError as error:
        raise UserError(f"no spaCy pipeline {model!r}: install it, or give the path of its folder ({error})") from error
    nlp.max_length = MAX_CHARACTERS * 2
    if "minilm_reader" not in nlp.pipe_names:
        if SHIPPED.is_dir():  # names and syntax stay the other model's; the shipped network still finds the events
            nlp.add_pipe("minilm_reader", config={"names": False, "syntax": False}).from_disk(SHIPPED / "minilm_reader")
        for name in ON_TOP:
            nlp.add_pipe(name)
    return nlp


def model_version(nlp: Language) -> str:
    """Name and version of the pipeline, as stored with every row that it made."""
    return f"{nlp.meta.get('lang', '')}_{nlp.meta.get('name', 'unnamed')}-{nlp.meta.get('version', '0')}"
