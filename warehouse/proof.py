"""Proof: every row of the exported files is held against the stored texts that it was read from.

What a file's columns allow is checked: the version of the article is stored and its text has the hash that the row
gives; the quote, the trigger and the name stand in that text, the name and the sentence exactly at their offsets; the
row with its id is stored with the same values, versions of code, model and vocabulary included.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from extractors.errors import Permanent, UserError
from extractors.ids import content_hash
from warehouse import raw
from warehouse.cells import bare, cell
from warehouse.connect import open_reader
from warehouse.rows import records

CHUNK = 2000
# Which table a row of each kind is stored in, by the id that it bears; the first that a file has says what its rows are.
STORED_IN = {"event_mention_id": "event_mentions", "mention_id": "mentions"}
STORED_AS = {"events": ("event_id", "events"), "articles": ("article_id", "articles")}
# How an export ends a quote that it shortened.
CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A row that does not hold: where it stands (the number of the row below the heading, from 1), and what is wrong."""

    file: str
    row: int
    id: str
    fault: str

    def __str__(self) -> str:
        return f"{self.file} row {self.row} ({self.id}): {self.fault}"


@dataclass(slots=True)
class Proof:
    """What was checked: rows by file, and ``misses`` to be read to the end, which fills ``rows``."""

    misses: Iterator[Miss]
    rows: dict[str, int] = field(default_factory=dict)


def verify(snapshot: Path, folder: Path, pages: Path | None = None) -> Proof:
    """Holds every row of the CSV and Parquet files in ``folder`` against ``snapshot``; with ``pages``, the folder of
    raw pages, also each page that an article was read from against its hash.

    Raises ``UserError`` where there is no snapshot or no file to check.
    """
    files = sorted(p for p in folder.glob("*") if p.suffix in {".csv", ".parquet"} and not p.name.startswith("."))
    if not files:
        raise UserError(f"there is nothing exported in {folder}; run `rivalry export` first, or name another folder")
    proof = Proof(iter(()))
    proof.misses = _misses(proof, snapshot, files, pages)
    return proof


def _misses(proof: Proof, snapshot: Path, files: Sequence[Path], pages: Path | None) -> Iterator[Miss]:
    texts = _Texts()
    with open_reader(snapshot) as con:
        for path in files:
            proof.rows[path.name] = 0
            for chunk in _chunks(path):
                first = proof.rows[path.name] + 1
                proof.rows[path.name] += len(chunk)
                texts.fetch(con, chunk)
                stored = _stored(con, path.stem, chunk)
                for number, row in enumerate(chunk, start=first):
                    for fault in _faults(row, texts, stored):
                        yield Miss(file=path.name, row=number, id=_id(row), fault=fault)
        if pages is not None:
            yield from _page_misses(con, pages, proof)


def _faults(row: dict[str, Any], texts: _Texts, stored: dict[str, dict[str, Any]] | None) -> Iterator[str]:
    if stored is not None:
        kept = stored.get(_id(row))
        if kept is None:
            yield "the snapshot has no such row"
        else:
            yield from _value_faults(row, kept)
    if row.get("article_id") and row.get("content_hash"):
        yield from texts.faults(row)


def _value_faults(row: dict[str, Any], kept: dict[str, Any]) -> Iterator[str]:
    """Every value that is stored under the name of its column is the one exported, versions included."""
    for name in row.keys() & kept.keys():
        if row[name] not in (kept[name], cell(kept[name]), cell(kept[name], excel=True)):
            yield f"{name} is {_short(str(row[name]))!r}, and {_short(cell(kept[name]))!r} is stored"
    if "quote" in row and kept.get("sentence") and not _quotes(row["quote"], kept["sentence"]):
        yield f"the quote {_short(row['quote'])!r} is not the stored sentence"


