"""What leaves the warehouse: exact bytes, no article text, and a page that claims no more than it knows."""

import csv
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extractors.errors import UserError
from tests.warehouse_makers import NOW, connect, entry, event, finished, listed, night, outcome, reading, source
from warehouse import snapshot
from warehouse.export import FOLDER, cell, export
from warehouse.load import Finished
from warehouse.report import write_report


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


def published(db: Path) -> Path:
    path = db.with_name("snapshot.duckdb")
    snapshot.publish(db, path, now=NOW)
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


# files


def test_every_query_gives_a_file_that_reads_back(db: Path, tmp_path: Path) -> None:
    title = 'He said "no", then\nleft; naïve 😀'
    night(db, finished(title=title))
    written = export(published(db), tmp_path / "out")
    assert [p.stem for p in written] == sorted(p.stem for p in FOLDER.glob("*.sql"))
    (row,) = table(tmp_path / "out" / "articles.csv")
    assert row["headline"] == title and row["published_utc"] == "2026-11-09T23:00:00Z"
    assert row["on_topic"] == "true" and row["policy_families"] == "export_control;tariff" and row["copy_of"] == ""
    (found,) = table(tmp_path / "out" / "events.csv")
    assert found["actors"] == "Department of Commerce;United States" and found["date_from"] == "2026-11-09"
    assert {found[name] for name in ("run_id", "extractor_version", "model_version", "ontology_version")} == {
        "r1",
        "1.0",
        "m1",
        "o1",
    }
    lines = (tmp_path / "out" / "events.csv").read_bytes().split(b"\r\n")
    assert len(lines) == 3 and lines[-1] == b""


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_same_snapshot_gives_the_same_bytes(db: Path, tmp_path: Path, format: str) -> None:
    night(db, *(finished(n, read=reading(event(objects=(n,)))) for n in "abcdef"))
    path = published(db)
    once, again = export(path, tmp_path / "1", format), export(path, tmp_path / "2", format)
    assert [p.read_bytes() for p in once] == [p.read_bytes() for p in again]


def test_loading_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    batch = [finished(n, read=reading(event(objects=(n,)), event())) for n in "abcdef"]
    out = []
    for number, order in enumerate((batch, batch[::-1])):
        db = tmp_path / f"{number}.duckdb"
        night(db, *order)
        out.append([p.read_bytes() for p in export(published(db), tmp_path / str(number))])
    assert out[0] == out[1]


def test_no_article_text_leaves(db: Path, tmp_path: Path) -> None:
    long = "The Commerce Department barred " + "very " * 100 + "many sales of H20 chips."
    secret = "An inner paragraph that no quote holds."
    text = f"{long}\n\n{secret} Huawei and Chip 4 were silent."
    night(db, finished(text=text, read=reading(event(text, long), text=text)))
    for path in export(published(db), tmp_path / "out"):
        content = path.read_text(encoding="utf-8")
        assert secret not in content and long not in content
    (row,) = table(tmp_path / "out" / "events.csv")
    assert len(row["quote"]) == 300 and row["quote"].endswith("…") and long.startswith(row["quote"][:-1])
    page = write_report(published(db), tmp_path / "page.html").read_text(encoding="utf-8")
    assert secret not in page and long not in page


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}" and cell([text]) == f"'{text}"


def test_cells() -> None:
    assert [cell(v) for v in (None, "", [], -1.5, False, ["a;b", "c"], "plain")] == [
        "",
        "",
        "",
        "-1.5",
        "false",
        "a,b;c",
        "plain",
    ]


def test_parquet_keeps_types(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    export(published(db), tmp_path / "out", "parquet")
    (row,) = pq.read_table(tmp_path / "out" / "events.parquet").to_pylist()
    assert (
        row["actors"] == ["Department of Commerce", "United States"] and row["amount"] is None and row["n_reports"] == 1
    )


def test_an_export_that_cannot_be_written_is_one_clear_line(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    path = published(db)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"file can't be written .*give another folder"):
        export(path, tmp_path / "file")
    with pytest.raises(UserError, match="no format 'xlsx'; choose csv or parquet"):
        export(path, tmp_path / "out", "xlsx")
    with pytest.raises(UserError, match="no snapshot"):
        export(tmp_path / "none.duckdb", tmp_path / "out")
    assert not (tmp_path / "out").exists()


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
    addresses = {attrs["href"] for tag, attrs in found.tags if tag == "a"}
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
