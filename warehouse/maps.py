"""The page's maps: who belongs to which alliance, and the life of policies; each row has its name above its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import altair as alt

from warehouse.charts import draw
from warehouse.hover import hint

BROAD, NARROW = 680, 280
COLUMNS, NARROW_COLUMNS = 16, 8
ROW = 44  # height of a row, with its name
LETTER = 7.2  # width of a letter at 12 px, on average and in a broad font
# Colours of Okabe and Ito, as in the series; every stage has a shape too.
STAGES = {
    "proposed": ("#8A8A8A", "circle"),
    "adopted": ("#D55E00", "square"),
    "in force": ("#0072B2", "triangle-right"),
    "eased": ("#009E73", "triangle-down"),
    "revoked": ("#CC79A7", "cross"),
}
KNOWN, REPORTED = "#0072B2", "#D55E00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of a map: its row, its column (alliances) or day (policies), and what it says under the pointer.

    ``kind`` is a stage of a policy; ``reported`` is told by an event, not by a knowledge file or an official record.
    """

    row: str
    says: str
    reported: bool
    column: str = ""
    day: date | None = None
    kind: str = ""


def alliance_map(marks: Sequence[Mark], rows: Sequence[str], columns: Sequence[str], *, narrow: bool = False) -> str:
    """An SVG with a row for each alliance and a column for each member: filled where known, hollow where reported."""
    shown = columns[: NARROW_COLUMNS if narrow else COLUMNS]
    names = {name: _cut(name, 22) for name in shown}
    if len(set(names.values())) < len(names):  # two would become one column
        names = {name: name for name in shown}
    tallest = max((len(name) for name in names.values()), default=0)
    across = alt.X(
        "column:N",
        sort=list(names.values()),
        scale=alt.Scale(domain=list(names.values())),
        title=None,
        axis=alt.Axis(
            orient="top", labelAngle=-90, labelLimit=0, domain=False, ticks=False, minExtent=LETTER * tallest + 10
        ),
    )
    data = [_row(m, narrow) | {"column": names[m.column]} for m in marks if m.column in names and m.row in rows]
    drawn = alt.Chart(alt.Data(values=data)).mark_point(shape="square", size=110, strokeWidth=2, opacity=1)
    points = drawn.encode(
        x=across,
        y=_down(rows),
        color=alt.Color("reported:N", scale=alt.Scale(domain=[False, True], range=[KNOWN, REPORTED]), legend=None),
        fillOpacity=alt.FillOpacity("filled:Q", scale=None),
        fill=alt.Fill("reported:N", scale=alt.Scale(domain=[False, True], range=[KNOWN, REPORTED]), legend=None),
        description="hint:N",
        yOffset=alt.value(9),
    )
    return _drawn(alt.layer(points, _names(rows, narrow)), rows, narrow)


def policy_chart(marks: Sequence[Mark], rows: Sequence[str], last: date, *, narrow: bool = False) -> str:
    """An SVG with a row for each policy and a mark for each stage on a scale of years that ends with ``last`` or later."""
    days = [m.day for m in marks if m.day]
    first, last = min(days), max([last, *days])
    scale = alt.Scale(type="utc", domain=[_instant(first), _instant(last)], nice="year")
    across = alt.X(
        "day:T",
        scale=scale,
        title=None,
        axis=alt.Axis(format="%Y", tickCount=4 if narrow else 8, grid=True, orient="bottom"),
    )
    data = [_row(m, narrow) | {"day": _instant(m.day), "stage": m.kind} for m in marks if m.day]
    colours = alt.Scale(domain=list(STAGES), range=[colour for colour, _ in STAGES.values()])
    shapes = alt.Scale(domain=list(STAGES), range=[shape for _, shape in STAGES.values()])
    points = alt.Chart(alt.Data(values=data)).mark_point(size=80, strokeWidth=2, opacity=1)
    points = points.encode(
        x=across,
        y=_down(rows),
        color=alt.Color("stage:N", scale=colours, legend=None),
        fill=alt.Fill("stage:N", scale=colours, legend=None),
        fillOpacity=alt.FillOpacity("filled:Q", scale=None),
        shape=alt.Shape("stage:N", scale=shapes, legend=None),
        description="hint:N",
        yOffset=alt.value(9),
    )
    return _drawn(alt.layer(points, _names(rows, narrow)), rows, narrow)


def _drawn(chart: alt.LayerChart, rows: Sequence[str], narrow: bool) -> str:
    return draw(chart.properties(width=NARROW if narrow else BROAD, height=ROW * len(rows)))


def _names(rows: Sequence[str], narrow: bool) -> alt.Chart:
    most = int((NARROW if narrow else BROAD) / LETTER) - 2
    data = alt.Data(values=[{"row": name, "name": _cut(name, most)} for name in rows])
    text = alt.Chart(data).mark_text(align="left", baseline="middle", fontSize=12, color="currentColor", dy=-10)
    return text.encode(x=alt.value(0), y=_down(rows), text="name:N")


def _down(rows: Sequence[str]) -> alt.Y:
    return alt.Y("row:N", sort=list(rows), scale=alt.Scale(domain=list(rows)), axis=None)


def _row(mark: Mark, narrow: bool) -> dict[str, object]:
    said = {} if narrow else {"hint": hint(mark.says)}
    return {"row": mark.row, "reported": mark.reported, "filled": 0 if mark.reported else 1} | said


def _instant(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
