"""Opening the warehouse and its snapshots, with errors that say how to mend them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from extractors.errors import RunFailed, UserError
from warehouse.migrate import migrate

WRITER_CONFIG = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "memory_limit": "2GB"}
READER_CONFIG = {
    **WRITER_CONFIG,
    "enable_external_access": False,
    "threads": 2,
    "max_temp_directory_size": "10GB",
    "lock_configuration": True,
}


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turns DuckDB's errors about the file at ``path`` into ``UserError`` or ``RunFailed`` of one line."""
    try:
        yield
    # A disk that fills up shows as a transaction that can't be committed; other failed transactions are faults of ours.
    except (
        duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.TransactionException
    ) as error:  # fmt: skip
        message = str(error)
        if "Could not set lock" in message:
            holder = re.search(r"PID (\d+)", message)
            owner = f"process {holder[1]}" if holder else "another process"
            raise UserError(f"{path} is in use by {owner}; wait until it has finished, or end it") from error
        if "No space left" in message or "Disk quota exceeded" in message:
            raise RunFailed(
                f"the disk with {path} is full; free some space and run again: nothing is half written"
            ) from error
        if isinstance(error, duckdb.TransactionException):
            raise
        if "not a valid DuckDB database" in message:
            raise UserError(f"{path} is not a warehouse file; give another --db, or move it away") from error
        if "Permission denied" in message or "Read-only file system" in message:
            raise UserError(
                f"{path} may not be opened by this user; change its permissions or give another --db"
            ) from error
        first = message.splitlines()[0]
        raise UserError(f"{path} can't be opened ({first}); restore it from a backup or give another --db") from error


def open_writer(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that may write, on a warehouse that is created or migrated as needed.

    No other process can open the file meanwhile: close it soon. Raises ``UserError`` where another process has it, it
    is no warehouse or made by newer code, and ``RunFailed`` where the disk is full.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path.parent} can't be made ({error.strerror}); give another --db") from error
    with clear_errors(path):
        con = duckdb.connect(str(path), config=WRITER_CONFIG)
        try:
            migrate(con)
        except BaseException:
            con.close()
            raise
        return con


@contextmanager
def writing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """``open_writer`` for a block: closed at its end, a full disk raised as ``RunFailed``."""
    con = open_writer(path)
    with clear_errors(path), con:
        yield con


def open_reader(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a snapshot, for any number of processes at once.

    It can't reach files or the network, and its limits can't be lifted by SQL: 2 GB of memory, two threads, 10 GB of
    disk for what does not fit into memory. A data frame of the caller is asked by name once it is registered
    (``con.register("mine", frame)``). Raises ``UserError`` where there is no snapshot.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"there is no snapshot {path}; run `rivalry ingest` first, or give another --db")
    with clear_errors(path):
        return duckdb.connect(str(path), read_only=True, config=READER_CONFIG)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: commits at the end, rolls back where the block raises."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()
