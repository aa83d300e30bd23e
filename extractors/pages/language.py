"""In which language a text is written."""

from __future__ import annotations

import re

import py3langid

# Below this the identifier guesses; the page's own word is better.
_ENOUGH_WORDS = 20
_SAMPLE = 1000


def language_of(text: str, stated: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The ISO 639-1 code of ``text`` and problem codes (``language_unsure``).

    The text decides (py3langid, a naive Bayes over byte n-grams); ``stated``, the page's ``lang``, only where there is
    too little of it. Where the two disagree the text's is given and marked.
    """
    match = re.match(r"[A-Za-z]{2,3}", stated or "")
    hint = match[0].lower() if match else None
    if len(text.split()) < _ENOUGH_WORDS:
        return hint, () if hint else ("language_unsure",)
    found = str(py3langid.classify(text[:_SAMPLE])[0])
    return found, ("language_unsure",) if hint and hint != found else ()
