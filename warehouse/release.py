"""What goes with exported tables, so that a paper can cite exactly this release and anyone can check it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")
SUMS = "SHA256SUMS"
TITLE = "Coverage of the US–China AI rivalry as events"
# Types of Table Schema (https://datapackage.org/standard/table-schema/) for those of DuckDB; a list is text in CSV.
TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "jsonl": "application/jsonl"}
# The table whose rows a column names; there it is the key.
KEYS = {
    "event_id": "events",
    "event_mention_id": "event_reports",
    "article_id": "articles",
    "mention_id": "mentions",
    "entity_id": "entities",
    "alliance_id": "alliances",
    "policy_id": "policies",
    "official_act_id": "official_acts",
    "post_id": "posts",
    "node": "network_nodes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, its DuckDB type and what it is."""

    name: str
    type: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it was written: its file is at ``path``."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: int
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the release is made from: the row of ``snapshot_info``, and how it was asked for."""

    snapshot: dict[str, Any]
    format: str
    excel: bool
    selection: str


def write_release(folder: Path, tables: Sequence[Table], others: Sequence[Path], facts: Facts) -> list[Path]:
    """Writes data package, README, citation and checksums for ``tables`` and ``others`` of ``folder``; their paths.

    Nothing in them depends on when or where they are written.
    """
    package = folder / "datapackage.json"
    sums = {path: _sha256(path) for path in [*(t.path for t in tables), *others]}
    text = json.dumps(_package(tables, facts, sums), ensure_ascii=False, indent=2)
    package.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    written = [package]
    for template, name in (("release.md", "README.md"), ("citation.cff", "CITATION.cff")):
        text = _environment().get_template(template).render(tables=tables, facts=facts, title=TITLE)
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    sums |= {path: _sha256(path) for path in written}
    lines = (f"{digest}  {path.name}\n" for path, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return [*written, folder / SUMS]


def _package(tables: Sequence[Table], facts: Facts, sums: Mapping[Path, str]) -> dict[str, Any]:
    """A Data Package (https://datapackage.org) of the tables, with the keys that lead from one to another."""
    info = facts.snapshot
    selection = f" Only the events that meet this are in it: {facts.selection}." if facts.selection else ""
    return {
        "profile": "tabular-data-package" if facts.format == "csv" else "data-package",
        "name": "rivalry",
        "id": info["snapshot_id"],
        "title": TITLE,
        "description": f"Snapshot {info['snapshot_id']}.{selection} See README.md for what it can and can't tell.",
        "version": info["snapshot_id"],
        "created": f"{info['published_utc']:%Y-%m-%dT%H:%M:%SZ}",
        "extractor_version": info["extractor_version"],
        "model_version": info["model_version"],
        "ontology_version": info["ontology_version"],
        "resources": [_resource(t, facts, sums[t.path], {table.name for table in tables}) for t in tables],
    }


def _resource(table: Table, facts: Facts, digest: str, names: set[str]) -> dict[str, Any]:
    resource = {
        "profile": "tabular-data-resource" if facts.format == "csv" else "data-resource",
        "name": table.name,
        "path": table.path.name,
        "title": table.about,
        "format": facts.format,
        "mediatype": MEDIA_TYPES[facts.format],
        "bytes": table.path.stat().st_size,
        "hash": f"sha256:{digest}",
        "rows": table.rows,
        "schema": _schema(table, facts.format, names),
    }
    if facts.format == "csv":
        resource |= {"encoding": "utf-8", "dialect": {"lineTerminator": "\r\n"}}
    return resource


def _schema(table: Table, format: str, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column, format) for column in table.columns]}
    if format == "csv":
        schema["missingValues"] = [""]
    foreign = []
    for column in table.columns:
        owner = KEYS.get(column.name)
        if owner == table.name:
            schema["primaryKey"] = column.name
        elif owner in names:
            foreign.append({"fields": column.name, "reference": {"resource": owner, "fields": column.name}})
    return schema | ({"foreignKeys": foreign} if foreign else {})


def _field(column: Column, format: str) -> dict[str, str]:
    if column.type.endswith("[]"):
        kind, joined = ("string", "; several are joined by ;") if format == "csv" else ("array", "")
        return {"name": column.name, "type": kind, "description": f"{column.about}{joined}"}
    return {"name": column.name, "type": TYPES[column.type], "description": column.about}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"text": _text, "day": _day, "cells": _cells, "kind": _kind}
    return environment


def _text(text: str) -> str:
    """``text`` as a string of YAML, of which JSON is a part."""
    return json.dumps(text, ensure_ascii=False)


def _kind(column: Column) -> str:
    """The type of a column in plain words."""
    return f"list of {TYPES[column.type[:-2]]}s" if column.type.endswith("[]") else TYPES[column.type]


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _cells(text: str) -> str:
    """Text that stays in its cell of a Markdown table."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
