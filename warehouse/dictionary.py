"""The data dictionary: what every table, view, macro, column and parameter of a snapshot is.

It is written into the snapshot as the table ``data_dictionary`` when that is published, from the comments in the
database and the documentation of views and macros, so that a snapshot explains itself to any client.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extractors.errors import UserError
from warehouse.connect import open_reader
from warehouse.documented import comment
from warehouse.macros import read_macros, signature
from warehouse.rows import insert, records
from warehouse.views import read_views

COLUMNS_FILE = Path(__file__).with_name("columns.toml")
KINDS = {
    "macro": "Macros: common questions as functions",
    "view": "Views: what the articles say, ready to ask",
    "table": "Tables: what was read and how, row by row",
}
HIDDEN = "schema_migrations|touched_.*"  # of no use to anyone but the pipeline
ABOUT = "What every table, view and macro is, and each of its columns and parameters; the parts in order."
COLUMNS = {
    "name": "the table, view or macro",
    "kind": "table, view or macro",
    "part": "itself, column or parameter",
    "part_name": "name of the column or parameter; how it is called for a macro itself",
    "position": "0 for the thing itself, then 1, 2, ... among its parameters and its columns",
    "type": "DuckDB type of a column; NULL for the thing itself and a parameter, which takes any",
    "about": "what it is; NULL where nobody has said it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A column or parameter; ``type`` is empty for a parameter."""

    name: str
    type: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A table, view or macro; ``call`` is how it is asked for: its name, for a macro with its parameters."""

    name: str
    kind: str
    call: str
    about: str
    parameters: tuple[Part, ...]
    columns: tuple[Part, ...]


def write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Comments on what has no comment yet, and stores the dictionary. Call it when all else has been created."""
    _comment_columns(con)
    con.execute(
        """create table data_dictionary (name varchar not null, kind varchar not null, part varchar not null,
            part_name varchar not null, position integer not null, type varchar, about varchar)"""
    )
    comment(con, "table", "data_dictionary", ABOUT)
    for column, about in COLUMNS.items():
        comment(con, "column", f"data_dictionary.{column}", about)
    insert(con, "data_dictionary", [*_relation_rows(con), *_macro_rows(con)])


def read_dictionary(snapshot: Path) -> list[Entry]:
    """The dictionary of a snapshot: macros, views, tables, each by name. Raises ``UserError`` where there is none."""
    with open_reader(snapshot) as con:
        try:
            rows = records(con, "from data_dictionary order by name, part, position")
        except duckdb.CatalogException as error:
            raise UserError(
                f"{snapshot} was published by an older rivalry and has no dictionary; run `rivalry ingest` once more"
            ) from error
    found = [_entry(row, [r for r in rows if r["name"] == row["name"]]) for row in rows if row["part"] == "itself"]
    return sorted(found, key=lambda entry: (list(KINDS).index(entry.kind), entry.name))


def look_up(entries: list[Entry], name: str) -> Entry:
    """The entry called ``name``, in any case and with or without brackets.

    Raises ``UserError`` where there is none, with the nearest names.
    """
    wanted = name.strip().lower().partition("(")[0]
    names = [entry.name for entry in entries]
    if wanted in names:
        return entries[names.index(wanted)]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    offer = f"did you mean {', '.join(near)}?" if near else "`rivalry dictionary` lists them all"
    raise UserError(f"there is no table, view or macro {name!r}; {offer}")


def markdown(entries: list[Entry]) -> str:
    """The dictionary as a page of the documentation."""
    lines = ["# Data dictionary", "", "What a published snapshot holds. It is made from the snapshot's own comments:"]
    lines += ["`rivalry dictionary NAME` prints the same, and so does `from data_dictionary` in any client.", ""]
    for kind, title in KINDS.items():
        lines += [f"## {title}", ""]
        for entry in (e for e in entries if e.kind == kind):
            lines += [f"### `{entry.call}`", "", _escaped(entry.about), ""]
            lines += _table(("parameter", "what it is"), [(f"`{p.name}`", p.about) for p in entry.parameters])
            lines += _table(
                ("column", "type", "what it is"), [(f"`{p.name}`", f"`{p.type}`", p.about) for p in entry.columns]
            )
    return "\n".join(lines).rstrip() + "\n"


def _comment_columns(con: duckdb.DuckDBPyConnection) -> None:
    """Comments on the columns that no migration comments on, from ``columns.toml``."""
    texts = tomllib.loads(COLUMNS_FILE.read_text(encoding="utf-8"))
    sql = "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    for table, column in con.execute(sql).fetchall():
        text = texts.get(table, {}).get(column) or texts["common"].get(column)
        if text:
            comment(con, "column", f"{table}.{column}", text)


def _relation_rows(con: duckdb.DuckDBPyConnection) -> list[dict]:
    views = {view.name for view in read_views()} | {"article_outlets"}
    sql = """
        select name, part, part_name, position, type, about from (
            select table_name as name, 'itself' as part, table_name as part_name, 0 as position,
                null::varchar as type, comment as about
            from duckdb_tables()
            union all
            select view_name, 'itself', view_name, 0, null, comment from duckdb_views() where not internal
            union all
            select table_name, 'column', column_name, column_index, data_type, comment from duckdb_columns()
            where not internal
        ) where not regexp_full_match(name, ?) order by all"""
    return [row | {"kind": "view" if row["name"] in views else "table"} for row in records(con, sql, [HIDDEN])]


def _macro_rows(con: duckdb.DuckDBPyConnection) -> list[dict]:
    rows = []
    for macro in read_macros():
        same = {"name": macro.name, "kind": "macro", "type": None}
        rows.append(same | {"part": "itself", "part_name": signature(macro), "position": 0, "about": macro.about})
        for n, (name, about) in enumerate(macro.parameters.items(), start=1):
            rows.append(same | {"part": "parameter", "part_name": name, "position": n, "about": about})
        if macro.columns:
            unknowns = ", ".join("null" for _ in macro.parameters)
            described = con.execute(f"describe from {macro.name}({unknowns})").fetchall()
            for n, (name, type_, *_) in enumerate(described, start=1):
                column = {"part": "column", "part_name": name, "position": n, "type": type_}
                rows.append(same | column | {"about": macro.columns[name]})
    return rows


def _entry(row: dict, rows: list[dict]) -> Entry:
    def parts(kind: str) -> tuple[Part, ...]:
        own = (r for r in rows if r["part"] == kind)
        return tuple(Part(name=r["part_name"], type=r["type"] or "", about=r["about"] or "") for r in own)

    return Entry(
        name=row["name"],
        kind=row["kind"],
        call=row["part_name"],
        about=row["about"] or "",
        parameters=parts("parameter"),
        columns=parts("column"),
    )


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return [*lines, *(f"| {' | '.join(_escaped(cell) for cell in row)} |" for row in rows), ""]


def _escaped(text: str) -> str:
    """``text`` as Markdown that stays what it is: in a table, and where it names a file or a pattern."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
