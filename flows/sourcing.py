"""``rivalry sources``: which sources there are, which of them are on, and what one of them answers now."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from extractors.errors import Permanent, UserError
from extractors.outcomes import PROBLEMS
from extractors.records import FeedEntry, Source
from extractors.sources.listing import INTERFACES
from extractors.sources.registry import load_sources
from flows.console import err, out, table
from flows.keys import credential_of, lacks_key
from flows.walking import Walk, window_of
from warehouse.listing import Standing

# A check is no night: it asks for the beginning of a list.
PAGES = 3
SHOWN = 20


def show_sources(file: Path | None, only: str | None, now: datetime) -> None:
    """Print the sources, or what one of them answers now (aware UTC).

    Raises ``UserError`` for an unknown name or a source that lacks its key, ``Permanent`` with the reason where it fails.
    """
    rows = load_sources(file)
    if only is None:
        _show_all(rows)
        return
    found = next((s for s in rows if s.id == only), None)
    if found is None:
        near = difflib.get_close_matches(only, [s.id for s in rows], n=3, cutoff=0.4)
        raise UserError(
            f"there is no source {only!r}{'; perhaps ' + ' or '.join(near) if near else '; see `rivalry sources`'}"
        )
    _ask(found, now)


def _show_all(rows: Sequence[Source]) -> None:
    wanting = {s.id: mend for s in rows if s.enabled and (mend := lacks_key(s))}
    table(
        "sources",
        ["id", "name", "list", "reads", "on"],
        [(s.id, s.name, s.protocol, _reads(s), _on(s, wanting)) for s in rows],
        whole=("id",),
    )
    for name, mend in wanting.items():
        err.print(f"{name} is off for want of a key: {mend}", markup=False)
    err.print("`rivalry sources ID` asks one of them now, and says what may be read of it", markup=False)


def _reads(source: Source) -> str:
    """What is read of each item: an act's record, a post, the text that the list carries, or page or headline."""
    if source.kind != "report":
        return source.kind
    return "text" if INTERFACES[source.protocol].full_text else source.depth


def _on(source: Source, wanting: dict[str, str]) -> str:
    if not source.enabled:
        return "no"
    return "no key" if source.id in wanting else "yes"


def _ask(source: Source, now: datetime) -> None:
    from flows.discovering import walked  # loads spaCy, which a list of the sources has no use for

    if mend := lacks_key(source):
        raise UserError(f"{source.id} is off for want of a key: {mend}")
    few = replace(source, requests=min(source.requests, PAGES))
    window = window_of(Standing(), now)
    walk = Walk(source=few, standing=Standing(), window=window, now=now, credential=credential_of(source))
    (walk,) = walked([walk])
    report = walk.report()
    if not report.ok:
        raise Permanent(report.reason, report.detail)
    err.print(f"{source.name} answers: {len(walk.entries)} entries on {len(walk.asked)} pages", markup=False)
    err.print(f"  {source.policy}", markup=False)
    for problem in report.problems:
        meaning = f"a check asks for {PAGES} pages at most, and there are more"
        err.print(f"  {problem}: {meaning if problem == 'index_cut' else PROBLEMS[problem]}", markup=False)
    table(
        source.id,
        ["published", "title"],
        [(e.published and e.published.isoformat(), _said(e, source)) for e in walk.entries[:SHOWN]],
    )
    if len(walk.entries) > SHOWN:
        out.print(f"and {len(walk.entries) - SHOWN} more")


def _said(entry: FeedEntry, source: Source) -> str:
    return entry.text if source.kind == "post" and entry.text else entry.title
