"""``rivalry sql``: SQL on the snapshot, each answer as a table, CSV or JSON Lines."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from extractors.errors import UserError
from flows.console import err, out, sheets, table
from warehouse import open_snapshot
from warehouse.query import Answer, answers, count_statements

Form = Literal["table", "csv", "json"]
SHOWN = 500
READABLE = 18  # characters: a column narrower than its content and than this is no longer read with ease


def run(snapshot: Path, sql: str, form: Form, seconds: float) -> None:
    """Print the answer to each statement. A table stops after 500 rows and says so; CSV and JSON Lines have every row.

    Raises ``UserError`` where there is nothing to ask, and for CSV and JSON Lines where there are several statements:
    what comes out would be no CSV.
    """
    with open_snapshot(snapshot) as con:
        count = count_statements(con, sql)
        if not count:
            raise UserError('the query is empty; try: rivalry sql "show tables"')
        if count > 1 and form != "table":
            raise UserError(f"--csv and --json write the answer to one statement, and here are {count}")
        for answer in answers(con, sql, seconds=seconds):
            show(answer, form)


def show(answer: Answer, form: Form) -> None:
    """Print one answer."""
    {"table": _table, "csv": _csv, "json": _json}[form](answer)


def _table(answer: Answer) -> None:
    rows = []
    for row in answer.rows:
        if len(rows) == SHOWN:
            err.print(f"only the first {SHOWN} rows are shown; --csv and --json have all of them")
            break
        rows.append([cell_text(v) for v in row])
    title = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    widest = [max([len(c), *(len(r[i]) for r in rows)]) for i, c in enumerate(answer.columns)]
    if sum(min(w, READABLE) + 2 for w in widest) > out.width:
        sheets(title, answer.columns, rows)
    else:
        table(title, answer.columns, rows)


def _csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows([cell_text(v) for v in row] for row in answer.rows)


def _json(answer: Answer) -> None:
    for row in answer.rows:
        sys.stdout.write(
            json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False, default=cell_text) + "\n"
        )


def cell_text(value: Any) -> str:
    """A value as text: nothing for NULL, ISO 8601 for dates and times, lists joined by ``;``."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ";".join(cell_text(v) for v in value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
