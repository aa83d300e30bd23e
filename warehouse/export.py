"""What leaves the warehouse: a release of files, one for each query of ``exports/``, never an article's text."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extractors.errors import RunFailed, UserError
from warehouse.cells import TIME_FORMAT, cell_sql
from warehouse.connect import WRITER_CONFIG, clear_errors, open_reader
from warehouse.documented import Documented, read_documented
from warehouse.migrate import read_migrations
from warehouse.network import write_graphml
from warehouse.release import SUMS, Column, Facts, Table, write_release
from warehouse.rows import one, quoted, records
from warehouse.selection import Selection, narrow

FOLDER = Path(__file__).with_name("exports")
OPTIONS = {
    "csv": f"format csv, header, new_line '\\r\\n', timestampformat '{TIME_FORMAT}'",
    "parquet": "format parquet, compression zstd",
    "jsonl": f"format json, timestampformat '{TIME_FORMAT}'",
}
FORMATS = tuple(OPTIONS)
BOM = "\ufeff"
THREADS = 2
EVERYTHING = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What was written: the paths of the files, in order, the rows of each table, and the number of events."""

    paths: list[Path]
    rows: dict[str, int]
    n_events: int


def export(
    snapshot: Path,
    out_dir: Path,
    format: str = "csv",
    *,
    excel: bool = False,
    selection: Selection = EVERYTHING,
    done: Callable[[str], None] = lambda name: None,
) -> Release:
    """Writes a release of ``snapshot`` into ``out_dir``: the same snapshot gives the same bytes on every machine.

    There is one file for each query, in ``format`` (``csv``, ``parquet`` or ``jsonl``), the actor network as GraphML,
    and what is needed to check and cite them. CSV is UTF-8 by RFC 4180 (see ``warehouse.cells``); with ``excel`` it
    begins with a byte order mark, and no cell runs as a formula. ``done`` is called with the name of each table.

    The files replace those of an earlier release at once, when all have been written; what else lies in the folder
    stays. Raises ``UserError`` for an unknown format, a snapshot that is missing or was published by another version,
    a selection that chooses nothing or names what is unknown, and a folder that can't be written; ``RunFailed`` where
    the disk is full. Then the folder is as it was.
    """
    if format not in OPTIONS:
        raise UserError(f"there is no format {format!r}; choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if excel and format != "csv":
        raise UserError(f"--excel writes CSV, not {format}; leave one of the two out")
    _check_version(snapshot)
    with _written_whole(out_dir) as part, clear_errors(out_dir), _opened(snapshot, part) as con:
        facts = _facts(con, format, excel, selection)
        if selection:
            narrow(con, selection)
        tables = []
        for query in read_queries():
            tables.append(_write(con, query, part, format, excel))
            done(query.name)
        graph = write_graphml(con, part / "network.graphml")
        names = [t.path.name for t in tables] + [graph.name]
        names += [path.name for path in write_release(part, tables, [graph], facts)]
        (n_events,) = one(con, "select count(*) from events")
    return Release(paths=[out_dir / n for n in names], rows={t.name: t.rows for t in tables}, n_events=n_events)


def read_queries(folder: Path = FOLDER) -> list[Documented]:
    """The queries of ``exports/``, by name, each with its documentation."""
    return [read_documented(path) for path in sorted(folder.glob("*.sql"))]


def _write(con: duckdb.DuckDBPyConnection, query: Documented, folder: Path, format: str, excel: bool) -> Table:
    columns = _columns(con, query)
    sql = query.sql
    if format == "csv":
        cells = [f'{cell_sql(c.name, c.type, excel=excel)} as "{c.name}"' for c in columns]
        if excel:
            cells[0] = f'{cell_sql(columns[0].name, columns[0].type, excel=True)} as "{BOM}{columns[0].name}"'
        sql = f"select {', '.join(cells)} from ({sql})"
    path = folder / f"{query.name}.{format}"
    (rows,) = one(con, f"copy ({sql}) to {quoted(str(path))} ({OPTIONS[format]})")
    return Table(name=query.name, about=query.about, columns=columns, rows=rows, path=path)


def _columns(con: duckdb.DuckDBPyConnection, query: Documented) -> tuple[Column, ...]:
    """The columns of a query; what its file does not say of one is said by the first relation that it asks."""
    described = con.execute(f"describe {query.sql}").fetchall()
    asked = list(dict.fromkeys(re.findall(r"\b(?:from|join)\s+(\w+)", query.sql)))
    sql = """select part_name, about from data_dictionary where part = 'column' and list_contains($asked, name)
        and about is not null order by list_position($asked, name) desc"""
    inherited = dict(con.execute(sql, {"asked": asked}).fetchall())
    about = inherited | query.columns
    return tuple(Column(name=name, type=kind, about=about.get(name, "")) for name, kind, *_ in described)


def _facts(con: duckdb.DuckDBPyConnection, format: str, excel: bool, selection: Selection) -> Facts:
    (info,) = records(con, "from snapshot_info")
    return Facts(snapshot=info, format=format, excel=excel, selection=str(selection))


def _check_version(snapshot: Path) -> None:
    with open_reader(snapshot) as con:
        try:
            (version,) = one(con, "select schema_version from snapshot_info")
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise UserError(f"{snapshot} is no snapshot; `rivalry ingest` publishes one") from error
    if version != len(read_migrations()):
        raise UserError(f"{snapshot} was published by another version of rivalry; `rivalry ingest` publishes it anew")


@contextmanager
def _opened(snapshot: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads ``snapshot`` and may write files. Only queries of this project are run on it."""
    config = WRITER_CONFIG | {"threads": THREADS, "temp_directory": str(spill / "spill")}
    with duckdb.connect(config=config) as con:
        con.execute(f"attach {quoted(str(snapshot))} as snapshot (read_only)")
        con.execute("use snapshot")
        yield con


@contextmanager
def _written_whole(out_dir: Path) -> Iterator[Path]:
    """A folder to write into; its files move to ``out_dir`` where the block ends well, and are removed otherwise."""
    part, made = out_dir / ".part", not out_dir.exists()
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        _replace(out_dir, [path for path in part.iterdir() if path.is_file()])
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RunFailed(f"the disk with {out_dir} is full; free some space and export again") from error
        raise UserError(f"{out_dir} can't be written ({error.strerror or error}); give another folder") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if made:
            with suppress(OSError):  # not empty, and then it is to stay
                out_dir.rmdir()


def _replace(out_dir: Path, files: list[Path]) -> None:
    """Puts ``files`` in the place of an earlier release, the sums last: where they stand, the release is whole."""
    (out_dir / SUMS).unlink(missing_ok=True)
    for query in read_queries():
        for format in FORMATS:
            (out_dir / f"{query.name}.{format}").unlink(missing_ok=True)
    for path in sorted(files, key=lambda path: (path.name == SUMS, path.name)):
        path.replace(out_dir / path.name)
