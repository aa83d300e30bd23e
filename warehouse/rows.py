"""From Python values to tables: bulk insert through Arrow, and the clock's form in DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

SURROGATE = re.compile("[\ud800-\udfff]")


def naive_utc(moment: datetime | None) -> datetime | None:
    """An aware ``moment`` as the naive UTC that ``*_utc`` columns hold. Raises ``ValueError`` where it is naive."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment}: stages pass aware UTC")
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware_utc(moment: datetime | None) -> datetime | None:
    """The value of a ``*_utc`` column as aware UTC."""
    return moment.replace(tzinfo=UTC) if moment else None


def storable(value: Any) -> Any:
    """``value`` with each lone surrogate, which UTF-8 has no form for, replaced by U+FFFD: offsets stay right."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, tuple | list):
        return [storable(v) for v in value]
    return value


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]], conflict: str = "") -> int:
    """Inserts ``rows`` (column name -> value) into ``table``; returns their number.

    ``conflict`` is an ``ON CONFLICT`` clause. Rows must be unique by the table's key: DuckDB would silently keep the
    first.
    """
    clean = [{column: storable(value) for column, value in row.items()} for row in rows]
    if not clean:
        return 0
    incoming = pa.Table.from_pylist(clean, schema=_schema(con, table, tuple(clean[0])))
    _run(con, incoming, f"insert into {table} by name select * from incoming_rows {conflict}")
    return len(clean)


def stage(con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, list[Any]]) -> None:
    """Makes the temporary table ``name`` with text ``columns``, replacing one of that name."""
    incoming = pa.table({c: pa.array([storable(v) for v in values], pa.string()) for c, values in columns.items()})
    _run(con, incoming, f"create or replace temp table {name} as select * from incoming_rows")


def records(con: duckdb.DuckDBPyConnection, sql: str, params: Any = None) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries, read to the end."""
    cursor = con.execute(sql, params) if params is not None else con.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one(con: duckdb.DuckDBPyConnection, sql: str, params: Any = None) -> tuple[Any, ...]:
    """The row of a query that has exactly one, read to the end: a result left open blocks the connection.

    Raises ``ValueError`` for any other number of rows.
    """
    (row,) = (con.execute(sql, params) if params is not None else con.execute(sql)).fetchall()
    return row


def quoted(text: str) -> str:
    """``text`` as a string of SQL, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _run(con: duckdb.DuckDBPyConnection, incoming: pa.Table, sql: str) -> None:
    con.register("incoming_rows", incoming)
    con.execute(sql)
    # Not in a ``finally``: an aborted transaction refuses it with an error of its own, which would hide the first.
    con.unregister("incoming_rows")


def _schema(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> pa.Schema:
    found = con.sql(f"select * from {table} limit 0").to_arrow_table().schema
    unknown = set(columns) - set(found.names)
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
    return pa.schema([found.field(column) for column in columns])
