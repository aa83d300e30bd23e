"""How fast lists are read: feeds beside feedparser alone, sitemaps and interfaces beside their bare parsers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import feedparser
from lxml import etree

from extractors.records import RawPage, Source
from extractors.sources import parse
from tests.bench.figures import Figure, cpu_seconds
from tests.interface_makers import guardian_result, nyt_document

NOW = datetime(2025, 11, 10, tzinfo=UTC)
ITEMS = 2_000
TEXT = "The Commerce Department added a firm to the Entity List on Friday.\n" * 60


def measure() -> list[Figure]:
    """Items a CPU-second for each kind of list, of ``ITEMS`` items each."""
    rss, sitemap, nyt, guardian = _rss(), _sitemap(), _nyt(), _guardian()
    return [
        _figure("feed items", "feed", rss, "feedparser alone", lambda: feedparser.parse(io.BytesIO(rss))),
        _figure("sitemap items", "sitemap", sitemap, "lxml alone", lambda: etree.fromstring(sitemap)),
        _figure("documents of the New York Times", "nyt-archive", nyt, "json alone", lambda: json.loads(nyt)),
        _figure("full texts of the Guardian", "guardian", guardian, "json alone", lambda: json.loads(guardian)),
    ]


def _figure(name: str, protocol: str, body: bytes, beside: str, bare: Callable[[], object]) -> Figure:
    source = Source(id="s", name="S", protocol=protocol, url="https://paper.example/list?page=1")
    page = RawPage(url=source.url, final_url=source.url, status=200, fetched=NOW, body=body, content_type="text/xml")
    found = parse(source, page, NOW)
    if len(found.entries) != ITEMS:
        raise ValueError(f"{name}: {len(found.entries)} of {ITEMS} items were read")
    return Figure(
        name=name,
        value=ITEMS / cpu_seconds(lambda: parse(source, page, NOW)),
        unit="a CPU-second",
        beside=beside,
        beside_value=ITEMS / cpu_seconds(bare),
    )


def _rss() -> bytes:
    item = (
        "<item><title>Chips for China {n}</title><link>https://paper.example/{n}</link><guid>{n}</guid>"
        "<pubDate>Sun, 09 Nov 2025 08:00:00 GMT</pubDate><description>&lt;p&gt;More of it&lt;/p&gt;</description></item>"
    )
    items = "".join(item.replace("{n}", str(n)) for n in range(ITEMS))
    return f'<rss version="2.0"><channel><title>P</title>{items}</channel></rss>'.encode()


def _sitemap() -> bytes:
    url = (
        "<url><loc>https://paper.example/world/{n}</loc><n:news><n:publication_date>2025-11-09T08:00:00Z</n:publication_date>"
        "<n:title>Chips for China {n}</n:title></n:news></url>"
    )
    urls = "".join(url.replace("{n}", str(n)) for n in range(ITEMS))
    names = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f"<urlset {names}>{urls}</urlset>".encode()


def _nyt() -> bytes:
    documents = [nyt_document(f"a{n}", date(2025, 11, 9)) for n in range(ITEMS)]
    return json.dumps({"response": {"docs": documents}}).encode()


def _guardian() -> bytes:
    results = [guardian_result(f"a{n}", TEXT, NOW) for n in range(ITEMS)]
    return json.dumps({"response": {"status": "ok", "pages": 1, "currentPage": 1, "results": results}}).encode()
