"""Ask every source what it lists, and queue what is new."""

from __future__ import annotations

from dataclasses import replace

from extractors.errors import EverySourceFailed, StageError
from extractors.pages.batch import fetch_all
from extractors.pages.policy import ACCEPT_LIST, PageRequest
from extractors.records import FeedEntry, RawPage, Source, SourceReport, Validators
from extractors.sources.listing import parse
from flows.night import Night
from warehouse import connect, ledger, listing

MAX_LISTINGS = 20  # pages of one source's sitemap index that a night follows


def discover(night: Night) -> list[SourceReport]:
    """Ask every source what it lists, and queue what is new. Raises ``EverySourceFailed`` where none answered."""
    with connect.writing(night.paths.db) as con:
        validators = ledger.source_validators(con)
    asked = [
        PageRequest(url=s.url, source=s, validators=validators.get(s.id, Validators()), accept=ACCEPT_LIST)
        for s in night.sources.values()
    ]
    reports = []
    for request, answer in fetch_all(asked):
        report, entries, fresh = _listed(request.source, answer, night)
        with connect.writing(night.paths.db) as con:
            counted = listing.save_listing(
                con,
                run_id=night.run_id,
                source=request.source,
                report=report,
                entries=entries,
                validators=fresh,
                now=night.now,
            )
        reports.append(replace(report, new=counted.new))
    if reports and not any(r.ok for r in reports):
        first = reports[0]
        raise EverySourceFailed(
            f"all {len(reports)} sources failed, the first with {first.reason} ({first.detail or first.source_id}); nothing was read"
        )
    return reports


def _listed(
    source: Source, answer: RawPage | StageError, night: Night
) -> tuple[SourceReport, list[FeedEntry], Validators | None]:
    """What one source's answer lists, its index pages followed; a failure is a report, never an exception."""
    if isinstance(answer, StageError):
        return SourceReport(source_id=source.id, ok=False, reason=answer.reason, detail=answer.detail), [], None
    if answer.not_modified:
        return SourceReport(source_id=source.id, ok=True, reason="not_modified"), [], None
    try:
        found = parse(source, answer, night.now)
    except StageError as error:
        return SourceReport(source_id=source.id, ok=False, reason=error.reason, detail=error.detail), [], None
    entries, problems = list(found.entries), list(found.problems)
    more = list(found.more)
    if len(more) > MAX_LISTINGS:
        problems.append(f"index_cut: {len(more)} listings, of which the first {MAX_LISTINGS} were read")
    for _, page in fetch_all([PageRequest(url=u, source=source, accept=ACCEPT_LIST) for u in more[:MAX_LISTINGS]]):
        try:
            if isinstance(page, StageError):
                raise page
            inner = parse(source, page, night.now)
        except StageError as error:
            problems.append(str(error))
        else:
            entries += inner.entries
            problems += inner.problems
    report = SourceReport(source_id=source.id, ok=True, reason="ok", entries=len(entries), problems=tuple(problems))
    return report, entries, answer.validators
