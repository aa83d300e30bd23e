"""What leaves the warehouse: CSV or Parquet files, one for each query of ``exports/``, never an article's text."""

from __future__ import annotations

import csv
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from extractors.errors import RunFailed, UserError
from warehouse.connect import open_reader

FOLDER = Path(__file__).with_name("exports")
FORMATS = ("csv", "parquet")
BATCH = 20_000


def export(snapshot: Path, out_dir: Path, format: str = "csv") -> list[Path]:
    """Writes one file a query into ``out_dir`` and returns their paths; the same snapshot gives the same bytes.

    CSV is UTF-8 by RFC 4180: lines end in CRLF, an unknown is an empty cell, times are ISO 8601 with ``Z``, lists are
    joined by ``;`` (one inside an item is written ``,``), and text that a spreadsheet would run as a formula begins
    with ``'``. Parquet keeps the types. Each file appears whole or not at all. Raises ``UserError`` for an unknown
    format, a missing snapshot or a folder that can't be written, and ``RunFailed`` where the disk is full.
    """
    if format not in FORMATS:
        raise UserError(f"there is no format {format!r}; choose {' or '.join(FORMATS)}")
    write = _write_csv if format == "csv" else _write_parquet
    written = []
    with open_reader(snapshot) as con, _clear_errors(out_dir):
        out_dir.mkdir(parents=True, exist_ok=True)
        for query in sorted(FOLDER.glob("*.sql")):
            path = out_dir / f"{query.stem}.{format}"
            part = path.with_name(f".{path.name}.part")
            try:
                write(_batches(con, query), part)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            written.append(path)
    return written


def _batches(con: duckdb.DuckDBPyConnection, query: Path) -> pa.RecordBatchReader:
    return con.sql(query.read_text(encoding="utf-8")).to_arrow_reader(BATCH)


def _write_csv(reader: pa.RecordBatchReader, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(reader.schema.names)
        for batch in reader:
            columns = [[cell(value) for value in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def _write_parquet(reader: pa.RecordBatchReader, path: Path) -> None:
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def cell(value: Any) -> str:
    """One value as a CSV cell.

    >>> cell(["Huawei", "SMIC"]), cell(None), cell(True), cell("=1+1")
    ('Huawei;SMIC', '', 'true', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='seconds')}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        value = ";".join(str(item).replace(";", ",") for item in value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    return str(value)


@contextmanager
def _clear_errors(out_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RunFailed(f"the disk with {out_dir} is full; free some space and export again") from error
        raise UserError(f"{out_dir} can't be written ({error.strerror or error}); give another folder") from error
