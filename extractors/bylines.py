"""Bylines: the names in "By Jane Doe and John Roe, Political Editor"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LEAD = re.compile(
    r"^\W*(?:(?:written|reported|reporting|posted|published|words|story)\s+)?(?:by|from|author)\b\s*:?\s*",
    re.IGNORECASE,
)
# A picture's credit after a name is not the writer's.
_CREDIT = re.compile(
    r"\b(?:image|images|photo|photos|photograph|picture|illustration)s?\s*(?:credit)?\s*:.*", re.IGNORECASE
)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|•|·|\u2022|\n|\band\b|&|\bwith\b)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|\S+@\S+\.\S+", re.IGNORECASE)
_HANDLE = re.compile(r"\(?@\w+\)?")
_TITLE = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|columnist|producer|contributor|journalist|desk chief|bureau chief|"
    r"analyst|director|professor|fellow|staff reporter|digital|senior|news editor|updated|published)\b",
    re.IGNORECASE,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(rf"\b(?:\d{{1,2}} {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{4}}-\d\d-\d\d)\b.*$")
_NOBODY = {
    "", "admin", "administrator", "author", "editor", "guest", "none", "null", "undefined", "unknown", "staff", "na",
    "n/a", "webmaster", "anonymous", "twitter", "facebook", "linkedin",
    "instagram", "whatsapp", "user", "newsroom user",
}  # fmt: skip
# A family suffix belongs to the name before it, not to a second person.
_SUFFIX = re.compile(r",\s*(Jr|Sr|II|III|IV|PhD|Ph\.D|MD|M\.D|Esq)\b\.?", re.IGNORECASE)


def split_byline(byline: str) -> tuple[str, ...]:
    """The names in ``byline``, in order, each once; job titles, addresses, handles and a date behind them are left out."""
    text = _DATE.sub("", _CREDIT.sub("", " ".join(byline.split())))
    text = _SUFFIX.sub(lambda m: f" {m[1]}", _LEAD.sub("", text))
    parts = _SPLIT.split(text)
    names = [tidy_name(part) for part in parts]
    return unique(name for i, name in enumerate(names) if name and not (i and _TITLE.search(name)))


def tidy_name(name: str) -> str:
    """``name`` without "By", handles, addresses and outer punctuation; ``""`` where no name is left."""
    if _ADDRESS.search(name):
        return ""
    text = _LEAD.sub("", " ".join(_HANDLE.sub("", name).split()))
    text = text.strip(' -–—,;:|()[]"“”')
    nobody = all(word in _NOBODY for word in text.lower().split())
    return "" if nobody or len(text) > 80 or not any(c.isalpha() for c in text) else text


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` in order, each once, whatever its case."""
    seen: dict[str, str] = {}
    for name in names:
        if name:
            seen.setdefault(name.casefold(), name)
    return tuple(seen.values())
