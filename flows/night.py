"""One run of the pipeline: its clock, its places, its ledger entry. The steps of a night are in the modules beside.

A night is discover (``discovering``), then batch by batch fetch (``fetching``), read, extract and load
(``documents``), then resolve, check and publish (``publishing``). The queue lies in the warehouse:
what a killed night had stored stays, what it had not is taken up by the next.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from extractors.events.reading import EXTRACTOR_VERSION, ONTOLOGY_VERSION
from extractors.language.knowledge import load_knowledge
from extractors.language.pipeline import load, model_version
from extractors.records import Counts, FeedEntry, Source, Versions
from flows.settings import Paths
from warehouse import connect, ledger, official_acts, resolve
from warehouse import load as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one run works on. ``now`` is when it began by the run's clock (aware UTC), which every stage is handed.

    ``began`` is the same moment by the machine's monotonic clock (seconds), from which the time it took is counted.
    """

    run_id: str
    now: datetime
    paths: Paths
    sources: dict[str, Source]
    versions: Versions
    model: str | None = None
    since: datetime | None = None
    began: float = field(default_factory=time.monotonic)


def begin(
    sources: Iterable[Source], db: Path, now: datetime, *, model: str | None = None, since: datetime | None = None
) -> Night:
    """Open a run. Raises ``UserError`` where the warehouse can't be opened or the model is missing."""
    night = Night(
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        now=now,
        paths=Paths(db),
        sources={s.id: s for s in sources if s.enabled},
        versions=Versions(extractor=EXTRACTOR_VERSION, model=model_version(load(model)), ontology=ONTOLOGY_VERSION),
        model=model,
        since=since,
    )
    with connect.writing(db) as con:
        store.save_knowledge(con, load_knowledge(), ONTOLOGY_VERSION)
        ledger.record_run_start(con, night.run_id, night.versions, now)
    return night


def queue(night: Night) -> list[FeedEntry]:
    """What waits to be read, longest waiting first."""
    with connect.writing(night.paths.db) as con:
        return ledger.pending_entries(con, night.run_id)


def settle(night: Night) -> int:
    """Join the reports that changed into events, and these to official acts; returns the number of events rebuilt."""
    with connect.writing(night.paths.db) as con:
        rebuilt = resolve.resolve(con)
        official_acts.link_acts(con)
    return rebuilt


def close(night: Night, failure: str | None = None) -> Counts:
    """Close the run in the ledger; returns what it found."""
    finished = night.now + timedelta(seconds=time.monotonic() - night.began)
    with connect.writing(night.paths.db) as con:
        ledger.record_run_finish(con, night.run_id, finished, failure=failure)
        return ledger.run_counts(con, night.run_id)
