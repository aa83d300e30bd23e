"""The walk through one source's list, page by page: what it brought, and whether that is all.

Several sources walk at once, each page after the one that led to it, through one fetcher that keeps every host's rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from extractors.acts import OfficialAct
from extractors.credentials import Credential
from extractors.errors import Permanent, StageError
from extractors.pages.policy import ACCEPT_LIST, PageRequest, redact
from extractors.records import FeedEntry, RawPage, Source, SourceReport, Validators, Window
from extractors.sources.listing import INTERFACES, addresses, by_date, parse
from warehouse.listing import Standing

# The time that a night asks a source about: from where the last one ended, with an overlap for what comes in late.
OVERLAP = timedelta(days=1)
FIRST_WINDOW = timedelta(days=3)
# A server that says 304 for so long is asked without conditions: it may say so of everything.
UNCONDITIONAL_AFTER = timedelta(days=7)
ARCHIVE_BYTES = 64 * 1024 * 1024  # about ten times that in memory while it is read
# With these a part of the list is missing.
INCOMPLETE = ("cap_reached", "window_cut", "index_cut", "page_failed")


@dataclass(slots=True, kw_only=True)
class Walk:
    """One source's walk, as far as it has come. ``left`` is how many of the addresses asked are still to be answered."""

    source: Source
    standing: Standing
    window: Window
    now: datetime
    credential: Credential | None = None
    entries: list[FeedEntry] = field(default_factory=list)
    acts: list[OfficialAct] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    validators: Validators | None = None
    failure: StageError | None = None
    not_modified: bool = False
    asked: set[str] = field(default_factory=set)
    left: int = 0

    def first(self) -> list[PageRequest]:
        """What to ask for to begin with; a list that is not asked by date is asked for only if it changed."""
        self._clamp()
        urls = addresses(self.source, self.window) if self.window.start < self.window.end else ()
        if len(urls) > self.source.requests:
            self._problem("index_cut", f"{len(urls)} addresses, of which {self.source.requests} were asked")
        validators = Validators() if by_date(self.source) else usable(self.standing, self.now)
        return self._requests(urls[: self.source.requests], validators)

    def take(self, answer: RawPage | StageError) -> list[PageRequest]:
        """Takes one answer in; returns what to ask for next. Never raises."""
        self.left -= 1
        try:
            return self._read(answer)
        except StageError as error:
            self._fail(error)
        except Exception as error:  # one odd list must not end the night for all the others
            self._fail(Permanent("unreadable", f"unexpected {type(error).__name__} in its list: {error}"))
        return []

    def _read(self, answer: RawPage | StageError) -> list[PageRequest]:
        if isinstance(answer, StageError):
            raise answer
        if answer.not_modified:
            self.not_modified = True
            return []
        found = parse(self.source, answer, self.now)
        if self.validators is None:
            self.validators = answer.validators
        self.entries += found.entries
        self.acts += found.acts
        self.problems += found.problems
        # An index may lead back to itself.
        more = [url for url in dict.fromkeys(found.more) if url not in self.asked]
        room = max(self.source.requests - len(self.asked), 0)
        if len(more) > room:
            self._problem("index_cut", f"{len(more) - room} more pages, beyond {self.source.requests} a night")
        return self._requests(more[:room])

    def report(self) -> SourceReport:
        """How the source did. A list of which a part is missing is ``truncated``; one of which nothing came has failed."""
        problems = tuple(dict.fromkeys(self.problems))
        plain = {"source_id": self.source.id, "entries": len(self.entries), "problems": problems}
        if self.failure and not self.entries:
            detail = self._secretless(self.failure.detail)
            return SourceReport(ok=False, reason=self.failure.reason, detail=detail, **plain)
        if self.not_modified:
            return SourceReport(ok=True, reason="not_modified", **plain)
        incomplete = any(problem in INCOMPLETE for problem in problems)
        detail = self._secretless("; ".join(self.details))
        return SourceReport(ok=True, reason="truncated" if incomplete else "ok", detail=detail, **plain)

    def complete_to(self) -> datetime | None:
        """Until when the source is now listed without a gap; ``None`` leaves that as it was.

        What a cap or a limit kept back is reported and not asked for again, since asking would bring the same. What
        failed is, and so is what lies between the last night and a later ``since``.
        """
        known = self.standing.complete_to
        gap = known is not None and self.window.start > known and "window_cut" not in self.problems
        past = known is None and self.window.end < self.now - OVERLAP
        if "page_failed" in self.problems or self.failure or gap or past or not by_date(self.source):
            return None
        return max(self.window.end, known or self.window.end)

    def _clamp(self) -> None:
        """Ask for no more of the past than the interface has."""
        reach = INTERFACES[self.source.protocol].reach
        if reach and self.window.start < self.now - reach:
            earliest = self.now - reach
            self._problem(
                "window_cut", f"asked from {self.window.start:%Y-%m-%d}, it has {earliest:%Y-%m-%d} and later"
            )
            self.window = Window(start=earliest, end=self.window.end)

    def _fail(self, error: StageError) -> None:
        self.failure = self.failure or error
        if len(self.asked) > 1:
            self._problem("page_failed", str(error))

    def _problem(self, code: str, detail: str) -> None:
        self.problems.append(code)
        self.details.append(detail)

    def _secretless(self, detail: str) -> str:
        """``detail`` without the key, should a server have written it into its message."""
        return redact(detail.replace(self.credential.value, "***") if self.credential else detail)

    def _requests(self, urls: Sequence[str], validators: Validators | None = None) -> list[PageRequest]:
        self.asked.update(urls)
        self.left += len(urls)
        accept = ACCEPT_LIST if self.source.protocol in {"feed", "sitemap"} else "application/json"
        plain = PageRequest(
            url=self.source.url,
            source=self.source,
            validators=validators or Validators(),
            accept=accept,
            credential=self.credential,
            max_bytes=INTERFACES[self.source.protocol].max_bytes,
        )
        return [replace(plain, url=url) for url in urls]


