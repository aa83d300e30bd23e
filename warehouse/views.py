"""The analyst's views: one SQL file each, documented by its first comment.

A file begins with comment lines. ``-- name: text`` documents a column; the lines before the first of these document
the view.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

FOLDER = Path(__file__).with_name("views")


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, what it is, what each column is, and its query."""

    name: str
    about: str
    columns: dict[str, str]
    sql: str


def read_views(folder: Path = FOLDER) -> list[View]:
    """The views of ``folder``, by name. Raises ``ValueError`` where a file does not begin with its documentation."""
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def create_views(con: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> None:
    """Creates every view with its comments. Raises ``ValueError`` where columns and their documentation differ."""
    for view in read_views(folder):
        con.execute(f"create or replace view {view.name} as {view.sql}")
        sql = "select column_name from duckdb_columns() where table_name = ? and database_name = current_database()"
        columns = {row[0] for row in con.execute(sql, [view.name]).fetchall()}
        if columns != set(view.columns):
            raise ValueError(
                f"{view.name}.sql: columns and their comments differ: {sorted(columns ^ set(view.columns))}"
            )
        con.execute(f"comment on view {view.name} is {_quoted(view.about)}")
        for column, text in view.columns.items():
            con.execute(f"comment on column {view.name}.{column} is {_quoted(text)}")


def _read(path: Path) -> View:
    about: list[str] = []
    columns: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    query = next((n for n, line in enumerate(lines) if not line.startswith("-- ")), len(lines))
    for line in lines[:query]:
        column = re.fullmatch(r"-- ([a-z_0-9]+): (.+)", line)
        if column:
            columns[column[1]] = column[2]
        else:
            about.append(line[3:].strip())
    if not about:
        raise ValueError(f"{path.name}: the first comment must say what the view is")
    return View(path.stem, " ".join(about), columns, "\n".join(lines[query:]).strip().rstrip(";"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
