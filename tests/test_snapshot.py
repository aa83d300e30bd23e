"""The published snapshot: whole, documented, replaced in one step; and the views that analysts ask."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from extractors.errors import RunFailed, UserError
from extractors.outcomes import REASONS
from tests.warehouse_makers import (
    NOW,
    SENTENCE,
    article,
    dump,
    entry,
    event,
    finished,
    listed,
    night,
    outcome,
    reading,
    source,
)
from warehouse import connect, open_snapshot, snapshot
from warehouse.load import Finished
from warehouse.rows import records
from warehouse.summary import summary
from warehouse.views import View, create_views, read_views


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


def published(db: Path) -> Path:
    path = db.with_name("snapshot.duckdb")
    snapshot.publish(db, path, now=NOW)
    return path


def rows(db: Path, sql: str) -> list[dict]:
    with open_snapshot(published(db)) as con:
        return records(con, sql)


def test_a_snapshot_is_whole_and_says_what_it_is(db: Path) -> None:
    night(db, finished())
    with connect.writing(db) as con:
        names = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        before = dump(con, *names)
    path = published(db)
    with open_snapshot(path) as con:
        assert dump(con, *names) == before
        info = records(con, "from snapshot_info")
    assert info[0]["last_run_id"] == "r1" and info[0]["published_utc"] == NOW.replace(tzinfo=None)
    assert info[0]["snapshot_id"] == snapshot.publish(db, path, now=NOW), (
        "the same warehouse at the same time is the same snapshot"
    )
    assert sorted(p.name for p in db.parent.iterdir()) == ["coverage.duckdb", "snapshot.duckdb"]


def test_everything_an_analyst_meets_is_documented(db: Path) -> None:
    night(db, finished())
    with open_snapshot(published(db)) as con:
        bare = "select view_name as name from duckdb_views() where not internal and comment is null union all "
        bare += "select table_name from duckdb_tables() where comment is null"
        assert {row["name"] for row in records(con, bare)} == {"schema_migrations"}
        sql = "select table_name, column_name from duckdb_columns() where comment is null and table_name in "
        views = [v.name for v in read_views()]
        assert records(con, sql + str(tuple(views))) == []
        for view in views:
            con.execute(f"from {view}").fetchall()


def test_a_view_whose_columns_are_not_its_comments_is_refused(tmp_path: Path) -> None:
    (tmp_path / "numbers.sql").write_text("-- Numbers.\n-- on two lines\n-- n: a number\nselect 1 as n, 2 as m;\n")
    assert read_views(tmp_path) == [
        View("numbers", "Numbers. on two lines", {"n": "a number"}, "select 1 as n, 2 as m")
    ]
    with duckdb.connect() as con, pytest.raises(ValueError, match=r"differ: \['m'\]"):
        create_views(con, tmp_path)
    (tmp_path / "numbers.sql").write_text("select 1 as n")
    with pytest.raises(ValueError, match="first comment"):
        read_views(tmp_path)


def test_a_failed_publication_leaves_the_old_snapshot(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(db, finished())
    path = published(db)
    before = path.read_bytes()
    night(db, finished("b"), run_id="r2")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "create_views", full)
    with pytest.raises(RunFailed, match="is full"):
        snapshot.publish(db, path, now=NOW)
    assert path.read_bytes() == before
    assert sorted(p.name for p in db.parent.iterdir()) == ["coverage.duckdb", "snapshot.duckdb"]


def test_a_killed_publication_leaves_the_old_snapshot_and_the_next_one_works(db: Path) -> None:
    night(db, finished())
    path = published(db)
    before = path.read_bytes()
    code = (
        "import os, signal, sys; from pathlib import Path; from warehouse import snapshot\n"
        "snapshot.create_views = lambda con: os.kill(os.getpid(), signal.SIGKILL)\n"
        "snapshot.publish(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(db), str(path)], cwd=Path(__file__).parent.parent, check=False
    )
    assert killed.returncode == -9 and path.read_bytes() == before
    assert published(db) == path
    assert not list(db.parent.glob(".*"))


def test_readers_always_find_a_whole_snapshot(db: Path) -> None:
    night(db, finished())
    path = published(db)
    stop, faults = threading.Event(), []

    def read() -> None:
        code = "import sys; from pathlib import Path; from warehouse import open_snapshot\n"
        code += "con = open_snapshot(Path(sys.argv[1]))\n"
        code += "assert con.execute('select count(*) from event_evidence').fetchall()[0][0] == 1"
        while not stop.is_set():
            done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
            if done.returncode:
                faults.append(done.stderr)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(6):
        published(db)
    stop.set()
    reader.join()
    assert faults == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(db: Path) -> None:
    night(db, finished())
    folder = db.parent / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(UserError, match="closed"):
        snapshot.publish(db, folder / "s.duckdb")


def test_the_warehouse_is_never_its_own_snapshot(db: Path) -> None:
    with pytest.raises(UserError, match="is the warehouse itself"):
        snapshot.publish(db, db.parent / "." / db.name)


# views


def test_a_quiet_day_and_an_outage_are_told_apart(db: Path) -> None:
    day = timedelta(days=1)
    night(db, finished("a"), run_id="r0")
    night(db, run_id="r1", now=NOW + day)
    with connect.writing(db) as con:
        listed(con, "r3", source(), ok=False, reason="timeout", now=NOW + 3 * day)
    night(db, finished("b", read=reading(event(date="2026-11-13"))), run_id="r4", now=NOW + 4 * day)
    series = rows(
        db, "select day, n_events, runs, articles_read, sources_ok, sources_failed from events_by_day order by day"
    )
    assert [tuple(row.values()) for row in series] == [
        (date(2026, 11, 9), 1, 0, 0, 0, 0),
        (date(2026, 11, 10), 0, 1, 1, 1, 0),
        (date(2026, 11, 11), 0, 1, 0, 1, 0),  # quiet
        (date(2026, 11, 12), 0, 0, 0, 0, 0),  # nobody watched
        (date(2026, 11, 13), 1, 0, 0, 0, 1),  # the source failed
        (date(2026, 11, 14), 0, 1, 1, 1, 0),
    ]
    states = rows(db, "select state, failures from coverage_by_source_day order by day")
    assert [row["state"] for row in states] == ["ok", "ok", "no run", "outage", "ok"]
    assert states[3]["failures"] == ["timeout"]
    weeks = rows(db, "select week_start, n_events, days_with_runs, articles_read from events_by_week")
    assert [tuple(row.values()) for row in weeks] == [(date(2026, 11, 9), 2, 3, 2)]


def test_events_known_only_roughly_are_in_no_daily_count(db: Path) -> None:
    rough = [
        event(date="2026-10", precision="month"),
        event(date="2026-11-05", precision="week"),
        event(date=None, precision="unknown"),
    ]
    night(db, finished(read=reading(*rough)))
    assert rows(db, "from events_by_day") == []
    assert [(r["week_start"], r["n_events"]) for r in rows(db, "from events_by_week where n_events > 0")] == [
        (date(2026, 11, 2), 1)
    ]
    totals = summary(published(db))["totals"]
    assert (totals["events"], totals["events_on_a_day"], totals["events_undated"]) == (3, 0, 1)


def test_an_old_event_does_not_fill_years_with_zeros(db: Path) -> None:
    night(db, finished(read=reading(event(date="1999-05-05"), event(date="2026-11-09"))))
    days = rows(db, "select day, n_events from events_by_day order by day")
    assert len(days) == 1 + 366 + 1 and days[0]["day"] == date(1999, 5, 5)
    assert sum(row["n_events"] for row in days) == 2


def test_every_event_leads_to_a_sentence_and_an_address(db: Path) -> None:
    night(db, finished("a"), finished("b", "times"), sources=(source(), source("times")))
    evidence = rows(
        db,
        "select v.sentence, v.url, v.outlet from events e left join event_evidence v using (event_id) order by url",
    )
    assert [(r["sentence"], r["url"], r["outlet"]) for r in evidence] == [
        (SENTENCE, "https://times.example/b", "Times"),
        (SENTENCE, "https://wire.example/a", "Wire"),
    ]


def test_skipped_documents_give_their_last_reason(db: Path) -> None:
    batch = [
        Finished(outcome=outcome(entry(n), r, "fetch")) for n, r in (("a", "robots"), ("b", "timeout"), ("c", "robots"))
    ]
    night(db, *batch)
    night(db, finished("b"), run_id="r2", now=NOW + timedelta(days=1))
    skipped = summary(published(db))["skipped"]
    assert skipped == [{"reason": "robots", "meaning": REASONS["robots"], "n_documents": 2, "tried_again": False}]


def test_alliances_have_members_by_knowledge_and_by_report(db: Path) -> None:
    joins = event(
        type="ALLIANCE", direction="join", actors=("Huawei",), instrument="Chip 4", objects=(), target_countries=()
    )
    denied = replace(joins, actors=("Nvidia",), status="denied", date="2026-11-08")
    night(db, finished(read=reading(joins, denied)))
    with connect.writing(db) as con:
        con.execute("insert into alliance_members values ('all:chip-4', 'Chip 4', 'Taiwan', '2022', null, 'o1')")
        con.execute("insert into alliance_members values ('all:chip-4', 'Chip 4', 'Japan', '2022', '2024', 'o1')")
    found = summary(published(db))["alliances"]
    assert [(a["alliance"], a["members"], a["reported_members"]) for a in found] == [("Chip 4", ["Taiwan"], ["Huawei"])]


def test_dyads_go_from_actor_to_target_or_stand_together(db: Path) -> None:
    talks = event(
        type="DIPLOMACY",
        direction="",
        targets=(),
        target_countries=(),
        objects=(),
        actor_countries=("United States", "China"),
    )
    night(db, finished(read=reading(event(), talks)))
    dyads = rows(db, "select actor_country, target_country, basis, n_events from actor_dyads order by basis")
    assert [tuple(r.values()) for r in dyads] == [
        ("United States", "China", "target", 1),
        ("China", "United States", "together", 1),
    ]


def test_outlets_show_copies(db: Path) -> None:
    night(db, finished(), finished("b", copy_of=article().article_id, publisher="Daily"))
    found = rows(db, "select outlet, n_articles, n_copies, n_events from outlets order by outlet")
    assert [tuple(r.values()) for r in found] == [("Daily", 1, 1, 1), ("Wire", 1, 0, 1)]


def test_the_summary_of_an_empty_warehouse_is_empty(db: Path) -> None:
    connect.open_writer(db).close()
    found = summary(published(db))
    assert found["snapshot"]["last_run_id"] is None
    assert all(found[name] == [] for name in ("events_by_day", "alliances", "policies", "organisations", "skipped"))
