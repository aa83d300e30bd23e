"""Proof: exported rows against their texts, and events explained."""

import csv
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.errors import UserError
from flows.cli import app
from flows.settings import Paths
from tests.warehouse_makers import NOW, article, event, finished, night, reading, source
from warehouse import connect, raw
from warehouse.explain import explain
from warehouse.export import export
from warehouse.proof import verify
from warehouse.snapshot import publish

LONG = (
    "The Commerce Department barred sales of the H20 chip to China on Monday, " + "as it had said, " * 30 + "at last."
)
LONG_TEXT = f"=A line that a spreadsheet would run.\n\n{LONG}"
SOURCES = (source(), source("times"), source("paper"), source("copier", independent=False))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse with an event that five articles report, published and exported."""
    paths = Paths(tmp_path_factory.mktemp("built") / "coverage.duckdb")
    denied = event(LONG_TEXT, LONG, status="denied", attribution="=Reuters", confidence=0.5)
    night(
        paths.db,
        finished("a", raw_hash=raw.put(paths.raw, b"<html>page</html>")),
        finished("b", "times", reading(event(objects=("H20", "A800"), confidence=0.6)), published=NOW),
        finished(
            "c", "paper", replace(reading(denied, text=LONG_TEXT + " Huawei Chip 4"), mentions=()), text=LONG_TEXT
        ),
        finished("d", "paper", copy_of=article("a").article_id, published=NOW + timedelta(hours=1)),
        finished("e", "copier", published=NOW + timedelta(hours=2)),
        sources=SOURCES,
    )
    publish(paths.db, paths.snapshot)
    export(paths.snapshot, paths.exports)
    return paths.db.parent


@pytest.fixture
def paths(built: Path, tmp_path: Path) -> Paths:
    """A copy of it, to be damaged."""
    shutil.copytree(built, tmp_path / "copy")
    return Paths(tmp_path / "copy" / "coverage.duckdb")


def faults(paths: Paths) -> list[str]:
    return [str(miss) for miss in verify(paths.snapshot, paths.exports, paths.raw).misses]


def edit(path: Path, **changed: str) -> None:
    """Writes other values into the first row of an exported file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= changed
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# verify


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_every_exported_row_is_checked_and_holds(paths: Paths, tmp_path: Path, file_format: str) -> None:
    export(paths.snapshot, tmp_path / "release", file_format)
    proof = verify(paths.snapshot, tmp_path / "release", paths.raw)
    assert [str(miss) for miss in proof.misses] == []
    assert proof.rows[f"event_reports.{file_format}"] == 5 and proof.rows["raw pages"] == 1


@pytest.mark.parametrize(
    ("file", "changed", "fault"),
    [
        ("event_reports", {"quote": "It never said so."}, "not the quote 'It never said so.'"),
        ("event_reports", {"start_char": "3"}, "start_char is '3', and "),
        ("event_reports", {"content_hash": "0" * 64}, "no text with the hash 000000000000… is stored"),
        ("event_reports", {"model_version": "m2"}, "model_version is 'm2', and 'm1' is stored"),
        ("event_reports", {"trigger": "allowed"}, "trigger 'allowed' is not in its sentence"),
        ("event_reports", {"event_mention_id": "none"}, "(none): the snapshot has no such row"),
        ("events", {"quote": "Something else."}, "the quote 'Something else.' is not the stored sentence"),
        ("events", {"n_independent": "99"}, "n_independent is '99', and '3' is stored"),
        ("mentions", {"text": "Nvidia"}, "not 'Nvidia'"),
        ("articles", {"headline": "x", "content_hash": "1" * 64}, "content_hash is '1111"),
    ],
)
def test_a_row_that_does_not_hold_is_named(paths: Paths, file: str, changed: dict[str, str], fault: str) -> None:
    edit(paths.exports / f"{file}.csv", **changed)
    found = faults(paths)
    assert any(fault in line and line.startswith(f"{file}.csv row 1 ") for line in found), found


def test_a_stored_text_that_was_changed_is_found(paths: Paths) -> None:
    with connect.writing(paths.db) as con:
        con.execute("update article_revisions set text = text || ' More.' where title = 'Title a'")
    publish(paths.db, paths.snapshot)
    assert any("no longer has the hash" in line for line in faults(paths))


def test_a_stored_page_that_was_damaged_is_found(paths: Paths) -> None:
    next(paths.raw.rglob("*.zst")).write_bytes(b"junk")
    (line,) = faults(paths)
    assert line.startswith("raw pages row 1 ") and "is damaged" in line


def test_the_command_says_what_it_found_and_exits_with_it(paths: Paths) -> None:
    run = CliRunner().invoke(app, ["verify", "--db", str(paths.db)])
    assert run.exit_code == 0 and "hold: each was found" in run.stderr and run.stdout == ""
    edit(paths.exports / "mentions.csv", text="Nvidia")
    run = CliRunner().invoke(app, ["verify", "--db", str(paths.db)])
    assert run.exit_code == 1
    assert len(run.stdout.splitlines()) == 2, "what is stored, and what the text says"
    assert "2 faults in" in run.stderr


def test_nothing_to_verify_says_what_to_run(paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing exported in .*run `rivalry export` first"):
        verify(paths.snapshot, tmp_path / "nowhere")


# explain


def the_event(paths: Paths) -> str:
    with connect.open_reader(paths.snapshot) as con:
        ((found,),) = con.execute("select event_id from events").fetchall()
    return found


def test_an_event_is_explained_by_its_reports(paths: Paths) -> None:
    found = explain(paths.snapshot, the_event(paths)[:8])
    fields = {name: (value, why) for name, value, why in found.fields}
    assert fields["type"][0] == "EXPORT_CONTROL tighten"
    assert fields["date"] == ("2026-11-09 (day)", "report 1 gives it most exactly: the text names a weekday, counted "
                              "from the day of publication")  # fmt: skip
    assert "the reports differ: denied by 2, done by 1, 3, 4, 5" in fields["status"][1]
    assert "object:h20" in fields["claims"][1]
    assert found.reports[0].marked.startswith(
        "The [actor: Commerce Department] [trigger: barred] sales of the [object: H20]"
    )
    assert {r.outlet: r.counts for r in found.reports if r.outlet != "Paper"} == {
        "Wire": "counts as independent",
        "Times": "counts as independent",
        "Copier": "does not count: its source republishes others",
    }
    assert "does not count: nearly repeats 'Title a'" in {r.counts for r in found.reports}


def test_an_id_that_gave_way_leads_to_its_event(paths: Paths) -> None:
    found = explain(paths.snapshot, the_event(paths))
    assert found.other_ids
    assert explain(paths.snapshot, found.other_ids[0]).event_id == found.event_id


def test_an_unknown_id_names_the_nearest(paths: Paths) -> None:
    wrong = the_event(paths)[:-1] + "_"
    with pytest.raises(
        UserError, match=f"no event {wrong}; nearest: {the_event(paths)} .EXPORT_CONTROL tighten 2026-11-09"
    ):
        explain(paths.snapshot, wrong)
    run = CliRunner().invoke(app, ["explain", "nonsense", "--db", str(paths.db)])
    assert run.exit_code == 2 and "nearest" in run.stderr and len(run.stderr.splitlines()) == 1


def test_an_explanation_fits_a_terminal(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = CliRunner().invoke(app, ["explain", the_event(paths), "--db", str(paths.db)])
    assert run.exit_code == 0 and "[trigger: barred]" in run.stdout
    assert max(len(line.rstrip()) for line in run.stdout.splitlines() if "http" not in line) <= 80
