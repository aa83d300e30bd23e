"""The analyst's macros: common questions as functions, one SQL file each, documented by its first comment.

A file with column comments is a table macro (``from timeline('Huawei')``), one without is a scalar macro
(``earliest_day(founded)``). Parameters stand in the order of their comments (see ``warehouse.documented``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.documented import Documented, comment, read_documented, same_columns

FOLDER = Path(__file__).with_name("macros")


def read_macros(folder: Path = FOLDER) -> list[Documented]:
    """The macros of ``folder``: scalar ones first, as table macros use them, then by name.

    Raises ``ValueError`` where a file does not begin with its documentation.
    """
    found = [read_documented(path) for path in sorted(folder.glob("*.sql"))]
    return sorted(found, key=lambda macro: (bool(macro.columns), macro.name))


def create_macros(con: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> None:
    """Creates every macro with its comment. Raises ``ValueError`` where columns and their documentation differ."""
    for macro in read_macros(folder):
        body = f"table {macro.sql}" if macro.columns else f"({macro.sql})"
        con.execute(f"create or replace macro {signature(macro)} as {body}")
        if macro.columns:
            unknowns = ", ".join("null" for _ in macro.parameters)
            described = con.execute(f"describe from {macro.name}({unknowns})").fetchall()
            same_columns(macro.name, {row[0] for row in described}, macro.columns)
        comment(con, "macro table" if macro.columns else "macro", macro.name, macro.about)


def signature(macro: Documented) -> str:
    """How a macro is called.

    >>> signature(Documented("coverage", "How a source did.", {}, {"source_name": "its name"}, "", "select 1"))
    'coverage(source_name)'
    """
    return f"{macro.name}({', '.join(macro.parameters)})"
