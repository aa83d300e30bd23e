"""Sitemaps (https://www.sitemaps.org/protocol.html), Google's news extension, and sitemap indexes."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.bylines import unique
from extractors.errors import Permanent
from extractors.records import Listing, Source
from extractors.sources.entries import Item, build_entries
from extractors.sources.guards import MAX_SITEMAP_BYTES, gunzip, refuse_oversized, refuse_unsafe
from extractors.sources.texts import language_code, plain_text

# Publishers' editions by language: a first path segment that is one of these is the page's language, whatever
# news:language says (some sitemaps say "en" of every page). Codes that are also English words or sections are left out.
_LANGUAGE_SEGMENTS = {
    code: code
    for code in ("ar", "de", "es", "fr", "he", "hi", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "vi", "zh")
} | {"jp": "ja"}


def parse_sitemap(body: bytes, source: Source, now: datetime, base_url: str | None = None) -> Listing:
    """Read a sitemap, gzip-packed or not. Of an index, the children's addresses come back in ``more``, in its order.

    ``now`` (aware) is the clock. An entry without ``news:title`` has an empty title (``title_missing``); one without
    ``news:publication_date`` takes ``lastmod`` with the basis ``sitemap-lastmod``. Raises ``Permanent`` with
    ``too_large``, ``bad_encoding``, ``feed_is_html``, ``unsafe_xml`` or ``not_a_feed``.
    """
    base_url = base_url or source.url
    refuse_oversized(body, MAX_SITEMAP_BYTES)
    body = gunzip(body)
    refuse_unsafe(body)
    root, malformed = _root(body)
    kind = etree.QName(root).localname
    problems = ("list_malformed",) if malformed else ()
    if kind == "sitemapindex":
        more = tuple(url for child in root if (url := _child_address(child, base_url)))
        return Listing(entries=(), problems=problems if more else (*problems, "list_empty"), more=more)
    if kind != "urlset":
        raise Permanent("not_a_feed", f"no sitemap: its root is <{kind[:40]}>")
    entries = build_entries((_item(node) for node in root if _is(node, "url")), source, now, base_url)
    return Listing(entries=entries, problems=problems if entries else (*problems, "list_empty"))


def _root(body: bytes) -> tuple[etree._Element, bool]:
    # No entities, no DTD, no network; ``recover`` keeps what a cut-off sitemap still holds, and the error log says so.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Permanent("not_a_feed", "the answer is no XML")
    fatal = [error for error in parser.error_log if error.level >= etree.ErrorLevels.ERROR]
    return root, bool(fatal)


def _is(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _texts(node: etree._Element) -> dict[str, str]:
    """Text by local name of ``node``'s descendants, first of each: the names do not clash across the two namespaces."""
    found: dict[str, str] = {}
    for child in node.iterdescendants():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            namespace = etree.QName(child).namespace or ""
            if "image" not in namespace and "video" not in namespace:
                found.setdefault(etree.QName(child).localname, child.text.strip())
    return found


def _child_address(node: etree._Element, base_url: str) -> str | None:
    address = _texts(node).get("loc") if _is(node, "sitemap") else None
    if not address:
        return None
    absolute = urljoin(base_url, address)
    return absolute if urlsplit(absolute).scheme in {"http", "https"} else None


def _item(node: etree._Element) -> Item:
    texts = _texts(node)
    published = texts.get("publication_date")
    return Item(
        title=plain_text(texts.get("title", ""), html=False),
        link=texts.get("loc"),
        stamp=published or texts.get("lastmod"),
        stamp_basis="sitemap" if published else "sitemap-lastmod",
        publisher=texts.get("name"),
        keywords=unique(part.strip() for part in plain_text(texts.get("keywords", ""), html=False).split(",")),
        language=_path_language(texts.get("loc", "")) or language_code(texts.get("language")),
    )


def _path_language(url: str) -> str | None:
    segments = urlsplit(url).path.split("/")
    return _LANGUAGE_SEGMENTS.get(segments[1]) if len(segments) > 2 else None
