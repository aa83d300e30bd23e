"""What was read out of WARC files, into the warehouse: a run of its own, with the checks and the publishing of a night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from extractors.pages.duplicates import near_duplicates
from extractors.records import Counts
from flows import night as steps
from flows import publishing
from flows.backfill.parts_folder import Manifest, PartsFolder
from flows.backfill.reading import SOURCE
from flows.night import Night
from warehouse import bulk, connect, taken

WINDOW = timedelta(days=14)  # a copy is looked for among the texts of its fortnight and the one before
_EPOCH = datetime(1990, 1, 1)  # noqa: DTZ001  naive UTC, as the warehouse holds it


def load(manifests: Sequence[Manifest], parts: PartsFolder, db: Path, now: datetime, model: str | None) -> Counts:
    """Load the parts of these files that are not loaded yet, resolve, check and publish; returns what the run found.

    ``now`` (aware) is the run's clock. Raises ``UserError`` where another run holds the warehouse or a part is damaged, ``RunFailed``
    where the data checks fail: then nothing is published.
    """
    with publishing.sole_run(db):
        night = steps.begin([SOURCE], db, now, model=model)
        _, counts = publishing.conclude(night, lambda: _load(night, _unloaded(night, manifests), parts))
    return counts


def _unloaded(night: Night, manifests: Sequence[Manifest]) -> list[Manifest]:
    with connect.writing(night.paths.db) as con:
        loaded = bulk.loaded_files(con, night.versions)
    return [m for m in manifests if loaded.get(m.file_id) != m.fingerprint]


def _load(night: Night, manifests: Sequence[Manifest], parts: PartsFolder) -> None:
    with TemporaryDirectory(prefix="rivalry-") as folder, connect.writing(night.paths.db) as con:
        taken.save_source(con, SOURCE, night.run_id, night.now)
        paths: dict[str, list[Path]] = {}
        for manifest in manifests:
            for name, path in parts.take(manifest, Path(folder)).items():
                paths.setdefault(name, []).append(path)
        bulk.stage_parts(con, paths)
        copies = find_copies(bulk.staged_texts(con))
        files = [_file_read(m) for m in manifests]
        bulk.load_parts(con, files, copies, run_id=night.run_id, versions=night.versions, now=night.now)


def _file_read(m: Manifest) -> bulk.FileRead:
    return bulk.FileRead(
        file_id=m.file_id,
        path=m.path,
        fingerprint=m.fingerprint,
        counts=m.counts,
        bytes=m.bytes,
        seconds=m.seconds,
        problem=m.problem,
    )


def find_copies(texts: Sequence[tuple[datetime, str, str, bool]]) -> dict[str, str]:
    """Which incoming articles nearly repeat an earlier one: a mapping from the copy's id to the original's.

    ``texts`` are (time, id, text, incoming), earliest first. Years of coverage are cut in fortnights, each compared with itself and
    with the one before, so that the work grows with the number of texts and not with its square.
    """
    copies: dict[str, str] = {}
    before: list[tuple[str, str]] = []
    last = -1
    for number, group in groupby(texts, key=lambda row: (row[0] - _EPOCH) // WINDOW):
        rows = list(group)
        own = {name for _, name, _, incoming in rows if incoming}
        context = before if number == last + 1 else []
        found = near_duplicates([*context, *((name, text) for _, name, text, _ in rows)])
        copies |= {copy: original for copy, original in found.items() if copy in own}
        before, last = [(name, text) for _, name, text, _ in rows if name not in found], number
    return copies
