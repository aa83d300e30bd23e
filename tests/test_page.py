"""The page as readers meet it: on a phone, in the dark, by keyboard and by ear, over nothing and over ten years."""

import html
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from extractors.language.knowledge import load_knowledge
from tests.warehouse_makers import (
    NOW,
    TEXT,
    VERSIONS,
    connect,
    entry,
    event,
    finished,
    ledger,
    listed,
    load,
    mention,
    night,
    outcome,
    reading,
    resolve,
    source,
)
from warehouse import snapshot
from warehouse.charts import COLOURS
from warehouse.load import Finished
from warehouse.report import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((path for path in map(shutil.which, BROWSERS) if path), None)
needs_browser = pytest.mark.skipif(not BROWSER, reason=f"no browser found ({', '.join(BROWSERS)}); install chromium")
VOID = {"meta", "br"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>&\x01\u202e{{ 7*7 }}'
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4
DIRECTIONS = ("tighten", "ease", "form", "join", "leave", "")


class Element:
    """A start tag with its attributes, the tags around it, and the text inside it."""

    def __init__(self, tag: str, attrs: dict[str, str], around: tuple["Element", ...]) -> None:
        self.tag, self.attrs, self.around, self.text = tag, attrs, around, ""


class Page(HTMLParser):
    """A strict reading of the page: every tag that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.raw, self.elements, self.open = text, [], []
        self.texts: list[tuple[str, tuple[Element, ...]]] = []
        self.feed(text)
        assert not self.open, f"never closed: {[e.tag for e in self.open]}"

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append(Element(tag, dict(attrs), tuple(self.open)))
        if tag == "br":
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((data, tuple(self.open)))
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [e for e in self.elements if e.tag in tags]

    def links(self) -> list[Element]:
        """The links that lead out of the page, those of charts left out."""
        return [e for e in self.all("a") if not e.attrs["href"].startswith("#") and "tabindex" not in e.attrs]

    def section(self, name: str) -> str:
        (found,) = (e for e in self.all("section") if e.attrs["aria-labelledby"] == name)
        return " ".join(found.text.split())


def page_of(db: Path) -> Page:
    path = db.with_name("snapshot.duckdb")
    snapshot.publish(db, path, now=NOW)
    return Page(write_report(path, db.with_name("page.html")).read_text(encoding="utf-8"))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


# Warehouses, each made once through the loaders that a night uses.


def run(
    con: duckdb.DuckDBPyConnection, now: datetime, batch: list[Finished], failing: int = 0, sources: int = 1
) -> None:
    """A run over ``sources`` sources, the last ``failing`` of which do not answer."""
    run_id = f"{now:%Y%m%dT%H%M}"
    ledger.record_run_start(con, run_id, VERSIONS, now)
    for n in range(sources):
        ok = n < sources - failing
        new = [entry(f.outcome.key.rpartition("/")[2], "wire0") for f in batch] if n == 0 else []
        listed(con, run_id, source(f"wire{n}"), *new, now=now, ok=ok, reason="ok" if ok else "timeout")
    load.save_readings(con, batch, run_id=run_id, versions=VERSIONS, now=now)
    ledger.record_run_finish(con, run_id, now + timedelta(minutes=5))


def told(day: date, number: int, **fields) -> Finished:
    """An article of that day with one event."""
    what = event(date=str(day), direction=DIRECTIONS[number % 6], objects=(f"chip {day} {number}",), **fields)
    published = datetime.combine(day, datetime.min.time(), UTC)
    return finished(f"{day}-{number}", "wire0", reading(what), published=published)


def decade(db: Path) -> None:
    """Ten years: a run a year that reads of every month; then every night but three, with an outage."""
    with connect.writing(db) as con:
        for ago in range(3650, 300, -365):
            now = NOW - timedelta(days=ago)
            days = [now.date() - timedelta(days=18 * k) for k in range(20)]
            run(con, now, [told(day, k) for k, day in enumerate(days)])
        for ago in sorted(set(range(16)) - {9, 10, 11}, reverse=True):
            now = NOW - timedelta(days=ago)
            batch = [told(now.date(), k) for k in range((ago * 7 + 5) % 11)]
            run(con, now, batch, failing=3 if ago == 5 else 1 if ago < 4 else 0, sources=3)
        ahead = event(date="2027-01-01", status="announced", objects=("a rule to come",))
        run(con, NOW + timedelta(minutes=30), [finished("ahead", "wire0", reading(ahead))], failing=1, sources=3)
        resolve.resolve(con)


def hostile(db: Path) -> None:
    """What the web may send: markup, scripts and endless words in every field that the page shows."""
    sentence = f"{HOSTILE} barred {LONG} and the H20."
    text = f"{sentence}\n\nThe Commerce Department, Huawei and Chip 4 said nothing."
    what = {"actors": (HOSTILE, LONG), "targets": (LONG,), "instrument": HOSTILE, "attribution": HOSTILE}
    events = (event(text, sentence, **what), event(text, sentence, direction="ease", date="2026-11-02", **what))
    read = reading(*events, text=text)
    pages = [
        finished("a", read=read, text=text, title=HOSTILE, url="javascript:alert(1)", publisher=HOSTILE),
        finished("b", read=read, text=text, title=LONG, url=f"https://wire.example/?q={HOSTILE}", publisher=LONG),
    ]
    skipped = Finished(outcome=outcome(entry("c"), "robots", "fetch"))
    night(db, *pages, skipped, sources=(source(name=HOSTILE), source("slow", name=LONG)))


def one_event(db: Path) -> None:
    night(db, finished())


def empty(db: Path) -> None:
    connect.open_writer(db).close()


def world(db: Path) -> None:
    """Alliances that share members, policies with stages, and what articles report of both."""
    what = "The Quad and Chip 4 groups met over the AI Diffusion Rule and the Affiliates Rule."
    text = f"{TEXT} {what}"
    names = (
        ("Quad", "ALLIANCE", "all:quad", None),
        ("Chip 4", "ALLIANCE", "all:chip-4", None),
        ("AI Diffusion Rule", "POLICY", "pol:ai-diffusion-rule", None),
        ("Affiliates Rule", "POLICY", "pol:affiliates-rule", None),
    )
    joined = event(text, what, "met", type="ALLIANCE", direction="join", actors=("Australia",), instrument="Chip 4")
    eased = event(text, what, "met", direction="ease", instrument="Affiliates Rule", date="2026-11-02")
    read = reading(event(text), joined, eased, text=text)
    mentions = tuple(mention(surface, label, id, name, text) for surface, label, id, name in names)
    night(db, finished("a", text=text, read=replace(read, mentions=mentions)))
    with connect.writing(db) as con:
        load.save_knowledge(con, load_knowledge(), "o1")


MADE = {"empty": empty, "one_event": one_event, "hostile": hostile, "decade": decade, "world": world}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    found = {}
    for name, make in MADE.items():
        db = tmp_path_factory.mktemp(name) / "coverage.duckdb"
        make(db)
        found[name] = page_of(db)
    return found


# What holds for every page.

every_page = pytest.mark.parametrize("name", MADE)


@every_page
def test_nothing_is_loaded_from_anywhere(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    assert not page.all("script", "img", "image", "link", "iframe", "object", "embed", "base", "form", "video", "use")
    loading = {"src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href", "ping"}
    assert not [(e.tag, e.attrs) for e in page.elements if loading & set(e.attrs)]
    assert not [e.attrs for e in page.elements if any(a.startswith("on") for a in e.attrs)]
    styles = [e.text for e in page.all("style")] + [e.attrs["style"] for e in page.elements if "style" in e.attrs]
    assert not re.search(r"@import|url\((?!#)", " ".join(styles))
    (policy,) = (e.attrs["content"] for e in page.all("meta") if "http-equiv" in e.attrs)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert all(e.attrs["href"].startswith(("https://", "http://", "#")) for e in page.all("a"))


@every_page
def test_headings_tables_and_charts_can_be_heard(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is left out"
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    assert all(e.attrs["aria-labelledby"] in ids for e in page.elements if "aria-labelledby" in e.attrs)
    assert all(e.attrs.get("scope") in {"col", "row"} for e in page.all("th"))
    assert all({"aria-label", "aria-labelledby"} & set(e.attrs) for e in page.all("table"))
    assert all(e.attrs.get("aria-label") for e in page.elements if e.attrs.get("role") == "img")
    assert all(any(a.attrs.get("role") == "img" for a in e.around) for e in page.all("svg"))
    kept_out = [e for e in page.elements if "tabindex" in e.attrs]
    assert all(e.attrs["tabindex"] == "-1" and e.around[-1].tag == "g" for e in kept_out), (
        "the order of the page is that of the keyboard, which is not led through the bars of a chart"
    )
    inside = {e.attrs["href"] for e in page.all("a") if e.attrs["href"].startswith("#")}
    assert inside <= {f"#{name}" for name in ids}, "what leads to a place in the page leads somewhere"
    assert [e.attrs["lang"] for e in page.all("html")] == ["en"]


@every_page
def test_the_page_is_small(pages: dict[str, Page], name: str) -> None:
    assert len(pages[name].raw.encode()) < 500_000


def test_text_can_be_read_by_day_and_by_night(pages: dict[str, Page]) -> None:
    (style,) = pages["empty"].all("style")
    themes = [dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in re.findall(r":root {([^}]*)}", style.text)]
    light, dark = themes[:2]
    assert set(light) == set(dark) > {"text", "back"}
    for theme in (light, dark):
        for ink in ("text", "soft", "link", "alarm"):
            assert contrast(theme[ink], theme["back"]) >= 4.5 and contrast(theme[ink], theme["mark"]) >= 4.5
        assert {name: c for name, c in COLOURS.items() if contrast(c, theme["back"]) < 3} == {}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2, 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


# What the web may send.


def test_hostile_words_stay_words(pages: dict[str, Page]) -> None:
    page = pages["hostile"]
    assert "<script" not in page.raw and "<img" not in page.raw and "javascript:" not in page.raw
    for section in ("new", "coverage"):
        assert " ".join(HOSTILE.split()) in page.section(section), "it is shown as it came, neither run nor hidden"
    assert {e.attrs["href"] for e in page.links()} == {f"https://wire.example/?q={HOSTILE}"}


def test_words_that_turn_the_direction_of_writing_turn_only_themselves(pages: dict[str, Page]) -> None:
    turned = [(data, around) for data, around in pages["hostile"].texts if "\u202e" in data]
    assert len(turned) > 8
    for data, around in turned:
        if around[-1].tag == "title":
            lines = data.split("\n")
            assert all(line[0] == "\u2068" and line[-1] == "\u2069" for line in lines), (
                "each is isolated from the others"
            )
            continue
        assert any(e.tag in {"bdi", "td", "th", "blockquote"} or e.attrs.get("dir") == "auto" for e in around)


def test_what_is_long_is_cut_and_shows_it(db: Path) -> None:
    night(db, finished(title="An endless headline " * 100))
    (link,) = [e for e in page_of(db).links() if "headline" in e.text]
    assert len(link.text) == 300 and link.text.endswith("…")


# What the numbers claim.


def test_an_empty_warehouse_shows_no_table_and_no_chart(pages: dict[str, Page]) -> None:
    page = pages["empty"]
    assert not page.all("table", "svg", "figure", "details") and not page.links()
    assert [e.text for e in page.all("dd")] == ["0"] * 4
    assert "no run has been made yet" in page.section("new")


def test_one_event_stands_with_its_sentence_outlet_and_link(pages: dict[str, Page]) -> None:
    page = pages["one_event"]
    for claim in (
        "1 event first read in the last run.",
        "Export control, tighten: Department of Commerce, United States → towards China",
        "2026-11-09 · done · on H20 · 1 report, 1 independent",
        "The Commerce Department barred sales of the H20 chip to China on Monday.",
        "Wire: Title a",
    ):
        assert claim in page.section("new")
    assert not page.all("svg")
    day = " ".join(rows(page, "series")["2026-11-09"].split())
    assert day.startswith("1 tighten Export control: Department of Commerce, United States → China (tighten)")
    assert day.endswith("| before the first run")


def rows(page: Page, section: str) -> dict[str, str]:
    """The rows of a section's tables: row header -> the cells behind it."""
    found: dict[str, list[str]] = {}
    for cell in page.all("th", "td"):
        around = {e.tag: e for e in cell.around}
        if around["section"].attrs["aria-labelledby"] == section and "tbody" in around:
            if cell.tag == "th":
                found[cell.text] = []
            else:
                found[next(reversed(found))].append(cell.text)
    return {name: " | ".join(cells) for name, cells in found.items()}


def test_a_gap_an_outage_and_a_quiet_day_differ(pages: dict[str, Page]) -> None:
    days = rows(pages["decade"], "series")
    assert days["2026-10-31"] == "none known | no run", "a gap"
    assert days["2026-11-05"].endswith("3 of 3 sources failed"), "an outage"
    assert days["2026-11-06"] == "none known | 0 of 3 sources failed", "a quiet day"
    assert days["2026-11-09"].endswith("1 of 3 sources failed")
    coverage = rows(pages["decade"], "coverage")
    assert "failing since 2026-11-07 02:00 UTC: timeout (no whole answer" in " ".join(coverage)
    spoken = [e.attrs["aria-label"] for e in pages["decade"].all("span") if e.attrs.get("role") == "img"]
    assert spoken[0] == (
        "answered on 6 days; failed on 5 days (2026-11-05, 2026-11-07, 2026-11-08, 2026-11-09, 2026-11-10); "
        "not asked on 3 days"
    )


def test_ten_years_are_counted_to_the_last_event(pages: dict[str, Page]) -> None:
    text = pages["decade"].section("series")
    events, shown, before, after = map(
        int,
        re.search(r"(\d+) of \1 events are placed on a day: (\d+) on .*?, (\d+) before and (\d+) after", text).groups(),
    )
    assert shown + before + after == events and after == 1
    months = re.search(r"(\d+) events are known by the month or better, and (\d+) before and (\d+) after", text)
    assert sum(map(int, months.groups())) == events
    labels = [e.attrs["aria-label"] for e in pages["decade"].all("div") if e.attrs.get("role") == "img"]
    assert [re.findall(r"by (\w+) and", label) for label in labels] == [["day"], ["month"]]
    drawn = [
        sum(map(int, re.findall(r"\((\d+)\)", e.text))) for e in pages["decade"].all("ul") if "key" in str(e.attrs)
    ]
    assert drawn == [shown, int(months[1])], "the key counts what is drawn"


def test_a_run_that_failed_has_watched_nothing(db: Path) -> None:
    night(db, finished())
    later = NOW + timedelta(days=1)
    with connect.writing(db) as con:
        ledger.record_run_start(con, "r2", VERSIONS, later)
        listed(con, "r2", source(), now=later)
        ledger.record_run_finish(con, "r2", later, failure="every source failed")
    page = page_of(db)
    assert rows(page, "series")["2026-11-11"] == "none known | no run finished"
    (alarm,) = (e.text for e in page.all("p") if e.attrs.get("class") == "alarm")
    assert alarm == "The last run failed (every source failed): what follows may lack its articles."


def test_what_a_killed_run_read_is_new_on_the_next_page(db: Path) -> None:
    night(db, finished("old"))
    with connect.writing(db) as con:
        ledger.record_run_start(con, "r2", VERSIONS, NOW + timedelta(days=1))
        batch = [finished("a", read=reading(event(objects=("H100",))))]
        load.save_readings(con, batch, run_id="r2", versions=VERSIONS, now=NOW + timedelta(days=1))
    night(db, run_id="r3", now=NOW + timedelta(days=2))
    new = page_of(db).section("new")
    assert "1 event first read in the last run and 1 unfinished run before it" in new and "on H100" in new


def test_an_event_of_a_changed_article_is_not_called_new(db: Path) -> None:
    night(db, finished("a"), finished("b", read=reading(event(date="2026-11-02"))))
    again = f"{TEXT} The Commerce Department also barred sales of the H100."
    what = event(again, again.rpartition(". ")[2], objects=("H100",))
    night(db, finished("a", text=again, read=reading(what, text=again)), run_id="r2", now=NOW + timedelta(days=1))
    new = page_of(db).section("new")
    assert new.index("No event that was not known before") < new.index("1 event stands only in new versions")
    assert "on H100" in new and "2026-11-02" not in new


def test_every_report_of_an_event_is_shown_with_its_standing(db: Path) -> None:
    wire = source(name="Meridian Wire")
    copies = source("copies", name="The Copyist", independent=False)
    what = {"type": "FUNDING", "direction": "", "amount": 8.9e9, "currency": "USD", "attribution": "Reuters"}
    announced = event(**what, status="announced", confidence=0.9)
    night(
        db,
        finished("a", read=reading(announced)),
        finished("b", "copies", read=reading(event(**what))),
        sources=(wire, copies),
    )
    new = page_of(db).section("new")
    assert "announced (reports say announced, done)" in new and "USD 8,900,000,000" in new
    assert "2 reports, 1 independent" in new and "1 more report" in new
    assert "The Copyist: Title b (not counted as independent)" in new
    assert "(it names Reuters as its source)" in new


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ({"date": "2026-11-09", "precision": "inferred"}, "2026-11-09 (day of publication; the text gives no date)"),
        ({"date": "2026-11", "precision": "month"}, "2026-11 (known by the month)"),
        ({"date": None, "precision": "unknown"}, "date unknown"),
    ],
)
def test_a_date_says_how_sure_it_is(db: Path, when: dict, shown: str) -> None:
    night(db, finished(read=reading(event(**when))))
    assert f"{shown} · done" in page_of(db).section("new")


