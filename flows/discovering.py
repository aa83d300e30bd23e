"""Ask every source what it lists, page by page, and queue what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from extractors.errors import EverySourceFailed, RunFailed, StageError
from extractors.language.topic import triage
from extractors.pages.batch import fetch_all
from extractors.pages.policy import PageRequest
from extractors.records import RawPage, Source, SourceReport, Window
from flows.keys import credential_of, lacks_key
from flows.night import Night
from flows.walking import Walk, open_file, window_of
from warehouse import connect, listing
from warehouse.listing import Standing


def discover(night: Night, window: Window | None = None) -> list[SourceReport]:
    """Ask every source what it lists, and queue what is new; sources asked by date are asked about ``window``, by default
    the time since they were last listed without a gap.

    A source without the key that it needs is off: that is reported and is no failure. Raises ``EverySourceFailed`` where
    no source that was asked answered, ``RunFailed`` where all are off.
    """
    with connect.writing(night.paths.db) as con:
        standings = listing.standings(con)
    off = {s.id: mend for s in night.sources.values() if (mend := lacks_key(s))}
    reports = [_save_off(night, night.sources[name], mend) for name, mend in off.items()]
    walks = [
        _walk(night, source, standings.get(source.id, Standing()), window)
        for source in night.sources.values()
        if source.id not in off
    ]
    reports += [_save(night, walk) for walk in walked(walks)]
    _refuse_nothing(reports)
    return reports


def walked(walks: Iterable[Walk]) -> Iterator[Walk]:
    """Every walk, once it is at its end, in the order in which they end."""
    asked: dict[str, Walk] = {}
    first: list[PageRequest] = []
    for walk in walks:
        requests = walk.first()
        if walk.source.url.startswith("file:"):
            walk.take(open_file(walk.source, walk.standing, walk.now))
        if walk.left:
            asked[walk.source.id] = walk
            first += requests
        else:
            yield walk

    def follow(request: PageRequest, answer: RawPage | StageError) -> Sequence[PageRequest]:
        return asked[request.source.id].take(answer)

    for request, _ in fetch_all(first, follow=follow):
        walk = asked.get(request.source.id)
        if walk and not walk.left:
            del asked[request.source.id]
            yield walk


def _walk(night: Night, source: Source, standing: Standing, window: Window | None) -> Walk:
    asked = window or window_of(standing, night.now, night.since)
    credential = credential_of(source)
    return Walk(source=source, standing=standing, window=asked, now=night.now, credential=credential)


def _save(night: Night, walk: Walk) -> SourceReport:
    report = walk.report()
    with connect.writing(night.paths.db) as con:
        counted = listing.save_listing(
            con,
            run_id=night.run_id,
            source=walk.source,
            report=report,
            entries=walk.entries,
            # A list of which a part is missing is asked for whole the next time.
            validators=walk.validators if report.reason == "ok" else None,
            now=night.now,
            acts=[(act, triage(act.title, act.abstract or "")) for act in walk.acts],
            complete_to=walk.complete_to(),
        )
    return replace(report, new=counted.new)


def _save_off(night: Night, source: Source, mend: str) -> SourceReport:
    report = SourceReport(source_id=source.id, ok=None, reason="off", detail=mend)
    with connect.writing(night.paths.db) as con:
        listing.save_listing(
            con, run_id=night.run_id, source=source, report=report, entries=(), validators=None, now=night.now
        )
    return report


def _refuse_nothing(reports: Sequence[SourceReport]) -> None:
    asked = [r for r in reports if r.ok is not None]
    if reports and not asked:
        raise RunFailed(f"all {len(reports)} sources are off, the first for want of a key: {reports[0].detail}")
    if asked and not any(r.ok for r in asked):
        first = asked[0]
        raise EverySourceFailed(
            f"all {len(asked)} sources failed, the first with {first.reason} ({first.detail or first.source_id}); nothing was read"
        )
