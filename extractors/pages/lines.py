"""Which lines of an extracted text are no part of the article: repeated headlines, bylines, credits, appeals."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each is tried at the start of a line, after punctuation and signs.
_APPEAL = re.compile(
    r"^\W*(?:"
    + "|".join(
        (
            r"(?:also|must)[ -]?reads?\b",
            r"read (?:more|next|also|on|:)",
            r"see also\b",
            r"related\s*:",
            r"related (?:articles|stories)",
            r"more on this",
            r"don't miss\b",
            r"recommended\b",
            r"(?:click here|sign up|subscribe|log ?in|advertisement|story continues|share this|enjoying our)\b",
            r"already a subscriber",
            r"download (?:the|our)\b",
            r"get (?:the|our) (?:latest|daily|top|best)|get daily\b",
            r"stay (?:informed|up to date|updated)\b",
            r"follow (?:us|\w+(?: \w+){0,2} on)\b",
            r"join (?:our|us on)\b",
            r"for (?:the latest|more) .{0,80}\b(?:newsletters?|sign up|follow|click|visit)",
            r"check out (?:more|our)\b",
            r"(?:do you have|have|got) a (?:story|tip)",
            r"you must (?:confirm|be logged)",
            r"please log ?(?:in|out)\b",
            r"(?:image|photo|photograph)(?: credit| source)?\s*:",
            r"our standards\s*:",
            r"(?:copyright )?© ?(?:copyright )?\d{4}|copyright © ",
            r"support (?:our|independent) journalism",
            r"this (?:article|story) (?:was )?(?:first|originally) (?:appeared|published)",
        )
    )
    + ")",
    re.IGNORECASE,
)
_NEWSLETTER = re.compile(r"\b(?:newsletters?|inbox|free trial|sign(?:ing)? up (?:to|for))\b", re.IGNORECASE)
_TO_READERS = re.compile(r"\b(?:our|your|us|sign|free)\b", re.IGNORECASE)
_CREDIT = re.compile(
    r"^\W*(?:(?:additional |with )?(?:reporting|reports|files|writing|editing|contributions?) (?:by|from)\b"
    r"|.{0,120}\bcontributed to this (?:report|story|article))",
    re.IGNORECASE,
)
_TRADE = r"(?:reporter|editor|journalist|writer|correspondent|columnist|author|fellow|analyst|contributor|producer)"
_BIO = re.compile(
    rf"\bis an? (?:\w+[ -]){{0,4}}?{_TRADE}|\bis the (?:\w+[ -]){{0,5}}?{_TRADE}|\baward-winning journalist"
    r"|\bmakes frequent appearances|\b(?:joined|covers|covered) .{0,80}\b(?:for|at) (?:the )?[A-Z]"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_STAMP = re.compile(
    r"^\W*(?:(?:published|updated|posted|last (?:updated|modified))\b.{0,60}"
    r"|(?:\d{1,2}[:.]\d\d\s*(?:[ap]\.?m\.?)?\s*[A-Z]{0,4},?\s*)?"
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:\d{1,2}\s+)?"
    rf"{_MONTH}\s+\d{{1,4}}(?:,?\s*\d{{4}})?(?:.{{0,24}}\d[:.]\d\d.{{0,12}})?)\W*$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w+")
_EDGE = 5
_LONGEST_APPEAL = 45


def article_lines(lines: Iterable[str], title: str | None, authors: tuple[str, ...]) -> list[str]:
    """``lines`` without those that are the page's and not the article's.

    Headline, byline and date are looked for among the first lines, credits and notes on the author at both ends,
    appeals ("Sign up", "Read more: …") everywhere, but only in short lines.
    """
    listed = [line for line in (" ".join(line.split()) for line in lines) if line and line != "-"]
    last = len(listed) - _EDGE
    names = [_plain(author) for author in authors if len(author) > 3]
    kept = []
    for place, line in enumerate(listed):
        at_start, at_end = place < _EDGE, place >= last
        if at_start and (_is_heading(line, title, names) or _STAMP.match(line)):
            continue
        if (at_start or at_end) and (_CREDIT.match(line) or _is_bio(line, names)):
            continue
        if _is_appeal(line):
            continue
        kept.append(line)
    return kept


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _is_heading(line: str, title: str | None, names: list[str]) -> bool:
    plain = _plain(line)
    if title and plain == _plain(title):
        return True
    # "By Jane Doe", "Jane Doe, Political Editor": a short line that a name of the byline begins.
    bare = plain.removeprefix("by ")
    return (
        any(bare.startswith(name) for name in names)
        and len(bare.split()) <= 8
        and not line.endswith((".", "?", "!", "”"))
    )


def _is_bio(line: str, names: list[str]) -> bool:
    plain = _plain(line)
    named = any(part in plain.split() for name in names for part in name.split()[:1] + name.split()[-1:])
    return named and bool(_BIO.search(line))


def _is_appeal(line: str) -> bool:
    if len(line.split()) > _LONGEST_APPEAL:
        return False
    return bool(_APPEAL.match(line) or (_NEWSLETTER.search(line) and _TO_READERS.search(line)))
