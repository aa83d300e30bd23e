"""When a page says it was published: the first of several places that names a day, a time and a zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.instants import read_instant
from extractors.pages.jsonld import Node, text_of

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "pub_date", "pubdate", "publishdate", "publish-date",
    "publish_date", "published_at", "sailthru.date", "article.published", "date.available", "dcterms.created",
    "dcterms.date", "dcterms.issued", "dc.date.issued", "dc.date", "citation_publication_date", "datecreated", "date",
)  # fmt: skip
_MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_URL_DAY = re.compile(
    r"/((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?=[/_.-]|$)|-((?:20)\d\d)([01]\d)([0-3]\d)(?=[/_.-]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """``published`` and ``modified`` (aware UTC or ``None``), the basis of the former, and problem codes."""

    published: datetime | None
    basis: str
    modified: datetime | None
    problems: tuple[str, ...] = ()


def read_dates(
    article: Node, page: Node, meta: dict[str, list[str]], tree: HtmlElement, url: str, now: datetime | None
) -> Dates:
    """Read the dates. The basis is ``json-ld``, ``meta``, ``time-element``, ``url`` or ``none``.

    The first place that states a date decides the day. Where it leaves out the time or the zone, a later place that
    states both, for the same moment or day, completes it.
    """
    found = [(basis, read_instant(text, now)) for basis, text in _stated(article, page, meta, tree, url)]
    usable = [(basis, instant.value, instant.problems) for basis, instant in found if instant.value is not None]
    modified = next((v for text in _modified(article, meta) if (v := read_instant(text, now).value)), None)
    if not usable:
        problems = next((instant.problems for _, instant in found), ("date_missing",))
        return Dates(published=None, basis="none", modified=modified, problems=problems)
    basis, value, problems = usable[0]
    if problems:
        for other_basis, other, other_problems in usable[1:]:
            if not other_problems and _completes(other, value, problems):
                basis, value, problems = other_basis, other, other_problems
                break
    return Dates(published=value, basis=basis, modified=modified, problems=problems)


def _completes(other: datetime, value: datetime, problems: tuple[str, ...]) -> bool:
    if "date_no_time" in problems:
        # A day without a zone is some place's day: half a day to either side of the UTC day.
        return value - timedelta(hours=12) <= other <= value + timedelta(hours=36)
    # A wall-clock time without a zone differs from UTC by a whole number of quarter hours, fourteen hours at most.
    apart = abs(other - value)
    return apart <= timedelta(hours=14) and apart.seconds % 900 == 0


def _stated(
    article: Node, page: Node, meta: dict[str, list[str]], tree: HtmlElement, url: str
) -> Iterable[tuple[str, str]]:
    for node in (article, page):
        for key in ("datePublished", "dateCreated"):
            if text := text_of(node.get(key)):
                yield "json-ld", text
    for name in _PUBLISHED_META:
        for text in meta.get(name, ()):
            yield "meta", text
    for text in _time_elements(tree):
        yield "time-element", text
    path = urlsplit(url).path
    for match in _URL_DAY.finditer(path):
        yield "url", "-".join(part for part in match.groups() if part)


def _modified(article: Node, meta: dict[str, list[str]]) -> Iterable[str]:
    if text := text_of(article.get("dateModified")):
        yield text
    for name in _MODIFIED_META:
        yield from meta.get(name, ())


def _time_elements(tree: HtmlElement) -> list[str]:
    """``datetime`` of the page's ``time`` elements, those marked as the publication date first."""
    marked, others = [], []
    for element in tree.iter("time"):
        text = (element.get("datetime") or "").strip()
        if not text or any(parent.tag in {"aside", "nav", "footer"} for parent in element.iterancestors()):
            continue
        signs = " ".join(
            (element.get("itemprop") or "", element.get("class") or "", "pubdate" * ("pubdate" in element.attrib))
        )
        (marked if re.search(r"publi|pubdate", signs, re.IGNORECASE) else others).append(text)
    # Beyond the first few, times are those of teasers and comments.
    return marked[:1] or others[:1]