def window_of(standing: Standing, now: datetime, since: datetime | None = None) -> Window:
    """The time that a night asks about: from ``since``, else from where the source is complete, up to ``now``."""
    start = standing.complete_to - OVERLAP if standing.complete_to else now - FIRST_WINDOW
    return Window(start=since or start, end=now)


def usable(standing: Standing, now: datetime) -> Validators:
    """The validators to send. None after a week of nothing but 304; no Last-Modified that lies in the future, since a
    server answers 304 to it for ever."""
    if standing.last_full is None or now - standing.last_full >= UNCONDITIONAL_AFTER:
        return Validators()
    modified = standing.validators.last_modified
    try:
        past = modified is not None and parsedate_to_datetime(modified) <= now
    except (ValueError, TypeError):
        past = False
    return Validators(etag=standing.validators.etag, last_modified=modified if past else None)


def open_file(source: Source, standing: Standing, now: datetime) -> RawPage | StageError:
    """The answer of an archive on this machine. Its size and time of change are its validator."""
    path = Path(unquote(urlsplit(source.url).path))
    try:
        found = path.stat()
        etag = f"{found.st_size}-{found.st_mtime_ns}"
        plain = RawPage(url=source.url, final_url=source.url, status=200, fetched=now, body=b"")
        if usable(standing, now).etag == etag:
            return replace(plain, not_modified=True)
        if found.st_size > ARCHIVE_BYTES:
            return Permanent("too_large", f"{path} has {found.st_size:,} bytes, more than {ARCHIVE_BYTES:,}: split it")
        return replace(plain, body=path.read_bytes(), validators=Validators(etag=etag))
    except OSError as error:
        return Permanent("unreachable", f"{path}: {error.strerror}")
