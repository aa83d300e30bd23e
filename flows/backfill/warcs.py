"""A backfill out of WARC files: what is not done yet is read by many processes, then everything is loaded at once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from extractors.errors import RunFailed, StageError, UserError
from extractors.events.reading import EXTRACTOR_VERSION, ONTOLOGY_VERSION
from extractors.language.pipeline import load as load_model
from extractors.language.pipeline import model_version
from extractors.outcomes import REASONS
from extractors.records import Counts, Versions
from flows.backfill.cluster import on_cluster
from flows.backfill.inputs import fingerprint, warc_paths
from flows.backfill.loading import load
from flows.backfill.parts_folder import Manifest, PartsFolder
from flows.backfill.reading import Job, file_id
from flows.backfill.workers import Ended, on_this_machine
from flows.console import err, out, progress, table
from flows.settings import Paths
from warehouse import lock


def backfill(
    given: Sequence[str],
    db: Path,
    now: datetime,
    *,
    base: str | None = None,
    parts: str | None = None,
    cluster: str | None = None,
    processes: int | None = None,
    model: str | None = None,
) -> tuple[list[Manifest], Counts]:
    """Read the WARC files that ``given`` names and load their pages; returns what each file held, and what the run found.

    Files that are done, by their manifest in the folder ``parts``, are not read again; reading needs no warehouse and leaves it free
    for others. ``now`` (aware) is the run's clock. Raises ``UserError`` where nothing can be read or another run is under way,
    ``RunFailed`` where some file could not be had: the others are loaded first.
    """
    folder = PartsFolder(parts or str(db.with_name(f"{db.stem}-parts").absolute()))
    with lock.run_lock(db.with_name(f"{db.stem}-backfill")):
        jobs = [job_of(path, folder, model) for path in warc_paths(given, base)]
        done, failed = _read(jobs, folder, cluster, processes or os.cpu_count() or 1)
    if not done:
        raise RunFailed(f"none of {len(failed)} WARC files could be read; first: {failed[0]}")
    counts = load(done, folder, db, now, model)
    if failed:
        raise RunFailed(
            f"{len(failed)} of {len(jobs)} WARC files could not be read, the others are loaded; "
            f"run the same command again to try them again; first: {failed[0]}"
        )
    return done, counts


def job_of(path: str, folder: PartsFolder, model: str | None) -> Job:
    """The job of reading one file. Raises ``UserError`` where it can't be found."""
    path = path if "://" in path else str(Path(path).absolute())
    try:
        mark = fingerprint(path)
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except (OSError, ImportError, ValueError) as error:
        raise UserError(f"{path} can't be opened ({error})") from error
    return Job(
        file_id=file_id(path),
        path=path,
        fingerprint=mark,
        parts=folder.root,
        versions=Versions(
            extractor=EXTRACTOR_VERSION, model=model_version(load_model(model)), ontology=ONTOLOGY_VERSION
        ),
        model=model,
    )


def _read(
    jobs: Sequence[Job], folder: PartsFolder, cluster: str | None, processes: int
) -> tuple[list[Manifest], list[str]]:
    """The manifests of all files that are done, and a line for each that failed."""
    done = {job.file_id: found for job in jobs if (found := _finished(job, folder))}
    left = [job for job in jobs if job.file_id not in done]
    if done:
        err.print(f"{len(done)} of {len(jobs)} files were read before and are not read again")
    failed = []
    with progress() as shown:
        bar = shown.add_task("files", total=len(jobs), completed=len(done))
        for job, ended in _run(left, cluster, processes):
            shown.advance(bar)
            if isinstance(ended, StageError):
                failed.append(f"{job.path}: {ended.detail or ended.reason}")
                err.print(failed[-1], markup=False)
            else:
                done[job.file_id] = ended
                err.print(_line(ended), markup=False)
    return [done[job.file_id] for job in jobs if job.file_id in done], failed


def _run(jobs: Sequence[Job], cluster: str | None, processes: int) -> Iterator[Ended]:
    if not jobs:
        return iter(())
    return on_cluster(jobs, cluster) if cluster else on_this_machine(jobs, min(processes, len(jobs)))


def _finished(job: Job, folder: PartsFolder) -> Manifest | None:
    """The manifest of a file that has been read as it is now, by the present versions."""
    found = folder.manifest(job.file_id)
    return found if found and (found.fingerprint, found.versions) == (job.fingerprint, job.versions) else None


def _line(m: Manifest) -> str:
    records = sum(m.counts.values())
    note = f"; not read to its end: {m.problem}" if m.problem else ""
    return f"{m.path}: {records:,} records, {m.bytes / 1e6:,.0f} MB, {m.seconds:,.1f} CPU seconds{note}"


def show(done: Sequence[Manifest], counts: Counts, paths: Paths) -> None:
    """Print how the records of a backfill ended, in all files together, and what is in the warehouse now."""
    total: Counter[str] = sum((Counter(m.counts) for m in done), Counter())
    table(
        f"{sum(total.values()):,} records of {len(done):,} WARC files, by how they ended",
        ["reason", "what it means", "records"],
        [(reason, REASONS[reason], f"{n:,}") for reason, n in total.most_common()],
        right=("records",),
    )
    out.print(
        f"{counts.articles:,} articles new or revised, {counts.mentions:,} mentions, {counts.event_mentions:,} reports of events"
    )
    for m in done:
        if m.problem:
            out.print(f"not read to its end: {m.path}, {m.problem}", markup=False, soft_wrap=True)
    out.print(f"warehouse  {paths.db}\nsnapshot   {paths.snapshot}", markup=False, soft_wrap=True)
