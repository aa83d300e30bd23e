"""A backfill out of sources that can be asked about days gone by: month by month, each a run of its own.

Between two months the warehouse is free for the nightly run. A month of which a source can't list everything is asked for in halves,
down to single days.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from extractors.errors import RunFailed, UserError
from extractors.records import Counts, FeedEntry, Source, SourceReport, Window
from extractors.sources.listing import by_date
from flows import discovering, documents, fetching, posting, publishing, triaging
from flows import night as steps
from flows.console import err, out, table
from flows.night import Night
from flows.settings import Paths
from warehouse import connect, taken

_DAY = timedelta(days=1)
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One run of a backfill: what ``sources`` listed in ``window``, and what came of it."""

    window: Window
    reports: tuple[SourceReport, ...]
    counts: Counts


def backfill(
    first: date, last: date, sources: Sequence[Source], db: Path, now: datetime, model: str | None = None
) -> list[Span]:
    """List and read what ``sources`` published from ``first`` to ``last`` (UTC days, both included); months that are done are left.

    Returns what each span brought. ``now`` (aware) is the clock of the first run. Raises ``UserError`` for days in the wrong order or
    to come, and where no source can be asked about days; ``RunFailed`` where no source answers: what was read stays.
    """
    if first > last or last > now.date():
        raise UserError(f"--from {first} to --to {last} is no span of days gone by; give the earlier day first")
    asked = [s for s in sources if s.enabled and by_date(s)]
    if not asked:
        raise UserError(
            "none of the sources can be asked about days gone by; those of the APIs can, see `rivalry sources`"
        )
    todo = deque((window, asked) for window in months(first, last))
    spans = []
    while todo:
        window, some = todo.popleft()
        left = _undone(db, window, some)
        if not left:
            continue
        spans.append(_span(window, left, sources, db, now, model))
        err.print(_line(spans[-1]), markup=False)
        cut = [s for s in left if _is_cut(spans[-1], s)]
        todo.extendleft((half, cut) for half in reversed(halves(window)) if cut)
    return spans


def months(first: date, last: date) -> list[Window]:
    """The days from ``first`` to ``last``, both included, cut at the ends of months; earliest first, so that originals come before
    copies."""
    cuts = [first]
    while (following := (cuts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= last:
        cuts.append(following)
    ends = [*(cut - _DAY for cut in cuts[1:]), last]
    return [_window(start, end) for start, end in zip(cuts, ends, strict=True)]


def halves(window: Window) -> tuple[Window, ...]:
    """Two windows of whole days that make up ``window``, the earlier first; none for a single day."""
    first, last = window.start.date(), window.end.date()
    if first == last:
        return ()
    middle = first + (last - first) // 2
    return _window(first, middle), _window(middle + _DAY, last)


def _window(first: date, last: date) -> Window:
    return Window(start=datetime.combine(first, time(), UTC), end=datetime.combine(last + _DAY, time(), UTC) - _MOMENT)


def _undone(db: Path, window: Window, sources: Sequence[Source]) -> list[Source]:
    with connect.writing(db) as con:
        done = taken.windows_done(con)
    return [s for s in sources if (s.id, window) not in done]


def _list_and_read(night: Night, window: Window, asked: Sequence[Source]) -> list[SourceReport]:
    """What ``asked`` list in ``window``, read; returns how each of them did."""
    reports = discovering.discover(replace(night, sources={s.id: s for s in asked}), window)
    names = {s.id for s in asked}
    waiting = triaging.triage(night, [e for e in steps.queue(night) if e.source_id in names])
    for start in range(0, len(waiting), documents.BATCH):
        _read(night, waiting[start : start + documents.BATCH])
    return reports


def _span(
    window: Window, asked: Sequence[Source], sources: Sequence[Source], db: Path, now: datetime, model: str | None
) -> Span:
    """One run: what ``asked`` list in ``window``, read and published. It is done when all that is."""
    with publishing.sole_run(db):
        night = steps.begin(sources, db, now, model=model)
        reports, counts = publishing.conclude(night, lambda: _list_and_read(night, window, asked))
        with connect.writing(db) as con:
            taken.save_windows(con, window, [r for r in reports if r.ok], night.run_id)
    return Span(window=window, reports=tuple(reports), counts=counts)


def _read(night: Night, entries: Sequence[FeedEntry]) -> None:
    reports, posts = posting.apart(night, entries)
    posting.read_posts(night, posts)
    documents.save(night, documents.extract(night, documents.read(night, fetching.fetch(night, reports))))


def _is_cut(span: Span, source: Source) -> bool:
    """Whether the source has more pages than it is asked for at once, which fewer days would mend."""
    report = next((r for r in span.reports if r.source_id == source.id), None)
    return report is not None and "index_cut" in report.problems


def _line(span: Span) -> str:
    days = f"{span.window.start:%Y-%m-%d} to {span.window.end:%Y-%m-%d}"
    listed = sum(r.entries for r in span.reports)
    said = [f"{r.source_id} {r.reason}" for r in span.reports if r.reason != "ok"]
    note = f" ({', '.join(said)})" if said else ""
    return f"{days}: {listed:,} listed, {span.counts.articles:,} articles new or revised{note}"


def show(spans: Sequence[Span], paths: Paths) -> None:
    """Print what each span brought, or that there was nothing left to do."""
    rows = [(f"{s.window.start:%Y-%m-%d}", f"{s.window.end:%Y-%m-%d}", r.source_id, r.reason, r.entries, r.new)
            for s in spans for r in s.reports]  # fmt: skip
    columns = ["from", "to", "source", "how it went", "listed", "new"]
    table("backfilled", columns, rows, right=("listed", "new"), whole=("from", "to"))
    out.print(f"warehouse  {paths.db}\nsnapshot   {paths.snapshot}", markup=False, soft_wrap=True)
    failed = {r.source_id: r for s in spans for r in s.reports if r.ok is False}
    if failed:
        raise RunFailed(
            f"{', '.join(sorted(failed))} did not answer for every month; run the same command again to go on"
        )
