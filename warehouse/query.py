"""One query on a snapshot: columns and rows, or one line that says what is wrong with the query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extractors.errors import UserError
from warehouse.connect import open_reader

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of a result and its rows, read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def ask(snapshot: Path, sql: str) -> Iterator[Answer]:
    """The answer to ``sql`` for the length of a ``with`` block.

    Raises ``UserError`` where there is no snapshot, or where DuckDB refuses the query: its own first lines say why.
    """
    with open_reader(snapshot) as con, _plainly():
        cursor = con.execute(sql)
        columns = tuple(c[0] for c in cursor.description or ())
        yield Answer(columns, _rows(cursor))


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise UserError(" ".join(lines[:3])) from error
