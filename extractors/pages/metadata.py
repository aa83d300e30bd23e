"""What a page says of itself: title, authors, publisher, canonical address, language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.html import HtmlElement

from extractors.bylines import split_byline, tidy_name, unique
from extractors.ids import canonical_url
from extractors.pages.jsonld import JsonLd, text_of

_SEPARATOR = re.compile(r"\s+(?:[|\-–—•·:*»])\s+")
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:by-?line|author)(?:s|[_-]?names?)?(?:$|[\s_-])", re.IGNORECASE)
_AUTHOR_META = (
    "author", "parsely-author", "cxenseparse:author", "sailthru.author", "mrf:authors", "byl", "dc.creator",
    "dcterms.creator", "citation_author", "article:author", "og:article:author", "twitter:creator:name",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What was found; ``og_type`` is the page's kind by its own word, ``free`` false where it says that it is paid."""

    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    canonical_url: str | None
    html_language: str | None
    og_type: str
    free: bool


def meta_tags(tree: HtmlElement) -> dict[str, list[str]]:
    """Contents of the page's ``meta`` tags (and ``itemprop`` elements with a content) by lower-case name, in order."""
    found: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
        content = " ".join((tag.get("content") or "").split())
        if name and content:
            found.setdefault(name, []).append(content)
    return found


def read_metadata(tree: HtmlElement, linked: JsonLd, meta: dict[str, list[str]], url: str) -> Metadata:
    """Read title, authors and the rest: JSON-LD first, then meta tags, then the visible page."""
    article = linked.article()
    names = _site_names(linked, meta)
    publisher = next(iter(names), None)
    return Metadata(
        title=_title(text_of(article.get("headline")), tree, meta, names),
        authors=_authors(linked, tree, meta, names),
        publisher=publisher,
        canonical_url=_canonical(tree, meta, url),
        html_language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        og_type=next(iter(meta.get("og:type", ())), "").lower(),
        free=str(article.get("isAccessibleForFree", "true")).strip().lower() not in {"false", "0", "no"},
    )


def _site_names(linked: JsonLd, meta: dict[str, list[str]]) -> tuple[str, ...]:
    publisher = linked.named(linked.article().get("publisher") or linked.page().get("publisher"))
    return unique((*publisher[:1], *meta.get("og:site_name", ())[:1], *meta.get("application-name", ())[:1]))


def _title(headline: str, tree: HtmlElement, meta: dict[str, list[str]], names: tuple[str, ...]) -> str | None:
    shared = [without_site(text, names) for key in ("og:title", "twitter:title") for text in meta.get(key, ())[:1]]
    headings = [text for h in tree.iter("h1") if len(text := " ".join(h.text_content().split())) > 1]
    document = [" ".join((t.text or "").split()) for t in tree.iter("title")][:1]
    # The headline of JSON-LD is now and then one for search engines: prefer what readers see, if the page shares it.
    for heading in headings:
        if _plain(heading) in {_plain(text) for text in shared}:
            return heading
    candidates = (headline, *shared, *headings[:1], *(without_site(text, names) for text in document))
    return next((" ".join(text.split()) for text in candidates if text.strip()), None)


def without_site(title: str, names: Iterable[str]) -> str:
    """``title`` without a site's name at its end (" | The Paper", " - Paper"), where ``names`` say that it is one."""
    known = {_plain(name) for name in names}
    separators = list(_SEPARATOR.finditer(title))
    for match in reversed(separators):
        tail = _plain(title[match.end() :])
        if tail and any(tail in name or name in tail for name in known if name):
            title = title[: match.start()]
        else:
            break
    return title.strip()


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"^the|[^\w]", "", "".join(c for c in folded if not unicodedata.combining(c)))


def _authors(linked: JsonLd, tree: HtmlElement, meta: dict[str, list[str]], names: tuple[str, ...]) -> tuple[str, ...]:
    """The first place that names somebody other than the site itself; the site's name where nobody does."""
    sites = {_plain(name) for name in names}
    fallback: tuple[str, ...] = ()
    for candidates in _stated_authors(linked, tree, meta):
        people = unique(name for text in candidates for name in split_byline(text))
        others = tuple(name for name in people if _plain(name) not in sites)
        if others:
            return others
        fallback = fallback or people
    return fallback


def _stated_authors(linked: JsonLd, tree: HtmlElement, meta: dict[str, list[str]]) -> Iterable[list[str]]:
    article = linked.article()
    yield linked.named(article.get("author"))
    yield linked.named(article.get("creator"))
    for key in _AUTHOR_META:
        yield [text for text in meta.get(key, ()) if not text.startswith(("http:", "https:", "@"))]
    yield [e.text_content() for e in tree.xpath('//a[@rel="author"] | //*[@itemprop="author"]')][:4]
    yield _bylines(tree)


def _bylines(tree: HtmlElement) -> list[str]:
    """Texts of elements whose class says that they hold the byline; the innermost, near the top."""
    for element in tree.iter("p", "div", "span", "a", "address", "strong"):
        if _BYLINE_CLASS.search(element.get("class") or ""):
            text = " ".join(element.text_content().split())
            if 3 < len(text) <= 80 and tidy_name(text):
                return [text]
    return []


def _canonical(tree: HtmlElement, meta: dict[str, list[str]], url: str) -> str | None:
    links = [e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    for address in (*links, *meta.get("og:url", ())):
        try:
            return canonical_url(urljoin(url, address or ""))
        except ValueError:
            continue
    return None
