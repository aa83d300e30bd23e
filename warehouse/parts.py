"""What was read out of a WARC file, as Parquet parts: rows as the warehouse's own tables have them.

They are made by the functions that a nightly run makes its rows with, so that an article has the same ids and the same readings
whichever way it came. What the warehouse alone can tell (known, revised, a copy) is decided when parts are loaded (``bulk``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from extractors.ids import make_id
from extractors.records import Versions
from warehouse import load
from warehouse.ledger import version_columns
from warehouse.migrate import migrate
from warehouse.rows import insert, naive_utc

# Made in an empty warehouse of the same migrations, so that a part can never have other columns than its table.
SCHEMAS = {
    "documents": """
        select ''::varchar as capture_id, ''::varchar as file_id, ''::varchar as place, ''::varchar as record_id,
            0::bigint as record_offset, now()::timestamp as captured_utc, ''::varchar as bytes_hash, ''::varchar as article_id,
            source_id, key, stage, reason, detail from outcomes""",
    "articles": "select ''::varchar as capture_id, ''::varchar as text, * from articles",
    "mentions": "select ''::varchar as capture_id, * from mentions",
    "event_mentions": "select ''::varchar as capture_id, * from event_mentions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One page as a WARC file holds it, with how it ended. ``captured`` is aware UTC."""

    file_id: str
    place: str
    record_id: str
    offset: int
    captured: datetime
    bytes_hash: str
    finished: load.Finished

    @property
    def capture_id(self) -> str:
        """The same whenever these bytes are read at this place."""
        return make_id("capture", self.file_id, self.offset, self.bytes_hash)


def write_parts(captures: Iterable[Capture], versions: Versions, folder: Path) -> dict[str, Path]:
    """Write the captures of one file to ``folder``, a Parquet file a table; returns those that have rows.

    The same captures give the same bytes.
    """
    with duckdb.connect(":memory:") as con:
        migrate(con)
        for name, columns in SCHEMAS.items():
            con.execute(f"create table part_{name} as {columns} limit 0")
        rows = _rows(captures, versions)
        return {
            name: _write(con, name, folder / f"{name}.parquet")
            for name in rows
            if insert(con, f"part_{name}", rows[name])
        }


def _rows(captures: Iterable[Capture], versions: Versions) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    made = {"run_id": ""} | version_columns(versions)
    for c in captures:
        article, reading, outcome = c.finished.article, c.finished.reading, c.finished.outcome
        one = {"capture_id": c.capture_id}
        document = one | {"file_id": c.file_id, "place": c.place, "record_id": c.record_id, "record_offset": c.offset}
        document |= {"captured_utc": naive_utc(c.captured), "bytes_hash": c.bytes_hash}
        document |= {name: getattr(outcome, name) for name in ("source_id", "key", "stage", "reason", "detail")}
        rows["documents"].append(document | {"article_id": article.article_id if article else None})
        if article and reading:
            rows["articles"].append(one | {"text": article.text} | load.article_row(article, reading, made, c.captured))
            mentions = {row["mention_id"]: row for row in load.mention_rows(article, reading.mentions, versions)}
            events = {row["event_mention_id"]: row for row in load.event_rows(article, reading.events, versions)}
            rows["mentions"] += [one | row | made for row in mentions.values()]
            rows["event_mentions"] += [one | row | made for row in events.values()]
    return rows


def _write(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Path:
    con.execute(f"copy (from part_{name} order by all) to '{quoted(path)}' (format parquet, compression zstd)")
    return path


def quoted(path: Path) -> str:
    """``path`` as it stands between single quotes in SQL."""
    return str(path).replace("'", "''")
