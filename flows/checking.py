"""``rivalry doctor``: what is wrong, and how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from extractors.errors import UserError
from extractors.language.knowledge import load_knowledge
from extractors.language.pipeline import load, model_version
from flows.settings import Paths
from warehouse import connect, lock
from warehouse.query import ask

FREE_BYTES = 2_000_000_000
# Silent sources are those without a new entry for two weeks of nights: a think tank may publish once a week.
TROUBLED = """
    select source_id, strftime(failing_since_utc, '%Y-%m-%d'), strftime(silent_since_utc, '%Y-%m-%d'), last_reason
    from source_states, (select max(started_utc) as last_utc from run_history)
    where failing_since_utc is not null or silent_since_utc <= last_utc - interval 14 day
    order by failing_since_utc nulls last, silent_since_utc, source_id"""
# Combinations known to break Prefect 3.8 without a word: see pyproject.toml.
BELOW = {"fastapi": (0, 151), "sqlalchemy": (2, 1), "prefect": (3, 9)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is right, and what to know or do."""

    check: str
    ok: bool
    detail: str


def examine(paths: Paths) -> list[Finding]:
    """Every check, in order; none stops another."""
    checks = (
        _python,
        _pins,
        _model,
        _knowledge,
        lambda: _database(paths),
        lambda: _snapshot(paths),
        lambda: _sources(paths),
        lambda: _run(paths),
        lambda: _disk(paths),
        _clock,
    )
    return [check() for check in checks]


def _python() -> Finding:
    good = (3, 11) <= sys.version_info < (3, 14)
    return Finding("python", good, f"{platform.python_version()}{'' if good else '; rivalry needs 3.11, 3.12 or 3.13'}")


def _pins() -> Finding:
    wrong, seen = [], []
    for name, limit in BELOW.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        seen.append(f"{name} {found}")
        if tuple(int(p) for p in found.split(".")[:2]) >= limit:
            wrong.append(f"{name} {found} breaks Prefect 3.8; install one below {'.'.join(map(str, limit))}")
    return Finding("packages", not wrong, "; ".join(wrong) or ", ".join(seen))


def _model() -> Finding:
    try:
        return Finding("model", True, model_version(load()))
    except UserError as error:
        return Finding("model", False, str(error))


def _knowledge() -> Finding:
    try:
        return Finding("knowledge", True, f"{len(load_knowledge().by_id)} entities")
    except UserError as error:
        return Finding("knowledge", False, str(error))


def _database(paths: Paths) -> Finding:
    if not paths.db.exists():
        return Finding("warehouse", True, f"{paths.db} does not exist yet; `rivalry ingest` makes it")
    try:
        with connect.writing(paths.db):
            return Finding("warehouse", True, f"{paths.db}, {paths.db.stat().st_size / 1e6:.1f} MB")
    except UserError as error:
        return Finding("warehouse", False, str(error))


def _snapshot(paths: Paths) -> Finding:
    if not paths.db.exists():
        return Finding("snapshot", True, "none yet")
    try:
        with connect.open_reader(paths.snapshot):
            age = datetime.now(UTC) - datetime.fromtimestamp(paths.snapshot.stat().st_mtime, UTC)
            return Finding(
                "snapshot", True, f"{paths.snapshot}, published {age.days} days and {age.seconds // 3600} hours ago"
            )
    except UserError as error:
        return Finding("snapshot", False, str(error))


def _sources(paths: Paths) -> Finding:
    """Which sources fail or bring nothing new, as the last published night left them."""
    if not paths.snapshot.exists():
        return Finding("sources", True, "none asked yet")
    try:
        with ask(paths.snapshot, TROUBLED) as answer:
            rows = list(answer.rows)
    except UserError as error:
        return Finding("sources", False, str(error))
    failing = [f"{name} fails since {since} ({reason})" for name, since, _, reason in rows if since]
    silent = [f"{name} is silent since {since}" for name, failed, since, _ in rows if not failed]
    found = "; ".join([*failing, *silent])
    mend = f"{found}; `rivalry sources NAME` asks one of them now"
    return Finding("sources", not found, mend if found else "none fails or has gone silent")


def _run(paths: Paths) -> Finding:
    try:
        owner, alive = lock.holder(paths.db)
    except UserError as error:
        return Finding("run", False, str(error))
    if owner is None:
        return Finding("run", True, "none under way")
    who = f"process {owner.pid} on {owner.host}, begun {owner.started}"
    return Finding(
        "run", True, f"{who}, is under way" if alive else f"{who}, has died; the next run takes over from it"
    )


def _disk(paths: Paths) -> Finding:
    folder = next(p for p in (paths.db.absolute().parent, *paths.db.absolute().parents) if p.exists())
    if not os.access(folder, os.W_OK):
        return Finding("disk", False, f"{folder} can't be written; change its permissions or give another --db")
    free = shutil.disk_usage(folder).free
    mend = "" if free > FREE_BYTES else "; a night may need 2 GB, so free some"
    return Finding("disk", free > FREE_BYTES, f"{free / 1e9:.1f} GB free at {folder}{mend}")


def _clock() -> Finding:
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    good = now >= built
    return Finding(
        "clock", good, f"{now:%Y-%m-%d %H:%M} UTC{'' if good else ', before this file was written; set the clock'}"
    )
