"""One way in for everything a source can be asked and can answer: feeds, sitemaps, interfaces, archives.

Where a list is walked page by page, ``parse`` names the next addresses in ``more``; who asks for them decides how many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from extractors.credentials import Credential
from extractors.records import Listing, Protocol, RawPage, Source, Window
from extractors.sources import federal_register, gdelt, guardian, nyt, posts
from extractors.sources.feed import parse_feed
from extractors.sources.sitemap import parse_sitemap


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key that an interface needs: ``RIVALRY_<name>_KEY``, and where it goes in a request."""

    name: str
    place: Literal["query", "header"]
    parameter: str
    prefix: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that holds it."""
        return f"RIVALRY_{self.name}_KEY"

    def credential(self, value: str) -> Credential:
        """The key with its value, for requests."""
        return Credential(place=self.place, name=self.parameter, value=value, prefix=self.prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """How a protocol is spoken. ``addresses`` is ``None`` for one that lists what it has, whatever the day.

    ``reach`` is how far back it can be asked, ``max_bytes`` how large an answer may be; ``None`` is without a limit of its own.
    ``full_text`` says that its list carries the texts, so that no page is fetched.
    """

    parse: Callable[[RawPage, Source, datetime], Listing]
    addresses: Callable[[Source, Window], tuple[str, ...]] | None = None
    key: Key | None = None
    reach: timedelta | None = None
    max_bytes: int | None = None
    full_text: bool = False


def _feed(page: RawPage, source: Source, now: datetime) -> Listing:
    entries, problems = parse_feed(page.body, page.content_type, source, now, base_url=page.final_url)
    return Listing(entries=entries, problems=problems)


def _sitemap(page: RawPage, source: Source, now: datetime) -> Listing:
    return parse_sitemap(page.body, source, now, base_url=page.final_url)


_NYT = Key(name="NYT", place="query", parameter="api-key")
_GUARDIAN = Key(name="GUARDIAN", place="query", parameter="api-key")
_X = Key(name="X", place="header", parameter="Authorization", prefix="Bearer ")

INTERFACES: dict[Protocol, Interface] = {
    "feed": Interface(parse=_feed),
    "sitemap": Interface(parse=_sitemap),
    "nyt-search": Interface(parse=nyt.parse_search, addresses=nyt.search_addresses, key=_NYT),
    # A month is about 20 MB.
    "nyt-archive": Interface(
        parse=nyt.parse_archive, addresses=nyt.archive_addresses, key=_NYT, max_bytes=64 * 1024 * 1024
    ),
    "guardian": Interface(parse=guardian.parse, addresses=guardian.addresses, key=_GUARDIAN, full_text=True),
    "gdelt": Interface(parse=gdelt.parse, addresses=gdelt.addresses, reach=gdelt.REACH),
    "federal-register": Interface(parse=federal_register.parse, addresses=federal_register.addresses),
    "x-search": Interface(parse=posts.parse_search, addresses=posts.search_addresses, key=_X, reach=posts.REACH),
    "x-archive": Interface(parse=posts.parse_archive),
}


def by_date(source: Source) -> bool:
    """Whether ``source`` is asked about days, and so about past ones too."""
    return INTERFACES[source.protocol].addresses is not None


def addresses(source: Source, window: Window) -> tuple[str, ...]:
    """What to ask for first: the source's own address or, where it is asked by date, those for ``window``."""
    find = INTERFACES[source.protocol].addresses
    return find(source, window) if find else (source.url,)


def parse(source: Source, page: RawPage, now: datetime) -> Listing:
    """Read the answer to a request for one of ``addresses``, or of an earlier listing's ``more``.

    ``now`` (aware) is the clock against which dates are checked. Raises ``Permanent`` with ``feed_is_html``,
    ``not_a_feed``, ``unsafe_xml``, ``too_large``, ``bad_encoding``, ``invalid_json`` or ``api_error``.
    """
    return INTERFACES[source.protocol].parse(page, source, now)
