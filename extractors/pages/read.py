"""From the bytes of a page to a ``Page``: what it says of itself, and its text."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extractors.bylines import unique
from extractors.errors import Permanent
from extractors.pages.body import article_text
from extractors.pages.dates import read_dates
from extractors.pages.encoding import decode
from extractors.pages.jsonld import JsonLd
from extractors.pages.language import language_of
from extractors.pages.metadata import meta_tags, read_metadata
from extractors.pages.walls import (
    LONGEST_TEASER,
    is_teaser,
    linked_headings,
    refuse_home_page,
    refuse_walls,
    visible_text,
)
from extractors.records import Page

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})
_HTML_START = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|title|meta|article|main|div|p|h1)\b", re.IGNORECASE)
# Fewer words than this are a caption or a leftover, not a report.
_FEWEST_WORDS = 15


def read_page(body: bytes, url: str, content_type: str = "", now: datetime | None = None) -> Page:
    """Read an article's page. Nothing here opens the network.

    ``url`` is the address after redirects, ``content_type`` the HTTP header, ``now`` (aware) the clock against which
    dates are checked. The text is a line a paragraph, without the headline. Raises ``Permanent`` with ``not_html``,
    ``not_an_article``, ``consent_wall``, ``soft_404``, ``home_page`` or ``unreadable``.
    """
    characters, problems = decode(body, content_type)
    tree = _tree(characters, content_type)
    linked, meta = JsonLd(tree), meta_tags(tree)
    article = linked.article()
    metadata = read_metadata(tree, linked, meta, url)
    dates = read_dates(article, linked.page(), meta, tree, url, now)
    text, text_problems = _text(tree, article, metadata.title, metadata.authors)
    teaser = False
    if len(text.split()) <= LONGEST_TEASER:
        # Extraction has pruned the tree, and what a wall says is often in what was pruned.
        whole = _tree(characters, content_type)
        visible = visible_text(whole)
        refuse_walls(visible, text, metadata.title)
        refuse_home_page(url, metadata.og_type, bool(article), linked_headings(whole), text)
        teaser = is_teaser(visible, text, metadata.free)
    if len(text.split()) < _FEWEST_WORDS:
        raise Permanent("not_an_article", "paywall without a teaser" if teaser else "no article text in the page")
    language, language_problems = language_of(text, metadata.html_language)
    found = (*problems, *dates.problems, *text_problems, *language_problems)
    found = (*found, *(["paywall"] if teaser else []), *([] if metadata.title else ["title_missing"]))
    return Page(
        title=metadata.title,
        authors=metadata.authors,
        published=dates.published,
        published_basis=dates.basis,
        modified=dates.modified,
        canonical_url=metadata.canonical_url,
        language=language,
        publisher=metadata.publisher,
        text=text,
        text_basis="partial" if teaser else "page",
        problems=unique(found),
    )


def _tree(characters: str, content_type: str) -> HtmlElement:
    kind = content_type.split(";")[0].strip().lower()
    if kind not in _HTML_TYPES or not _HTML_START.search(characters, 0, 65536):
        raise Permanent("not_html", f"the answer is {kind or 'of another kind'}")
    # Bytes with a stated encoding: text that declares another one would be refused.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return document_fromstring(characters.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise Permanent("not_an_article", "the page is empty") from None


def _text(
    tree: HtmlElement, article: dict[str, object], title: str | None, authors: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    try:
        return article_text(tree, article, title, authors)
    except (RecursionError, etree.LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise Permanent("unreadable", f"the text could not be extracted ({type(error).__name__})") from error
