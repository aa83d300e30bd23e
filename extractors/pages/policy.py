"""How pages are fetched: limits, waits and the name under which the project asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from extractors.credentials import Credential
from extractors.records import Source, Validators

ROBOTS_AGENT = "rivalry"
ACCEPT_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
ACCEPT_LIST = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.1"
)

NO_VALIDATORS = Validators()

# Reuters answers programs with 401 and disallows them in robots.txt; its headlines are read. Google News links are opaque.
HEADLINES_ONLY = ("reuters.com", "news.google.com")

_SECRET = re.compile(
    r"(?i)([?&;](?:[\w.-]*(?:key|token|secret|password|passwd|pwd|auth|signature)|sig|code)=)[^&;#\s'\"]+|(//)[^/@\s]+@"
)


def user_agent(contact: str = "") -> str:
    """The User-Agent header: the project's name and version, and ``contact`` (an address or URL) where one is set."""
    try:
        number = version(ROBOTS_AGENT)
    except PackageNotFoundError:  # run from a copy that is not installed
        number = "0"
    note = f"news research; honours robots.txt; {contact}" if contact else "news research; honours robots.txt"
    return f"{ROBOTS_AGENT}/{number} ({note})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """The bounds of fetching. Times are seconds, sizes bytes after decompression.

    ``deadline`` is for one try, redirects and body included, waits for a host's turn left out; with ``tries`` and
    ``longest_wait`` it bounds a request. A host that fails ``give_up_after`` tries in a row is left alone by this
    fetcher, and so is one that asks for a wait above ``longest_wait``.
    """

    user_agent: str = field(default_factory=user_agent)
    deadline: float = 30.0
    connect_timeout: float = 10.0
    tries: int = 3
    first_wait: float = 1.0
    longest_wait: float = 60.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    max_crawl_delay: float = 30.0
    give_up_after: int = 9
    concurrency: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One address to get for ``source``; ``validators`` of an earlier answer make the request conditional.

    ``credential`` is sent to the source's own host and to no other; a host that gave out a key has said what may be
    asked, so its robots.txt is not. ``max_bytes`` is this request's own limit, in place of the policy's. The body goes into the
    file ``into`` where one is given, and the answer's is then empty.
    """

    url: str
    source: Source
    validators: Validators = NO_VALIDATORS
    accept: str = ACCEPT_PAGE
    credential: Credential | None = None
    max_bytes: int | None = None
    into: Path | None = None


def headlines_only(url: str) -> bool:
    """Whether ``url`` is on a host whose article pages are never asked for, whichever source lists them."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == name or host.endswith(f".{name}") for name in HEADLINES_ONLY)


def host_port(url: str) -> tuple[str, int]:
    """Host (lower case) and port of an http(s) address. Raises ``ValueError`` where there is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("no absolute http(s) address")
    return parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)


def redact(text: str) -> str:
    """``text`` with the values of secret query parameters, and user names and passwords in addresses, struck out."""
    return _SECRET.sub(lambda match: f"{match[1]}***" if match[1] else f"{match[2]}***@", text)
