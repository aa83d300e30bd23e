"""SQL files that begin with their own documentation, which becomes comments in the database and the dictionary.

``-- name: text`` documents a column, ``-- (name): text`` a parameter, ``-- sorted by: columns`` asks for a stored and
sorted table; the other comment lines before the query say what the thing is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

COLUMN = re.compile(r"-- ([a-z_0-9]+): (.+)")
PARAMETER = re.compile(r"-- \(([a-z_0-9]+)\): (.+)")
ORDER = re.compile(r"-- sorted by: (.+)")


@dataclass(frozen=True, slots=True)
class Documented:
    """One file: its stem, what it is, what its columns and parameters are, its order (empty for none) and its query."""

    name: str
    about: str
    columns: dict[str, str]
    parameters: dict[str, str]
    order: str
    sql: str


def read_documented(path: Path) -> Documented:
    """The file at ``path``. Raises ``ValueError`` where it does not begin with its documentation."""
    about: list[str] = []
    columns: dict[str, str] = {}
    parameters: dict[str, str] = {}
    order = ""
    lines = path.read_text(encoding="utf-8").splitlines()
    query = next((n for n, line in enumerate(lines) if not line.startswith("-- ")), len(lines))
    for line in lines[:query]:
        if found := ORDER.fullmatch(line):
            order = found[1]
        elif found := PARAMETER.fullmatch(line):
            parameters[found[1]] = found[2]
        elif found := COLUMN.fullmatch(line):
            columns[found[1]] = found[2]
        else:
            about.append(line[3:].strip())
    if not about:
        raise ValueError(f"{path.name}: the first comment must say what it is")
    sql = "\n".join(lines[query:]).strip().rstrip(";")
    return Documented(path.stem, " ".join(about), columns, parameters, order, sql)


def same_columns(name: str, found: set[str], documented: dict[str, str]) -> None:
    """Raises ``ValueError`` where the columns that a query gives and those documented differ."""
    if found != set(documented):
        raise ValueError(f"{name}.sql: columns and their comments differ: {sorted(found ^ set(documented))}")


def comment(con: duckdb.DuckDBPyConnection, kind: str, name: str, text: str) -> None:
    """Stores ``text`` as the comment on ``name``, a ``view``, ``table``, ``column``, ``macro`` or ``macro table``."""
    quoted = text.replace("'", "''")
    con.execute(f"comment on {kind} {name} is '{quoted}'")