class _Texts:
    """The stored versions of articles, as rows ask for them; each is held against its hash once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        self._damaged: set[tuple[str, str]] = set()
        self._sound: set[tuple[str, str]] = set()

    def fetch(self, con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]]) -> None:
        """Reads the versions that ``rows`` refer to, in place of those read before."""
        wanted = sorted({row["article_id"] for row in rows if row.get("article_id") and row.get("content_hash")})
        sql = (
            "select article_id, content_hash, title, text from article_revisions where article_id in (select unnest(?))"
        )
        self._texts = {}
        for article, stated, title, text in con.execute(sql, [wanted]).fetchall() if wanted else []:
            self._texts[article, stated] = text
            if (article, stated) not in self._sound and content_hash(title, text) != stated:
                self._damaged.add((article, stated))
            self._sound.add((article, stated))

    def faults(self, row: dict[str, Any]) -> Iterator[str]:
        """What is wrong with the text that a row refers to, or with what the row takes from it."""
        place = (row["article_id"], row["content_hash"])
        text = self._texts.get(place)
        if text is None:
            yield f"no text with the hash {row['content_hash'][:12]}… is stored for its article"
            return
        if place in self._damaged:
            yield f"the stored text no longer has the hash {row['content_hash'][:12]}…"
        if row.get("start_char") in {None, ""}:
            return
        start, end = int(row["start_char"]), int(row["end_char"])
        found = text[start:end]
        if "quote" in row and not _quotes(row["quote"], found):
            yield f"the text at {start}-{end} is {_short(found)!r}, not the quote {_short(row['quote'])!r}"
        if "text" in row and found not in (row["text"], bare(row["text"])):
            yield f"the text at {start}-{end} is {_short(found)!r}, not {_short(row['text'])!r}"
        if row.get("trigger") and row["trigger"] not in found and bare(row["trigger"]) not in found:
            yield f"the trigger {row['trigger']!r} is not in its sentence"


def _stored(
    con: duckdb.DuckDBPyConnection, stem: str, rows: Sequence[dict[str, Any]]
) -> dict[str, dict[str, Any]] | None:
    """The stored rows of those exported, by id; ``None`` where the file's rows are counts, which no table holds."""
    named = next(((column, table) for column, table in STORED_IN.items() if column in rows[0]), STORED_AS.get(stem))
    if named is None:
        return None
    column, table = named
    sql = f"select * from {table} where {column} in (select unnest(?))"
    if table == "events":
        sql = f"""select e.*, m.sentence from ({sql}) e
            left join event_mentions m on m.event_mention_id = e.best_event_mention_id"""
    return {row[column]: row for row in records(con, sql, [[row[column] for row in rows]])}


def _page_misses(con: duckdb.DuckDBPyConnection, pages: Path, proof: Proof) -> Iterator[Miss]:
    sql = "select article_id, raw_hash from articles where raw_hash is not null order by article_id"
    rows = con.execute(sql).fetchall()
    proof.rows["raw pages"] = len(rows)
    for number, (article, digest) in enumerate(rows, start=1):
        try:
            raw.get(pages, digest)
        except Permanent as fault:
            yield Miss(file="raw pages", row=number, id=article, fault=fault.detail)


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    if path.suffix == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches(CHUNK):
            yield batch.to_pylist()
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, Any]] = []
        for row in csv.DictReader(file):
            rows.append(row)
            if len(rows) == CHUNK:
                yield rows
                rows = []
        if rows:
            yield rows


def _id(row: dict[str, Any]) -> str:
    names = ("event_mention_id", "mention_id", "event_id", "article_id")
    return next((str(row[name]) for name in names if row.get(name)), "")


def _quotes(quote: str | None, sentence: str) -> bool:
    """Whether a cell, guarded or not, is the sentence or the beginning of it that an export keeps."""
    for text in (quote, bare(quote)):
        if text == sentence:
            return True
        if text and text.endswith(CUT) and len(text) > 1 and sentence.startswith(text[: -len(CUT)]):
            return True
    return False


def _short(text: str | None) -> str:
    return f"{text[:60]}{CUT}" if text and len(text) > 60 else text or ""
