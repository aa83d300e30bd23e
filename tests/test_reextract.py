"""Reading the stored texts again: what changes is shown, then put in place whole or not at all."""

import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.settings import Paths
from tests.warehouse_makers import NOW, dump, event, finished, night, reading
from warehouse import connect
from warehouse.checks import run_checks
from warehouse.rereading import changes

ROOT = Path(__file__).parent.parent
TEXT = (
    "US bars sales of advanced AI chips to China\n\nThe United States Commerce Department on Monday banned exports of "
    "Nvidia's H20 artificial intelligence chips to China. Huawei and the Chip 4 group said nothing."
)
SENTENCE = TEXT.split("\n\n")[1].split(" Huawei")[0]
TABLES = ("articles", "event_mentions", "mentions", "events", "event_claims", "outcomes")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse whose events another extractor has read: one is invented, one lacks what was said."""
    db = tmp_path_factory.mktemp("built") / "coverage.duckdb"
    lacking = event(TEXT, SENTENCE, "banned", objects=("H20",), targets=(), target_countries=(), actors=("Huawei",))
    invented = event(TEXT, SENTENCE, "Nvidia", type="PRODUCT", direction="", objects=("H20",))
    old = reading(lacking, invented, text=TEXT)
    night(db, finished(text=TEXT, read=old), finished("early", text=TEXT, read=old, published=NOW - timedelta(days=40)))
    return db.parent


@pytest.fixture
def paths(built: Path, tmp_path: Path) -> Paths:
    shutil.copytree(built, tmp_path / "copy")
    return Paths(tmp_path / "copy" / "coverage.duckdb")


def rows(paths: Paths) -> dict[str, list[tuple]]:
    with connect.writing(paths.db) as con:
        return dump(con, *TABLES)


def told(*args: str, paths: Paths) -> tuple[int, str, str]:
    run = CliRunner().invoke(app, ["reextract", *args, "--db", str(paths.db)])
    return run.exit_code, run.stdout, run.stderr


@pytest.mark.slow
def test_what_would_change_is_shown_and_nothing_replaced(paths: Paths) -> None:
    before = rows(paths)
    code, shown, said = told("--diff", paths=paths)
    assert code == 0 and "2 texts read again; nothing was replaced" in said
    assert any(line.startswith("- ") and "PRODUCT" in line for line in shown.splitlines()), shown
    assert any(line.startswith("~ ") and "EXPORT_CONTROL tighten Huawei: " in line for line in shown.splitlines()), (
        shown
    )
    assert rows(paths) == before
    assert {p.name for p in paths.db.parent.iterdir()} <= {"coverage.duckdb", "coverage.duckdb.lock.mutex"}


@pytest.mark.slow
def test_the_new_readings_are_put_in_place_and_published_once(paths: Paths) -> None:
    outcomes = rows(paths)["outcomes"]
    code, shown, said = told(paths=paths)
    assert code == 0 and shown and "the new events are published" in said
    with connect.writing(paths.db) as con:
        assert run_checks(con) == []
        assert con.execute("select count(*) from events where type = 'PRODUCT'").fetchone() == (0,)
        assert con.execute("select count(distinct extractor_version) from articles").fetchone() == (1,)
    assert rows(paths)["outcomes"] == outcomes, "nothing was fetched, so nothing is counted as read"
    assert paths.snapshot.exists() and paths.exports.exists()
    code, shown, said = told(paths=paths)
    assert (code, shown) == (0, "") and "0 events appeared, 0 events vanished, 0 events changed" in said


@pytest.mark.slow
def test_only_texts_since_a_day_are_read(paths: Paths) -> None:
    code, _, said = told("--since", "2026-11-01", "--diff", paths=paths)
    assert code == 0 and "1 texts read again" in said


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_warehouse_as_it_was(paths: Paths) -> None:
    before = rows(paths)
    code = (
        "import os, signal, sys; from flows import reextracting; from flows.cli import app\n"
        "reextracting.publishing.check = lambda night: os.kill(os.getpid(), signal.SIGKILL)\n"
        "app(['reextract', '--db', sys.argv[1]])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(paths.db)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert rows(paths) == before
    assert told("--diff", paths=paths)[0] == 0, "the next run begins anew"


def test_no_warehouse_is_said_in_one_line(tmp_path: Path) -> None:
    code, _, said = told(paths=Paths(tmp_path / "none.duckdb"))
    assert code == 2 and "run `rivalry ingest` first" in said and len(said.splitlines()) == 1


def test_changes_between_two_warehouses(tmp_path: Path) -> None:
    old, new = tmp_path / "old.duckdb", tmp_path / "new.duckdb"
    night(old, finished(), finished("b", read=reading(event(type="TARIFF", trigger="sales"))))
    night(new, finished(read=reading(event(status="announced"))), finished("b", read=reading(event(objects=("A800",)))))
    shown = [str(change).split(" ", 2)[::2] for change in changes(old, new)]
    who = "Department of Commerce, United States -> China"
    assert shown == [
        ["+", f"2026-11-09 EXPORT_CONTROL tighten {who}"],
        ["~", f"2026-11-09 EXPORT_CONTROL tighten {who}: status done -> announced; statuses done -> announced"],
        ["-", f"2026-11-09 TARIFF tighten {who}"],
    ]
    assert changes(old, old) == []
