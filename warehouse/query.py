"""SQL on a snapshot, which is opened as a sandbox: columns and rows for each statement, or one line that says what is wrong with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from extractors.errors import UserError
from warehouse.connect import open_reader
from warehouse.migrate import read_migrations
from warehouse.names import KINDS, is_known, nearest
from warehouse.rows import one

T = TypeVar("T")
CHUNK = 1000
SECONDS = 60.0
OUT_OF_REACH = (
    "files, the network and other databases are out of reach here: ask the snapshot's own tables "
    "(`rivalry dictionary` lists them), and write what comes back with --csv or --json"
)
# What DuckDB says, and what that means here.
REFUSALS = {
    "Permission Error": OUT_OF_REACH,
    "Cannot launch in-memory database": OUT_OF_REACH,
    "configuration has been locked": "settings can't be changed here: the sandbox and its limits hold for every query",
    "in read-only mode": "the snapshot is read-only: select from it, or keep what you need in a temporary table "
    "(create temp table mine as select ...)",
    "Out of Memory": "the query needs more than the 2 GB that it may take: ask for fewer rows and columns, or "
    "aggregate first",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of a result and its rows, read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def count_statements(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The number of statements in ``sql``, comments being none. Raises ``UserError`` where it is no SQL."""
    with _plainly(con, SECONDS):
        return len(con.extract_statements(sql))


def answers(con: duckdb.DuckDBPyConnection, sql: str, *, seconds: float = SECONDS) -> Iterator[Answer]:
    """An answer to each statement of ``sql``, in order; read its rows before you ask for the next.

    Raises ``UserError`` where DuckDB refuses a statement, where one runs longer than ``seconds`` (the reading of its
    rows included), and where a macro is asked about a name that the snapshot does not know, with the nearest names.
    Raises ``KeyboardInterrupt`` where Ctrl-C ends a statement.
    """
    with _plainly(con, seconds):
        statements = con.extract_statements(sql)
    for statement in statements:
        with _time_limit(con, seconds):
            with _plainly(con, seconds):
                _check_names(con, statement.query)
                _interruptibly(con, lambda todo=statement: con.execute(todo))
            yield Answer(tuple(c[0] for c in con.description or ()), _rows(con, seconds))


@contextmanager
def ask(snapshot: Path, sql: str) -> Iterator[Answer]:
    """The answer to one query on a snapshot, for the length of a ``with`` block. Raises as ``answers`` does."""
    with open_reader(snapshot) as con, closing(answers(con, sql)) as found:
        yield next(found)


def _rows(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[tuple[Any, ...]]:
    with _plainly(con, seconds):
        while rows := _interruptibly(con, lambda: con.fetchmany(CHUNK)):
            yield from rows


def _interruptibly(con: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Do DuckDB's work in a thread, and end it on Ctrl-C: DuckDB itself looks for that only between the parts of a query."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(work)
        try:
            return done.result()
        except KeyboardInterrupt:
            con.interrupt()
            raise


@contextmanager
def _time_limit(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _plainly(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise UserError(
            f"the query ran longer than {seconds:g} seconds and was ended; narrow it, or give more with --timeout"
        ) from error
    except duckdb.Error as error:
        message = str(error)
        for said, meaning in REFUSALS.items():
            if said in message:
                raise UserError(meaning) from error
        note = _age(con) if isinstance(error, duckdb.CatalogException) else ""
        raise UserError(f"{_first_lines(message)}{note}") from error


def _first_lines(message: str) -> str:
    """What DuckDB says before it shows the query, in one line."""
    lines = [line.strip() for line in message.partition("\nLINE ")[0].splitlines() if line.strip()]
    return " ".join(lines[:3])


def _age(con: duckdb.DuckDBPyConnection) -> str:
    """A remark where the snapshot is older than the code: what was asked for may be missing for that reason."""
    (version,) = one(con, "select max(version) from schema_migrations")
    if version == len(read_migrations()):
        return ""
    return "; the snapshot was published by another version of rivalry: `rivalry ingest` publishes it anew"


def _check_names(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raises ``UserError`` where a macro is given a literal name that the snapshot doesn't know."""
    tree = json.loads(one(con, "select json_serialize_sql(?::varchar)", [sql])[0])
    calls = list(_calls(tree)) if not tree["error"] else []
    if not calls:
        return
    macros = con.execute(
        "select function_name, parameters from duckdb_functions() where function_type = 'table_macro' and not internal"
    ).fetchall()
    parameters = dict(macros)
    for name, arguments in calls:
        for position, argument in enumerate(arguments):
            given = argument["name"] or "".join(parameters.get(name, [])[position : position + 1])
            literal = argument["expression"].get("literal", {})
            if given in KINDS and literal.get("kind") == "STRING":
                _check_name(con, given, literal["text"])


def _calls(node: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each function that stands as a table in a syntax tree, with its arguments."""
    if isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield node["function"]["function_name"], node["function"]["arguments"]
        for child in node.values():
            yield from _calls(child)
    elif isinstance(node, list):
        for child in node:
            yield from _calls(child)


def _check_name(con: duckdb.DuckDBPyConnection, parameter: str, name: str) -> None:
    if is_known(con, parameter, name):
        return
    near = nearest(con, parameter, name)
    offer = f"the nearest: {', '.join(near)}" if near else "none is like it"
    raise UserError(f"the snapshot knows no {KINDS[parameter].what} {name!r}; {offer}")
