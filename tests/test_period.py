"""``rivalry report``: what happened in some days, beside the days before, and how well it was watched."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from extractors.errors import UserError
from flows.cli import app
from flows.settings import Paths
from tests.warehouse_makers import NOW, connect, event, finished, ledger, listed, night, reading, source
from tests.warehouse_makers import VERSIONS as READ_BY
from warehouse import snapshot
from warehouse.period import period

EVENTS = (
    event(),
    event(direction="ease", date="2026-11-01"),
    event(type="TARIFF", status="considered", date="2026-11-08"),
    event(type="SANCTION", date="2026-11", precision="month"),
    event(type="SANCTION", date=None, precision="unknown", objects=()),
    event(type="ALLIANCE", direction="join", actors=("Japan",), instrument="Chip 4", targets=(), date="2026-11-07"),
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights, on the second of which the source failed."""
    db = tmp_path_factory.mktemp("period") / "coverage.duckdb"
    night(db, *(finished(str(n), read=reading(what)) for n, what in enumerate(EVENTS)))
    later = NOW + timedelta(days=1)
    with connect.writing(db) as con:
        ledger.record_run_start(con, "r2", READ_BY, later)
        listed(con, "r2", source(), now=later, ok=False, reason="timeout")
        ledger.record_run_finish(con, "r2", later)
    snapshot.publish(db, Paths(db).snapshot)
    return db


def report(db: Path, *arguments: str, width: int = 80) -> Result:
    return CliRunner().invoke(app, ["report", "--db", str(db), *arguments], env={"COLUMNS": str(width)})


def test_an_event_counts_only_where_it_lies_in_the_days_for_sure(db: Path) -> None:
    found = period(Paths(db).snapshot, None, None)
    assert (found.first, found.last, found.days) == (date(2026, 11, 5), date(2026, 11, 11), 7)
    assert found.counts == {
        "n_events": 3,
        "n_possible": 4,
        "n_undated": 1,
        "days_with_runs": 2,
        "articles_read": 6,
        "days_with_outages": 1,
        "days_with_runs_before": 0,
    }
    kinds = {(r["type"], r["direction"]): tuple(r.values())[2:] for r in found.tables["kinds"]}
    assert kinds == {
        ("EXPORT_CONTROL", "tighten"): (1, 0, 0, 0),
        ("EXPORT_CONTROL", "ease"): (0, 0, 0, 1),
        ("TARIFF", "tighten"): (0, 1, 0, 0),
        ("ALLIANCE", "join"): (1, 0, 0, 0),
    }
    assert [(r["alliance"], r["member"]) for r in found.tables["alliances"]] == [("Chip 4", "Japan")]
    assert [(r["source"], r["n_outages"], r["failures"]) for r in found.tables["outages"]] == [("Wire", 1, ["timeout"])]


def test_the_terminal_says_it_in_80_columns(db: Path) -> None:
    done = report(db)
    assert done.exit_code == 0, done.exception
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in ("3 events; 1 more", "runs on 2 of 7 days", "Chip 4", "United States → China", "timeout"):
        assert words in " ".join(done.stdout.split())


def test_days_that_nobody_watched_are_said_to_be_unknown(db: Path) -> None:
    done = report(db, "--from", "2026-12-01", "--to", "2026-12-03")
    assert "nobody has watched since 2026-11-11" in done.stdout and "most reported events: none" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--from", "2026-11-09", "--to", "2026-11-01"), "--from 2026-11-09 is after --to 2026-11-01"),
        (("--from", "yesterday"), "--from takes a day as YYYY-MM-DD"),
    ],
)
def test_wrong_days_are_one_clear_line(db: Path, arguments: tuple[str, ...], line: str) -> None:
    done = report(db, *arguments)
    assert done.exit_code == 2 and line in done.stderr


def test_without_a_run_there_is_nothing_to_report(tmp_path: Path) -> None:
    connect.open_writer(tmp_path / "w.duckdb").close()
    snapshot.publish(tmp_path / "w.duckdb", tmp_path / "s.duckdb")
    with pytest.raises(UserError, match="no run has been made yet"):
        period(tmp_path / "s.duckdb", None, None)
