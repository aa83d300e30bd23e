"""One way in for everything a source can answer: feeds of every kind, sitemaps and their indexes."""

from __future__ import annotations

from datetime import datetime

from extractors.records import Listing, RawPage, Source
from extractors.sources.feed import parse_feed
from extractors.sources.sitemap import parse_sitemap


def parse(source: Source, page: RawPage, now: datetime) -> Listing:
    """Read the answer to a request for ``source.url``, or for one of an earlier listing's ``more``.

    ``now`` (aware) is the clock against which dates are checked. Raises ``Permanent`` with ``feed_is_html``,
    ``not_a_feed``, ``unsafe_xml``, ``too_large`` or ``bad_encoding``.
    """
    if source.protocol == "sitemap":
        return parse_sitemap(page.body, source, now, base_url=page.final_url)
    entries, problems = parse_feed(page.body, page.content_type, source, now, base_url=page.final_url)
    return Listing(entries=entries, problems=problems)
