"""The page's charts, drawn by Altair and put into the page as SVG: no script, no network, any theme, any printer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import altair as alt
import vl_convert

from warehouse.hover import hint, with_hints

# Okabe and Ito's colours, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/); the sky blue is a
# shade darker, so that every one of them has a contrast of 3:1 on a white page and on a dark one.
COLOURS = {
    "tighten": "#D55E00",
    "ease": "#0072B2",
    "form": "#009E73",
    "join": "#389CD6",
    "leave": "#CC79A7",
    "no direction": "#8A8A8A",
}
OTHER = "#8A8A8A"
SHADE = 0.2
# How many days, or months, lie between two labels of the time axis; days are counted from a Monday.
DAY_STEPS = (1, 2, 7, 14, 28)
MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One day or month of a series, from ``first`` to ``last`` (UTC days): its events, and how well it was watched.

    ``told`` holds the most reported events of each direction, with ``what`` happened and the ``url`` of a report.
    ``open`` counts its days between the first run and the last, ``ran`` those of them with a run, ``watched`` those
    with a run that finished. ``asked`` and ``failed`` count sources, summed over its days.
    """

    first: date
    last: date
    events: dict[str, int]
    open: int = 0
    ran: int = 0
    watched: int = 0
    asked: int = 0
    failed: int = 0
    told: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The day, or the month, in ISO form."""
        return str(self.first) if self.first == self.last else f"{self.first:%Y-%m}"

    @property
    def total(self) -> int:
        """Its events of every direction."""
        return sum(self.events.values())

    @property
    def unwatched(self) -> float:
        """Share of its open days on which no run finished, 0 to 1; 0 where none is open."""
        return 1 - self.watched / self.open if self.open else 0.0

    @property
    def outage(self) -> float:
        """Share of the sources asked that never answered, 0 to 1; 0 where none was asked."""
        return self.failed / self.asked if self.asked else 0.0


def directions(spans: list[Span]) -> list[str]:
    """The directions that ``spans`` have events of, in the order in which they are stacked."""
    found = {name for s in spans for name in s.events}
    return [name for name in COLOURS if name in found] + sorted(found - set(COLOURS))


def events_chart(spans: list[Span], first_run: date | None, *, narrow: bool = False) -> str:
    """An SVG of bars by direction over consecutive ``spans``, as wide as a page, or as a phone where ``narrow``.

    Spans are shaded by how much of them was not watched; below the axis hangs the share of sources that failed, where
    any did. A dashed line marks ``first_run``. ``spans`` must have events in two at least: one bar is no series.
    """
    width, ticks = (260, 5) if narrow else (680, 9)
    span = alt.Scale(type="utc", domain=[_utc(spans[0].first), _utc(spans[-1].last + timedelta(days=1))])
    labels = alt.X("begin:T", scale=span, title=None, axis=_time_axis(spans, ticks))
    bare = alt.X("begin:T", scale=span, title=None, axis=alt.Axis(labels=False, ticks=False, grid=False))
    failed = any(s.failed for s in spans)
    bars = _bars(spans, bare if failed else labels, hints=not narrow)
    upper = [_shade(spans, bare if failed else labels), bars]
    if first_run and spans[0].first < first_run <= spans[-1].last:
        upper += _first_run(first_run, bare if failed else labels, early=first_run < spans[len(spans) // 2].first)
    chart = alt.layer(*upper).properties(width=width, height=150 if narrow else 200)
    if failed:
        lower = alt.layer(_shade(spans, labels), _failures(spans, labels)).properties(width=width, height=36)
        chart = alt.vconcat(chart, lower, spacing=6)
    return draw(chart)


def _shade(spans: list[Span], x: alt.X) -> alt.Chart:
    rows = [_between(s, 0) | {"shade": SHADE * s.unwatched} for s in spans if s.unwatched]
    opacity = alt.Opacity("shade:Q", scale=None)
    return alt.Chart(alt.Data(values=rows)).mark_rect(color="currentColor").encode(x=x, x2="end:T", opacity=opacity)


def _bars(spans: list[Span], x: alt.X, *, hints: bool) -> alt.Chart:
    names = directions(spans)
    highest = max(s.total for s in spans)
    step = _step(highest)
    axis = alt.Axis(values=list(range(0, highest + 1, step)), format=",d")
    y = alt.Y("low:Q", title="events", axis=axis, scale=alt.Scale(domain=[0, highest], nice=False))
    colours = alt.Scale(domain=names, range=[COLOURS.get(name, OTHER) for name in names])
    rows = [row for s in spans for row in _stacked(s, names)]
    bars = alt.Chart(alt.Data(values=rows)).mark_rect(opacity=1)
    said = {"description": alt.Description("hint:N")} if hints else {}
    colour = alt.Color("direction:N", scale=colours, legend=None)
    return bars.encode(x=x, x2="end:T", y=y, y2="high:Q", color=colour, **said)


def _failures(spans: list[Span], x: alt.X) -> alt.Chart:
    """The share of sources that failed, hanging from the axis: a whole outage fills the strip."""
    rows = [_between(s, 0.1) | {"zero": 0, "share": s.outage} for s in spans if s.failed]
    axis = alt.Axis(values=[0, 1], format="%", grid=False)
    y = alt.Y("share:Q", title="failed", axis=axis, scale=alt.Scale(domain=[0, 1], reverse=True))
    bars = alt.Chart(alt.Data(values=rows)).mark_rect(color="currentColor", opacity=0.75)
    return bars.encode(x=x, x2="end:T", y=y, y2="zero:Q")


def _first_run(day: date, x: alt.X, *, early: bool) -> list[alt.Chart]:
    data = alt.Data(values=[{"begin": _instant(day)}])
    rule = alt.Chart(data).mark_rule(color="currentColor", strokeDash=[4, 3]).encode(x=x)
    label = {"text": "first run", "fontSize": 12, "color": "currentColor", "align": "left" if early else "right"}
    return [rule, alt.Chart(data).mark_text(**label).encode(x=x, y=alt.value(-8))]


def _stacked(span: Span, names: list[str]) -> list[dict[str, Any]]:
    """One piece of the bar for each direction, on top of each other in the order of ``names``."""
    rows, low = [], 0
    for name in names:
        if number := span.events.get(name):
            piece = {"direction": name, "low": low, "high": low + number, "hint": _hint(span, name)}
            rows.append(_between(span, 0.1) | piece)
            low += number
    return rows


def _hint(span: Span, direction: str) -> str:
    """What a piece of a bar tells; it leads to the report where it is one event, otherwise to its row in the table."""
    number, told = span.events[direction], span.told.get(direction, [])
    lines = [f"{span.name}, {direction}: {number:,} event{'' if number == 1 else 's'}", *(e["what"] for e in told)]
    if told and number > len(told):
        lines.append(f"and {number - len(told):,} more")
    address = told[0]["url"] if number == 1 and told else ""
    return hint("\n".join(lines), address or f"#on-{span.name}")


def _step(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that makes at most five steps up to ``highest``."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 5 * step * factor:
                return step * factor
        step *= 10


def _time_axis(spans: list[Span], most: int) -> alt.Axis:
    """An axis with at most ``most`` labels where the steps allow it: under the middle of a day, or where a month
    begins."""
    if spans[0].first == spans[0].last:
        step = next((n for n in DAY_STEPS if len(_every(spans, n)) <= most), DAY_STEPS[-1])
        ticks = [_utc(s.first, hour=12) for s in _every(spans, step)]
        return alt.Axis(values=ticks, format="%-d %b", grid=False)
    step = next((n for n in MONTH_STEPS if len(_every(spans, n)) <= most), MONTH_STEPS[-1])
    ticks = [_utc(s.first) for s in _every(spans, step)]
    return alt.Axis(values=ticks, format="%Y" if step >= 12 else "%b %Y", grid=False)


def _every(spans: list[Span], step: int) -> list[Span]:
    return [s for s in spans if number(s.first, monthly=s.first != s.last) % step == 0]


def number(day: date, *, monthly: bool) -> int:
    """The running number of the day, counted from a Monday, or of its month."""
    return day.year * 12 + day.month - 1 if monthly else day.toordinal() - 1


def _between(span: Span, gap: float) -> dict[str, str]:
    """Where a span's bar begins and ends, with ``gap`` as the share of it left free on each side."""
    free = gap * timedelta(days=(span.last - span.first).days + 1)
    return {"begin": _instant(span.first, free), "end": _instant(span.last + timedelta(days=1), -free)}


def _instant(day: date, shift: timedelta = timedelta()) -> str:
    return (datetime.combine(day, time(), UTC) + shift).isoformat()


def _utc(day: date, hour: int = 0) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, hours=hour, utc=True)


def draw(chart: alt.LayerChart | alt.VConcatChart) -> str:
    """A chart as SVG, in the colours of the page around it."""
    spec = chart.to_dict()
    # Set here, because Altair checks colours against CSS names: text takes the colour of the page's theme.
    text = {"labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 12, "titleFontSize": 12}
    quiet = {"domainColor": "currentColor", "tickColor": "currentColor", "gridColor": "#88888855"}
    spec["config"] = {
        "aria": False,  # the page says what the chart shows, and has its numbers in a table
        "background": "transparent",
        "padding": 4,
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": text | quiet | {"titleFontWeight": "normal"},
    }
    return with_hints(vl_convert.vegalite_to_svg(spec))
