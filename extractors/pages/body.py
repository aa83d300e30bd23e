"""The text of an article, out of its page: trafilatura's extraction, checked against the page's own metadata."""

from __future__ import annotations

import re

from lxml.html import HtmlElement
from trafilatura import extract

from extractors.pages.jsonld import Node, text_of
from extractors.pages.lines import article_lines
from extractors.pages.prune import prune

# JSON-LD's articleBody is taken where it is longer by a third: then the visible page holds only part of the article.
LONGER_BY = 4 / 3
_ENOUGH_WORDS = 80
_PROSE_SHARE = 0.6
_SAME_ARTICLE = 0.9
_QUOTES = "”’\"') "
_TAG = re.compile(r"<[^>]{1,200}>")
_WORDS = re.compile(r"\w+")


def article_text(
    tree: HtmlElement, article: Node, title: str | None, authors: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The article's paragraphs, a line each and without its headline, and problem codes (``text_from_metadata``).

    ``tree`` is pruned in place, so its metadata must have been read before. ``article`` is its JSON-LD node.
    """
    prune(tree)
    stated = _stated_lines(article)
    found = article_lines(_extracted(tree), title, authors)
    if _count(stated) > LONGER_BY * _count(found):
        return "\n".join(article_lines(stated, title, authors)), ("text_from_metadata",)
    return "\n".join(_confirmed(found, stated)), ()


def _extracted(tree: HtmlElement) -> list[str]:
    """The quick extraction; where it brings little, or lists rather than prose, the thorough one."""
    lines = _extract(tree, fast=True)
    if _count(lines) < _ENOUGH_WORDS or _prose_share(lines) < _PROSE_SHARE:
        thorough = _extract(tree, fast=False)
        if _prose(thorough) > _prose(lines) or _prose_share(thorough) > _prose_share(lines):
            return thorough
    return lines


def _extract(tree: HtmlElement, *, fast: bool) -> list[str]:
    return (extract(tree, fast=fast, include_comments=False, include_tables=False) or "").split("\n")


def _stated_lines(article: Node) -> list[str]:
    text = text_of(article.get("articleBody"))
    if _TAG.search(text):
        text = _TAG.sub("", re.sub(r"</p>|<br\s*/?>", "\n", text))
    return [line for line in text.split("\n") if line.strip()]


def _confirmed(lines: list[str], stated: list[str]) -> list[str]:
    """Where the page also states its text as data, only the lines that both have, if that is nearly all of them."""
    # A stated text that breaks off would take the end of the visible one with it.
    if not stated or not _ends_as_a_sentence(stated[-1]):
        return lines
    known = " ".join(_WORDS.findall(" ".join(stated).casefold()))
    both = [line for line in lines if " ".join(_WORDS.findall(line.casefold())) in known]
    return both if _count(both) >= _SAME_ARTICLE * _count(lines) else lines


def _count(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _prose(lines: list[str]) -> int:
    """Words in lines that are sentences: long, or ended as sentences are."""
    return sum(n for line in lines if (n := len(line.split())) >= 12 or _ends_as_a_sentence(line))


def _ends_as_a_sentence(line: str) -> bool:
    bare = line.rstrip(_QUOTES)
    return bare.endswith((".", "?", "!")) and not bare.endswith("...")


def _prose_share(lines: list[str]) -> float:
    return _prose(lines) / max(1, _count(lines))
