"""One run at a time: a lock file beside the warehouse that says who runs.

DuckDB locks the file only while a connection is open, and a run opens several short ones; this lock covers the whole
run. A lock whose owner is dead is taken over: the owner is dead where its process is gone from this host, or has not
renewed the lock for ten minutes (the only sign where the owner ran on another host or in another container).
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from extractors.errors import UserError

RENEW_SECONDS = 30.0
EXPIRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds the lock. ``born`` tells a process from a later one with the same number; times are ISO, UTC."""

    pid: int
    host: str
    born: str
    started: str
    renewed: str


@contextmanager
def run_lock(db: Path) -> Iterator[Owner | None]:
    """Holds the lock of the warehouse ``db`` for the block, which is given the dead owner that it was taken from, if
    any.

    Raises ``UserError`` naming the owner where another run holds it.
    """
    path = Path(f"{db}.lock")
    stop = threading.Event()
    dead = _take(path)
    renewer = threading.Thread(target=_renew, args=(path, stop), name="run lock", daemon=True)
    renewer.start()
    try:
        yield dead
    finally:
        stop.set()
        renewer.join()
        with _mutex(path):
            if _is_ours(_read(path)):
                path.unlink()


def _take(path: Path) -> Owner | None:
    now = _now()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _mutex(path):
            owner = _read(path)
            if owner and _alive(owner):
                raise UserError(
                    f"a run by process {owner.pid} on {owner.host} has held this warehouse since {owner.started}; "
                    f"wait until it has finished, or end it (if you are sure that it is gone, delete {path})"
                )
            _write(
                path,
                Owner(pid=os.getpid(), host=socket.gethostname(), born=_born(os.getpid()), started=now, renewed=now),
            )
    except OSError as error:
        raise UserError(
            f"{path} can't be written ({error.strerror}); change its permissions or give another --db"
        ) from error
    return owner


def holder(db: Path) -> tuple[Owner | None, bool]:
    """Who holds the lock of the warehouse ``db``, and whether it still runs; ``(None, False)`` where nobody does.

    Raises ``UserError`` where the lock is none of this program's.
    """
    owner = _read(Path(f"{db}.lock"))
    return owner, owner is not None and _alive(owner)


def _renew(path: Path, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        with _mutex(path):
            owner = _read(path)
            if owner is None or not _is_ours(owner):
                return
            _write(path, Owner(**{**asdict(owner), "renewed": _now()}))


def _mutex(path: Path) -> FileLock:
    """Held for the moment of reading and writing the lock; the system frees it when its holder dies."""
    return FileLock(f"{path}.mutex")


def _read(path: Path) -> Owner | None:
    try:
        return Owner(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, TypeError) as error:
        raise UserError(f"{path} is no lock of this program ({error}); delete it") from error


def _write(path: Path, owner: Owner) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(asdict(owner)), encoding="utf-8")
    part.replace(path)


def _is_ours(owner: Owner | None) -> bool:
    return owner is not None and (owner.pid, owner.host, owner.born) == (
        os.getpid(),
        socket.gethostname(),
        _born(os.getpid()),
    )


def _alive(owner: Owner) -> bool:
    if datetime.now(UTC) - datetime.fromisoformat(owner.renewed) > EXPIRY:
        return False
    if owner.host != socket.gethostname():
        return True
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _born(owner.pid) == owner.born


def _born(pid: int) -> str:
    """When process ``pid`` began, in clock ticks since boot (proc(5), field 22); empty where the system has no
    /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
