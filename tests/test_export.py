"""What leaves the warehouse: exact bytes, no article text, and a page that claims no more than it knows."""

import csv
import hashlib
import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractors.errors import RunFailed, UserError
from flows.cli import app
from flows.settings import Paths
from tests.warehouse_makers import NOW, connect, entry, event, finished, listed, night, outcome, reading, source
from warehouse import export as exporting
from warehouse import snapshot
from warehouse.cells import bare, cell, cell_sql
from warehouse.export import FORMATS, export, read_queries
from warehouse.load import Finished
from warehouse.report import write_report
from warehouse.selection import Selection

TABLES = [query.name for query in read_queries()]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


def published(db: Path) -> Path:
    path = Paths(db).snapshot
    snapshot.publish(db, path, now=NOW)
    return path


def table(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, strict=True))


# files


def test_every_query_gives_a_file_that_reads_back(db: Path, tmp_path: Path) -> None:
    title = 'He said "no", then\nleft; naïve 😀'
    night(db, finished(title=title))
    written = export(published(db), tmp_path / "out")
    assert [p.stem for p in written.paths if p.suffix == ".csv"] == TABLES == list(written.rows)
    assert written.rows == {name: len(table(tmp_path / "out" / f"{name}.csv")) for name in TABLES}
    (row,) = table(tmp_path / "out" / "articles.csv")
    assert row["headline"] == title and row["published_utc"] == "2026-11-09T23:00:00Z"
    assert row["on_topic"] == "true" and row["policy_families"] == "export_control;tariff" and row["copy_of"] == ""
    (found,) = table(tmp_path / "out" / "events.csv")
    assert found["actors"] == "Department of Commerce;United States" and found["date_from"] == "2026-11-09"
    assert (found["best_article_id"], found["best_outlet"]) == (row["article_id"], "Wire")
    assert {found[name] for name in ("run_id", "extractor_version", "model_version", "ontology_version")} == {
        "r1",
        "1.0",
        "m1",
        "o1",
    }
    lines = (tmp_path / "out" / "events.csv").read_bytes().split(b"\r\n")
    assert len(lines) == 3 and lines[-1] == b""


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes_on_any_number_of_threads(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    sums = []
    for threads in (1, 4):
        monkeypatch.setattr(exporting, "THREADS", threads)
        written = export(Paths(sample).snapshot, tmp_path / str(threads), format)
        sums.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in written.paths])
    assert sums[0] == sums[1] and len(sums[0]) == len(TABLES) + 5


def test_loading_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    batch = [finished(n, read=reading(event(objects=(n,)), event())) for n in "abcdef"]
    out = []
    for number, order in enumerate((batch, batch[::-1])):
        db = tmp_path / f"{number}.duckdb"
        night(db, *order)
        out.append([p.read_bytes() for p in export(published(db), tmp_path / str(number)).paths])
    assert out[0] == out[1]


def test_rows_stand_in_the_order_that_the_query_gives(sample: Path, tmp_path: Path) -> None:
    export(Paths(sample).snapshot, tmp_path)
    with duckdb.connect(str(Paths(sample).snapshot), read_only=True) as con:
        for name in TABLES:
            sql = next(query.sql for query in read_queries() if query.name == name)
            assert re.search(r"\border by [^()]+$", sql), f"{name}.sql says in which order its rows stand"
            asked = con.execute(sql).fetchall()
            stood = [tuple(row.values()) for row in table(tmp_path / f"{name}.csv")]
            assert stood == [tuple(map(cell, row)) for row in asked]


def test_no_article_text_leaves(db: Path, tmp_path: Path) -> None:
    long = "The Commerce Department barred " + "very " * 100 + "many sales of H20 chips."
    secret = "An inner paragraph that no quote holds."
    text = f"{long}\n\n{secret} Huawei and Chip 4 were silent."
    night(db, finished(text=text, read=reading(event(text, long), text=text)))
    for format in ("csv", "jsonl"):
        for path in export(published(db), tmp_path / format, format).paths:
            content = path.read_text(encoding="utf-8")
            assert secret not in content and long not in content
    (row,) = table(tmp_path / "csv" / "events.csv")
    assert len(row["quote"]) == 300 and row["quote"].endswith("…") and long.startswith(row["quote"][:-1])
    page = write_report(published(db), tmp_path / "page.html").read_text(encoding="utf-8")
    assert secret not in page and long not in page


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "＝1"])
def test_no_cell_of_a_spreadsheet_runs_as_a_formula(text: str) -> None:
    assert cell(text, excel=True) == f"'{text}" and cell([text], excel=True) == f"'{text}"
    assert bare(cell(text, excel=True)) == cell(text) == text


def test_excel_opens_what_is_written_for_it(db: Path, tmp_path: Path) -> None:
    night(db, finished(title="=HYPERLINK(1)", publisher="路透"))
    export(published(db), tmp_path / "out", excel=True)
    assert (tmp_path / "out" / "articles.csv").read_bytes().startswith(b"\xef\xbb\xbfarticle_id,")
    (row,) = table(tmp_path / "out" / "articles.csv", "utf-8-sig")
    assert (row["headline"], row["outlet"]) == ("'=HYPERLINK(1)", "路透")
    export(published(db), tmp_path / "out")
    (row,) = table(tmp_path / "out" / "articles.csv")
    assert row["headline"] == "=HYPERLINK(1)", "what is read by programs is not changed"