def test_a_source_that_is_no_longer_asked_stands_last(db: Path) -> None:
    night(db, finished(), sources=(source("gone", name="Gone Gazette"), source()))
    night(db, run_id="r2", now=NOW + timedelta(days=20))
    names = [" ".join(name.split()) for name in rows(page_of(db), "coverage")]
    assert names == ["Wire nothing new since 2026-11-30", "Gone Gazette not asked in these days"]


def test_skipped_documents_are_told_apart_by_night(db: Path) -> None:
    first = [Finished(outcome=outcome(entry(n), "robots", "fetch")) for n in "abc"]
    night(db, *first)
    second = Finished(outcome=outcome(entry("d"), "timeout", "fetch"))
    night(db, second, run_id="r2", now=NOW + timedelta(days=1))
    assert rows(page_of(db), "skipped") == {
        "Robots": "the site's robots.txt does not allow it | 0 | 3",
        "Timeout": "no whole answer within the deadline (tried again by a later night) | 1 | 1",
    }


def test_bars_say_what_they_count_and_lead_to_it(pages: dict[str, Page]) -> None:
    page = pages["decade"]
    bars = [e for e in page.all("a") if "tabindex" in e.attrs]
    titles = [e.text.replace("\u2068", "").replace("\u2069", "") for e in bars]
    assert len(bars) > 40 and all(re.match(r"\d{4}-\d\d(-\d\d)?, [a-z ]+: \d+ events?\n", t) for t in titles)
    alone = next(e for e, title in zip(bars, titles, strict=True) if ": 1 event\n" in title)
    assert alone.attrs["href"].startswith("https://wire0.example/"), "one event leads to its report"
    assert any(e.attrs["href"].startswith("#on-") for e in bars), "several lead to their row in the table"


