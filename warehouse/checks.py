"""Data checks: queries of ``checks/`` that must return no row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.rows import records

FOLDER = Path(__file__).with_name("checks")
EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A check that found rows: its name, what should hold, how many rows break it, and the first of them."""

    name: str
    rule: str
    count: int
    examples: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.count} rows against the rule: {self.rule} (first: {self.examples[0]})"


def run_checks(con: duckdb.DuckDBPyConnection) -> list[Failure]:
    """Every check on a warehouse or a snapshot; returns those that failed, none where all holds."""
    failures = []
    for path in sorted(FOLDER.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        rows = records(con, sql)
        if rows:
            rule = sql.splitlines()[0].removeprefix("-- ")
            failures.append(Failure(name=path.stem, rule=rule, count=len(rows), examples=tuple(rows[:EXAMPLES])))
    return failures
