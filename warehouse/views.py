"""The analyst's views: one SQL file each, documented by its first comment (see ``warehouse.documented``).

A file with a line ``-- sorted by: columns`` is computed once, when the snapshot is published, and stored as a table in
that order: the same name, columns and rows as the view would have, and answers that don't grow with the warehouse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from warehouse.documented import comment, read_documented, same_columns

FOLDER = Path(__file__).with_name("views")


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, what it is, what each column is, its query, and its order where it is stored."""

    name: str
    about: str
    columns: dict[str, str]
    sql: str
    order: str = ""


def read_views(folder: Path = FOLDER) -> list[View]:
    """The views of ``folder``, by name. Raises ``ValueError`` where a file does not begin with its documentation."""
    found = [read_documented(path) for path in sorted(folder.glob("*.sql"))]
    return [View(d.name, d.about, d.columns, d.sql, d.order) for d in found]


def create_views(con: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> None:
    """Creates every view, or stores it, with its comments; those first that others ask.

    Raises ``ValueError`` where columns and their documentation differ, and ``CycleError`` where views ask each other.
    """
    for view in in_order(read_views(folder)):
        kind = "table" if view.order else "view"
        ordered = f"from ({view.sql}) order by {view.order}" if view.order else view.sql
        con.execute(f"create or replace {kind} {view.name} as {ordered}")
        sql = "select column_name from duckdb_columns() where table_name = ? and database_name = current_database()"
        same_columns(view.name, {row[0] for row in con.execute(sql, [view.name]).fetchall()}, view.columns)
        comment(con, kind, view.name, view.about)
        for column, text in view.columns.items():
            comment(con, "column", f"{view.name}.{column}", text)


def in_order(views: list[View]) -> list[View]:
    """``views``, those first that others ask. Raises ``CycleError`` where views ask each other."""
    by_name = {view.name: view for view in views}
    asked = {view.name: set(re.findall(r"\b(?:from|join)\s+(\w+)", view.sql)) & set(by_name) for view in views}
    return [by_name[name] for name in TopologicalSorter(asked).static_order()]
