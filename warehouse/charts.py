"""The page's chart, drawn by Altair and put into the page as SVG: no script, no network, any theme, any printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import altair as alt
import vl_convert

# Okabe and Ito's colours, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
COLOURS = {
    "tighten": "#D55E00",
    "ease": "#0072B2",
    "form": "#009E73",
    "join": "#56B4E9",
    "leave": "#CC79A7",
    "no direction": "#8A8A8A",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the series: events by direction, and how well it was watched."""

    day: date
    events: dict[str, int]
    runs: int
    sources_failed: int

    @property
    def total(self) -> int:
        return sum(self.events.values())


def events_chart(days: list[Day]) -> str:
    """An SVG of bars by day and direction over consecutive ``days``; days without a run are shaded, failures marked.

    ``days`` must have events on two days at least: one bar is no series.
    """
    found = {name for d in days for name in d.events}
    seen = [name for name in COLOURS if name in found] + sorted(found - set(COLOURS))
    bars = [row for d in days for row in _stacked(d, seen)]
    highest = max(d.total for d in days)
    span = alt.Scale(type="utc", domain=[_utc(days[0].day), _utc(days[-1].day + timedelta(days=1))])
    x = alt.X("begin:T", scale=span, title=None, axis=alt.Axis(format="%-d %b", tickCount=8, grid=False))
    axis = alt.Axis(values=list(range(0, highest + 1, max(1, -(-highest // 5)))), format="d")
    y = alt.Y("low:Q", title="events", axis=axis, scale=alt.Scale(domain=[0, highest], nice=False))
    colour = alt.Color(
        "direction:N", scale=alt.Scale(domain=seen, range=[COLOURS.get(n, "#444444") for n in seen]), title=None
    )
    unwatched = alt.Data(values=[_hours(d, 0, 24) for d in days if not d.runs])
    failed = alt.Data(values=[_hours(d, 12, 12) for d in days if d.sources_failed])
    mark = {"shape": "triangle-down", "size": 28, "filled": True, "color": "currentColor", "yOffset": -8}
    chart = alt.layer(
        alt.Chart(unwatched).mark_rect(opacity=0.14, color="currentColor").encode(x=x, x2="end:T"),
        alt.Chart(alt.Data(values=bars)).mark_rect(opacity=1).encode(x=x, x2="end:T", y=y, y2="high:Q", color=colour),
        alt.Chart(failed).mark_point(**mark).encode(x=x, y=alt.value(0)),
    )
    return _svg(chart.properties(width=640, height=200))


def _stacked(day: Day, names: list[str]) -> list[dict[str, Any]]:
    """One piece of the day's bar for each direction, on top of each other in the order of ``names``."""
    rows, low = [], 0
    for name in names:
        if number := day.events.get(name):
            rows.append(_hours(day, 2, 22) | {"direction": name, "low": low, "high": low + number})
            low += number
    return rows


def _hours(day: Day, begin: int, end: int) -> dict[str, str]:
    midnight = datetime.combine(day.day, time(), UTC)
    return {
        "begin": (midnight + timedelta(hours=begin)).isoformat(),
        "end": (midnight + timedelta(hours=end)).isoformat(),
    }


def _utc(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _svg(chart: alt.LayerChart) -> str:
    spec = chart.to_dict()
    # Set here, because Altair checks colours against CSS names: text takes the colour of the page's theme.
    text = {"labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 12, "titleFontSize": 12}
    spec["config"] = {
        "background": "transparent",
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": text | {"domainColor": "currentColor", "tickColor": "currentColor", "gridColor": "#88888855"},
        "legend": text | {"orient": "top"},
    }
    return vl_convert.vegalite_to_svg(spec)