def test_cells() -> None:
    values = (None, "", [], -1.5, False, ["a;b", "c"], "plain")
    assert [cell(v) for v in values] == ["", "", "", "-1.5", "false", "a,b;c", "plain"]


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.lists(st.text())))
def test_cells_are_the_same_in_sql_and_in_python(value: object) -> None:
    if "\x00" in str(value) or re.search("[\ud800-\udfff]", str(value)):
        return
    kind = {str: "VARCHAR", float: "DOUBLE", bool: "BOOLEAN", list: "VARCHAR[]"}[type(value)]
    for excel in (False, True):
        sql = f"select {cell_sql('x', kind, excel=excel)}::varchar from (select ?::{kind} as x)"
        assert duckdb.execute(sql, [value]).fetchall() == [(cell(value, excel=excel),)]


def test_parquet_and_json_lines_keep_types(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    export(published(db), tmp_path / "out", "parquet")
    (row,) = pq.read_table(tmp_path / "out" / "events.parquet").to_pylist()
    export(published(db), tmp_path / "json", "jsonl")
    (line,) = (tmp_path / "json" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    for found in (row, json.loads(line)):
        assert found["actors"] == ["Department of Commerce", "United States"]
        assert found["amount"] is None and found["n_reports"] == 1
    assert json.loads(line)["first_report_utc"] == "2026-11-09T23:00:00Z"


def test_a_release_takes_the_place_of_the_one_before(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    out = tmp_path / "out"
    export(published(db), out, "parquet")
    (out / "notes.txt").write_text("mine")
    export(published(db), out)
    assert not list(out.glob("*.parquet")) and not list(out.glob(".*")) and (out / "notes.txt").exists()


def test_an_export_that_fails_leaves_the_folder_as_it_was(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(db, finished())
    path, out = published(db), tmp_path / "out"
    before = {p: p.read_bytes() for p in export(path, out).paths}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "write_release", full)
    with pytest.raises(RunFailed, match=r"disk with .*out is full"):
        export(path, out, "jsonl")
    assert {p: p.read_bytes() for p in out.iterdir()} == before
    with pytest.raises(RunFailed):
        export(path, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_export_that_cannot_be_written_is_one_clear_line(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    path = published(db)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"file can't be written .*give another folder"):
        export(path, tmp_path / "file")
    with pytest.raises(UserError, match="no format 'xlsx'; choose csv, parquet or jsonl"):
        export(path, tmp_path / "out", "xlsx")
    with pytest.raises(UserError, match="--excel writes CSV, not parquet"):
        export(path, tmp_path / "out", "parquet", excel=True)
    with pytest.raises(UserError, match="no snapshot"):
        export(tmp_path / "none.duckdb", tmp_path / "out")
    with duckdb.connect(str(path)) as con:
        con.execute("update snapshot_info set schema_version = 1")
    with pytest.raises(UserError, match="another version of rivalry; `rivalry ingest` publishes it anew"):
        export(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# a selection

SANCTION = event(type="SANCTION", actors=("Huawei", "China"), objects=(), date="2026-10-01", confidence=0.4)
UNDATED = event(date=None, precision="unknown", objects=("H100",))


@pytest.fixture
def chosen(db: Path) -> Path:
    night(db, finished("a"), finished("b", read=reading(SANCTION)), finished("c", read=reading(UNDATED)))
    return published(db)


def events_of(snapshot: Path, out: Path, **conditions: object) -> list[str]:
    export(snapshot, out, selection=Selection(**conditions))
    return [row["date"] for row in table(out / "events.csv")]


@pytest.mark.parametrize(
    ("conditions", "dates"),
    [
        ({"types": ("sanction",)}, ["2026-10-01"]),
        ({"types": ("Export Control", "SANCTION")}, ["2026-10-01", "2026-11-09", ""]),
        ({"first": date(2026, 10, 2)}, ["2026-11-09"]),
        ({"last": date(2026, 10, 1)}, ["2026-10-01"]),
        ({"actors": ("huawei",)}, ["2026-10-01"]),
        ({"min_confidence": 0.5}, ["2026-11-09", ""]),
    ],
)
def test_only_what_is_chosen_is_exported(chosen: Path, tmp_path: Path, conditions: dict, dates: list[str]) -> None:
    assert events_of(chosen, tmp_path / "out", **conditions) == dates


def test_all_that_hangs_on_the_chosen_events_is_chosen_with_them(chosen: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    events_of(chosen, out, first=date(2026, 11, 8))
    assert [row["url"] for row in table(out / "articles.csv")] == ["https://wire.example/a"]
    assert {row["article_id"] for row in table(out / "mentions.csv")} == {table(out / "articles.csv")[0]["article_id"]}
    assert len(table(out / "event_reports.csv")) == 1
    days = table(out / "events_by_day.csv")
    assert {row["type"] for row in days} == {"EXPORT_CONTROL"} and {row["day"] for row in days} == {
        "2026-11-09",
        "2026-11-10",
    }, "a day that was not asked for has no row, which would say that nothing happened on it"
    assert [row["n_events"] for row in days] == ["1", "0"]
    assert len(table(out / "coverage.csv")) == 1, "how well it was watched is whole"
    assert "**A selection.**" in (out / "README.md").read_text(encoding="utf-8")
    assert "dated 2026-11-08 or later" in (out / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("conditions", "line"),
    [
        ({"types": ("SANCTON",)}, "there is no event type 'SANCTON'; the nearest: SANCTION"),
        ({"actors": ("Huawey",)}, "the snapshot knows no actor 'Huawey'; the nearest: Huawei"),
        ({"first": date(2026, 2, 1), "last": date(2026, 1, 1)}, "--from 2026-02-01 is after --to 2026-01-01"),
        ({"last": date(2020, 1, 1)}, r"no event is chosen \(dated 2020-01-01 or earlier\), so nothing was written; "
         "the snapshot has 3 events, dated 2026-10-01 to 2026-11-09"),
    ],
)  # fmt: skip
def test_a_selection_that_cannot_be_met_is_one_clear_line(
    chosen: Path, tmp_path: Path, conditions: dict, line: str
) -> None:
    with pytest.raises(UserError, match=line):
        events_of(chosen, tmp_path / "out", **conditions)
    assert not (tmp_path / "out").exists()


def test_a_selection_does_not_take_the_place_of_the_nights_own_files(chosen: Path, tmp_path: Path) -> None:
    db = str(chosen.with_name("coverage.duckdb"))
    refused = CliRunner().invoke(app, ["export", "--db", db, "--type", "SANCTION"])
    assert refused.exit_code == 2 and "give --out" in refused.stderr
    done = CliRunner().invoke(
        app, ["export", "--db", db, "--excel", "--from", "2026-11-09", "--out", str(tmp_path / "x")]
    )
    assert done.exit_code == 0 and "1 event, " in done.stderr, done.stderr


# the page


class Elements(HTMLParser):
    """Start tags with their attributes, and whether every tag that needs an end has one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(db: Path) -> str:
    return write_report(published(db), db.with_name("page.html")).read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_is_well_formed(db: Path) -> None:
    night(db, finished(read=reading(event(), event(date="2026-11-05", direction="ease"))))
    page = page_of(db)
    found = Elements(page)
    assert found.open == []
    assert {"script", "img", "link", "iframe"}.isdisjoint({tag for tag, _ in found.tags})
    assert not re.search(r"@import|url\((?!#)", page)
    addresses = {attrs["href"] for tag, attrs in found.tags if tag == "a" and not attrs["href"].startswith("#")}
    assert addresses == {"https://wire.example/a"}
    (svg,) = (attrs for tag, attrs in found.tags if tag == "div" and attrs.get("role") == "img")
    assert "2026-11-05" in svg["aria-label"] or "2026-11-04" in svg["aria-label"]


def test_markup_and_scripts_of_the_web_stay_text(db: Path) -> None:
    night(db, finished(title="<script>alert(1)</script>", url="javascript:alert(1)"))
    page = page_of(db)
    assert "<script" not in page and "&lt;script&gt;" in page and "javascript:" not in page


def test_an_empty_warehouse_claims_nothing(db: Path) -> None:
    connect.open_writer(db).close()
    page = page_of(db)
    assert "<svg" not in page and "No run has been made yet" in page and "so there is no series" in page
    assert Elements(page).open == []


def test_one_event_is_no_series(db: Path) -> None:
    night(db, finished())
    page = page_of(db)
    assert "<svg" not in page and "fall on one day, so no series is drawn" in page
    assert "1 event first read in the last run" in page


def test_an_outage_stands_on_the_page(db: Path) -> None:
    night(db, finished())
    with connect.writing(db) as con:
        listed(con, "r2", source(), ok=False, reason="timeout", now=NOW + timedelta(days=1))
    night(
        db,
        Finished(outcome=outcome(entry("z", "times"), "robots", "fetch")),
        run_id="r3",
        now=NOW + timedelta(days=1),
        sources=(source("times"),),
    )
    page = page_of(db)
    assert "1 of 2 sources failed when last asked" in page and "failing since 2026-11-11 02:00 UTC: timeout" in page
    assert "No event that was not known before" in page, "yesterday's events are not new"
    assert "robots.txt does not allow it" in page


def test_what_is_not_shown_is_counted(db: Path) -> None:
    night(db, *(finished(f"a{n}", read=reading(event(objects=(f"chip {n}",)))) for n in range(30)))
    assert "25 of 30 events shown" in page_of(db)


def test_a_page_that_cannot_be_written_is_one_clear_line(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    (tmp_path / "taken").mkdir()
    with pytest.raises(UserError, match="taken can't be written"):
        write_report(published(db), tmp_path / "taken")
    assert not list(tmp_path.glob(".*"))