def test_maps_tell_what_is_known_from_what_is_reported(pages: dict[str, Page]) -> None:
    page = pages["world"]
    said = {" ".join(e.text.strip("\u2068\u2069").split()) for e in page.all("title")}
    assert "Japan in Quad (known)" in said and "Australia in Chip 4 (reported)" in said
    assert "Affiliates Rule: eased 2026-11-02 (reported as done)" in said
    assert any(text.startswith("AI Diffusion Rule: adopted 2025-01") and "(known)" in text for text in said)
    assert "eased 2026-11-02 (reported as done)" in page.section("policies"), "and so do the tables"
    assert rows(page, "dyads")["United States → towards China"].startswith("1 | 1 | ")


# In a browser.

WIDTHS = (320, 360, 760, 1200)
# Measures every page in frames of several widths, all details open; what is clipped or sticks out is named.
HARNESS = """<!doctype html><title>harness</title><link rel="icon" href="data:,"><body></body><script>
const seen = (e) => e.getClientRects().length > 0;
const name = (e) => e.tagName + ": " + e.textContent.slice(0, 40);
const measure = (frame) => {
  const doc = frame.contentDocument, root = doc.documentElement, width = root.clientWidth;
  for (const d of doc.querySelectorAll("details")) d.open = true;
  const out = [...doc.body.querySelectorAll("*")].filter((e) => {
    const r = e.getBoundingClientRect();
    return seen(e) && !e.closest(".unseen") && (r.right > width + 1 || r.left < -1);
  });
  const charts = [...doc.querySelectorAll("svg")].filter(seen);
  const labels = charts.flatMap((svg) => [...svg.querySelectorAll("text")]);
  const clipped = labels.filter((e) => {
    const r = e.getBoundingClientRect(), s = e.closest("svg").getBoundingClientRect();
    return r.left < s.left - 1 || r.right > s.right + 1 || r.top < s.top - 2 || r.bottom > s.bottom + 2;
  });
  const crowded = labels.filter((e) => {
    const next = e.nextElementSibling, r = e.getBoundingClientRect();
    if (!next) return false;
    const n = next.getBoundingClientRect();
    return r.left < n.right && n.left < r.right && r.top < n.bottom - 3 && n.top < r.bottom - 3;
  });
  const scale = (m) => Math.hypot(m.a, m.b);  // also of a label that is turned
  const sizes = labels.map((e) => parseFloat(getComputedStyle(e).fontSize) * scale(e.getScreenCTM()) || 99);
  return {
    scroll: root.scrollWidth - width, out: out.map(name), clipped: clipped.map(name), crowded: crowded.map(name),
    smallest: Math.min(99, ...sizes.filter((s) => s > 0)),
    bars: charts.map((svg) => svg.querySelectorAll("path[fill^='#']").length),
    back: getComputedStyle(doc.body).backgroundColor,
  };
};
window.onload = () => {
  const found = {};
  for (const f of document.querySelectorAll("iframe")) found[f.title] = measure(f);
  document.body.innerHTML = "<pre id=found></pre>";
  document.querySelector("pre").textContent = JSON.stringify(found);
};
document.body.innerHTML = FRAMES.map(([page, width]) =>
  `<iframe src="${page}.html" title="${page} ${width}" style="border:0;width:${width}px;height:900px"></iframe>`).join("");
</script>"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A server of ``folder`` on loopback: its address, and the paths that were asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def browse(address: str, profile: Path) -> tuple[str, str]:
    """The document at ``address`` after its scripts have run, in a browser set to dark, and the browser's log."""
    quiet = ("background-networking", "component-update", "sync", "extensions", "gpu", "quic")
    command = [BROWSER, "--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
    command += [f"--user-data-dir={profile}", "--blink-settings=preferredColorScheme=0"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr", "--v=0"]
    done = subprocess.run([*command, "--dump-dom", address], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def seen(pages: dict[str, Page], tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a browser measures in each page at each width, the paths that it ``asked`` for, and its ``console``."""
    folder = tmp_path_factory.mktemp("site")
    frames = [(name, width) for name in pages for width in WIDTHS]
    (folder / "harness.html").write_text(HARNESS.replace("FRAMES", json.dumps(frames)), encoding="utf-8")
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page.raw, encoding="utf-8")
    with serving(folder) as (address, asked):
        document, log = browse(f"{address}/harness.html", tmp_path_factory.mktemp("profile"))
    result = re.search(r'<pre id="found">(.*?)</pre>', document)
    assert result, f"the browser measured nothing: {document[-500:]} {log[-500:]}"
    measured = {tuple(key.split()): found for key, found in json.loads(html.unescape(result[1])).items()}
    assert len(measured) == len(frames)
    return {"measured": measured, "asked": asked, "console": [line for line in log.splitlines() if "CONSOLE" in line]}


@needs_browser
def test_a_browser_asks_for_nothing_but_the_page_and_has_nothing_to_complain_of(seen: dict) -> None:
    assert set(seen["asked"]) == {"/harness.html"} | {f"/{name}.html" for name in MADE}
    assert seen["console"] == []


@needs_browser
def test_nothing_is_wider_than_the_screen(seen: dict) -> None:
    assert {key: (m["scroll"], m["out"]) for key, m in seen["measured"].items() if m["scroll"] > 0 or m["out"]} == {}


@needs_browser
def test_charts_are_drawn_whole_with_labels_that_can_be_read(seen: dict) -> None:
    measured = seen["measured"]
    assert {key: (m["clipped"], m["crowded"]) for key, m in measured.items() if m["clipped"] or m["crowded"]} == {}
    assert {key: m["smallest"] for key, m in measured.items() if m["smallest"] < 9} == {}
    for width in map(str, WIDTHS):
        assert measured["empty", width]["bars"] == measured["one_event", width]["bars"] == []
        assert len(measured["hostile", width]["bars"]) == 1
        assert len(measured["world", width]["bars"]) == 3
        by_day, by_month = measured["decade", width]["bars"]
        assert by_day > 40 and by_month > 100


@needs_browser
def test_a_reader_in_the_dark_gets_a_dark_page(seen: dict) -> None:
    assert {m["back"] for m in seen["measured"].values()} == {"rgb(22, 22, 26)"}
