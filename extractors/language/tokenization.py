"""spaCy's English tokenizer, with the few rules that this coverage needs.

spaCy keeps ``U.S.-led`` and ``U.S.-China`` as one word, which would hide a country; here a hyphen or dash after a dotted
abbreviation is a word of its own, and so are long dashes between words and a closing quote before a hyphen. A full stop
after a model number or a capital at a name's end ("the 910D.", "CoreX.") ends a sentence, where spaCy keeps it in the word.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.util import compile_infix_regex, compile_suffix_regex

_EXTRA_INFIXES = (r"(?<=[A-Z]\.[A-Z]\.)[-–—‑/](?=\w)", r"(?<=\w)[–—‑](?=\w)", r"(?<=\w)[”\"’](?=-)")
_EXTRA_SUFFIXES = (r"(?<=[0-9a-z][A-Z])\.",)


def customize(nlp: Language) -> None:
    """Give ``nlp`` the tokenizer of the shipped pipeline; it serialises with the pipeline."""
    infixes = [*(nlp.Defaults.infixes or ()), *_EXTRA_INFIXES]
    nlp.tokenizer.suffix_search = compile_suffix_regex([*(nlp.Defaults.suffixes or ()), *_EXTRA_SUFFIXES]).search
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
