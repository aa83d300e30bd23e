"""Values as the cells of a CSV file: times in ISO 8601, lists in one cell, and no formula where a spreadsheet reads it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

JOINT = ";"
# What makes a spreadsheet run a cell (OWASP, "CSV Injection"), the wide forms of East Asian keyboards among it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
GUARD = "'"
# What XML 1.0 has no form for.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def cell(value: Any, *, excel: bool = False) -> str:
    """One value as the text of a CSV cell; with ``excel``, text that a spreadsheet would run begins with ``'``.

    An unknown is empty, a naive UTC time ends in ``Z``, the items of a list are joined by ``;`` (one inside an item is
    written ``,``).

    >>> cell(["Huawei", "SMIC"]), cell(None), cell(True), cell("=1+1", excel=True)
    ('Huawei;SMIC', '', 'true', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:{TIME_FORMAT}}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        value = JOINT.join(str(item).replace(JOINT, ",") for item in value)
    if isinstance(value, str):
        return f"{GUARD}{value}" if excel and value.startswith(FORMULA) else value
    return str(value)


def bare(text: str | None) -> str | None:
    """The text of a cell without the sign that keeps spreadsheets from running it.

    >>> bare("'=1+1"), bare("'tis"), bare(None)
    ('=1+1', "'tis", None)
    """
    return text[1:] if text and text.startswith(GUARD) and text[1:].startswith(FORMULA) else text


def cell_sql(column: str, kind: str, *, excel: bool = False) -> str:
    """SQL that makes the text of ``cell`` of a ``column`` with the DuckDB type ``kind``, an unknown left NULL.

    Times are left to the ``timestampformat`` of ``COPY``, which is faster.
    """
    name = f'"{column}"'
    if kind == "VARCHAR[]":
        name = f"array_to_string(list_transform({name}, lambda item: replace(item, '{JOINT}', ',')), '{JOINT}')"
    if excel and kind in {"VARCHAR", "VARCHAR[]"}:
        signs = ", ".join(f"chr({ord(sign)})" for sign in FORMULA)
        name = f"case when left({name}, 1) in ({signs}) then '{GUARD * 2}' || {name} else {name} end"
    return name


def xml_text(text: str) -> str:
    """``text`` with each character that XML can't hold replaced by U+FFFD."""
    return UNWRITABLE.sub("\ufffd", text)
