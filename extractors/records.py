"""Every record that passes between stages.

All are frozen and keyword-only. Datetimes are aware UTC, dates are ISO strings where their precision varies; an unknown is
``None`` and its ``*_basis`` or ``problems`` says why. Importing this module loads neither spaCy nor Prefect nor DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from extractors.acts import OfficialAct

Protocol = Literal[
    "feed",
    "sitemap",
    "nyt-search",
    "nyt-archive",
    "guardian",
    "gdelt",
    "federal-register",
    "x-search",
    "x-archive",
]
# Coverage that is brought rather than asked for: no table of a sources file can have these.
Taken = Literal["warc", "import"]
Kind = Literal["report", "post", "act"]
Depth = Literal["page", "headline"]
TextBasis = Literal["page", "partial", "summary", "headline", "api", "file", "imported_text", "imported_html"]
Precision = Literal["day", "week", "month", "quarter", "year", "inferred", "unknown"]
Status = Literal["done", "announced", "considered", "denied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where coverage comes from: one table of ``sources.toml``.

    ``depth`` says whether pages may be fetched or only what the list itself carries is used; ``rate`` is requests a second
    to one host; ``local`` allows this source's own loopback host and port and nothing else private; ``triage = false`` fetches every
    page, whatever its headline. ``kind`` says what it lists: only reports count as coverage. ``requests`` is how many pages of its
    list one night asks for, at most.
    """

    id: str
    name: str
    protocol: Protocol | Taken
    url: str
    publisher: str | None = None
    depth: Depth = "page"
    rate: float = 1.0
    local: bool = False
    triage: bool = True
    enabled: bool = True
    independent: bool = True
    kind: Kind = "report"
    requests: int = 20
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that a source asked by date is asked about, aware UTC, both ends included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One item as a source lists it. ``key`` is the canonical URL, or the source's own id where there is no usable link.

    ``text`` is the full text where the list itself carries it: no page is fetched then.
    """

    entry_id: str
    source_id: str
    key: str
    url: str | None
    title: str
    summary: str = ""
    published: datetime | None = None
    published_basis: str = "none"
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    text: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one answer of a source lists. ``problems`` concern the list as a whole, ``more`` are further lists to fetch.

    A source of official acts lists each as an entry and, in full, in ``acts``.
    """

    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    acts: tuple[OfficialAct, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional GET sends back to a server."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One answered request. ``body`` is decompressed; ``not_modified`` means a 304, with an empty body."""

    url: str
    final_url: str
    status: int
    fetched: datetime
    body: bytes
    content_type: str = ""
    charset: str | None = None
    validators: Validators = Validators()
    not_modified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What could be read out of a page's HTML."""

    title: str | None
    authors: tuple[str, ...]
    published: datetime | None
    published_basis: str
    modified: datetime | None
    canonical_url: str | None
    language: str | None
    publisher: str | None
    text: str
    text_basis: TextBasis
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in one version. ``content_hash`` is the SHA-256 of title and text, so that a revision shows."""

    article_id: str
    content_hash: str
    source_id: str
    url: str
    canonical_url: str
    title: str
    text: str
    text_basis: TextBasis
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_basis: str = "none"
    first_seen: datetime | None = None
    language: str | None = None
    publisher: str | None = None
    raw_hash: str | None = None
    copy_of: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a text is on topic: both halves of the ontology's rule, with what spoke for and against."""

    on_topic: bool
    relevance: float
    reason: str
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in a text. Offsets are code points; ``text`` is exactly the text between them.

    ``method`` says what found it: ``model``, ``knowledge``, ``shape`` or ``document`` (a short form resolved within it).
    """

    start: int
    end: int
    text: str
    label: str
    entity: str
    entity_id: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMention:
    """An event as one article reports it. ``start`` and ``end`` are the evidence sentence, code points into the text."""

    type: str
    direction: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    instrument: str | None
    objects: tuple[str, ...]
    amount: float | None
    currency: str | None
    date: str | None
    precision: Precision
    date_basis: str
    status: Status
    attribution: str | None
    trigger: str
    trigger_start: int
    trigger_end: int
    start: int
    end: int
    confidence: float
    actor_countries: tuple[str, ...] = ()
    target_countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read out of one text."""

    verdict: Verdict
    mentions: tuple[Mention, ...] = ()
    events: tuple[EventMention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A canonical entity. ``known`` is false for one that no knowledge file has: its name is its first surface."""

    entity_id: str
    name: str
    label: str
    kind: str | None = None
    country: str | None = None
    wikidata: str | None = None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where one document ended in one run: exactly one a document. ``reason`` is a code of ``extractors.outcomes``."""

    key: str
    source_id: str
    stage: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source did in one run; ``ok`` is ``None`` where it was not asked, being off for want of a key."""

    source_id: str
    ok: bool | None
    reason: str
    detail: str = ""
    entries: int = 0
    new: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What every derived row carries: which code, model and vocabulary made it."""

    extractor: str
    model: str
    ontology: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a run found, for people; ``outcomes`` counts documents by reason."""

    run_id: str
    outcomes: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    mentions: int = 0
    event_mentions: int = 0
    events: int = 0
