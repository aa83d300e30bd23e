"""The warehouse's files: migrations, connections, the run lock and the raw pages."""

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import Permanent, RunFailed, UserError
from extractors.ids import bytes_hash
from tests.warehouse_makers import finished, night
from warehouse import connect, lock, open_snapshot, raw, snapshot
from warehouse.migrate import migrate, read_migrations

HOLD = "import duckdb, sys, time; con = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


# migrations


def test_migrating_twice_changes_nothing_and_records_checksums(db: Path) -> None:
    with connect.writing(db) as con:
        first = con.execute("from schema_migrations").fetchall()
        assert [row[1] for row in first] == [m.name for m in read_migrations()]
        assert migrate(con) == []
        assert con.execute("from schema_migrations").fetchall() == first


def test_a_failing_migration_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "0001_good.sql").write_text("create table good (x integer);")
    (tmp_path / "0002_bad.sql").write_text("create table half (x integer); insert into half values ('no number');")
    with duckdb.connect() as con:
        with pytest.raises(duckdb.ConversionException):
            migrate(con, tmp_path)
        tables = {row[0] for row in con.execute("show tables").fetchall()}
        assert tables == {"good", "schema_migrations"}
        (tmp_path / "0002_bad.sql").write_text("create table half (x integer);")
        assert migrate(con, tmp_path) == ["0002_bad.sql"]


def test_a_changed_migration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("create table one (x integer);")
    with duckdb.connect() as con:
        migrate(con, tmp_path)
        (tmp_path / "0001_one.sql").write_text("create table one (x bigint);")
        with pytest.raises(UserError, match=r"0001_one.sql has changed .* restore the file"):
            migrate(con, tmp_path)


def test_a_newer_warehouse_is_refused(db: Path) -> None:
    with connect.writing(db) as con:
        con.execute("insert into schema_migrations values (99, '0099_future.sql', 'x', now()::timestamp)")
    with pytest.raises(UserError, match=r"made by a newer rivalry .*0099_future.sql.*update"):
        connect.open_writer(db)


def test_another_programs_database_is_left_alone(db: Path) -> None:
    with duckdb.connect(str(db)) as con:
        con.execute("create table payroll (x integer)")
    with pytest.raises(UserError, match=r"another program's tables \(payroll\)"):
        connect.open_writer(db)
    with duckdb.connect(str(db)) as con:
        assert con.execute("show tables").fetchall() == [("payroll",)]


# connections


def test_a_locked_warehouse_names_the_process(db: Path) -> None:
    connect.open_writer(db).close()
    with subprocess.Popen([sys.executable, "-c", HOLD, str(db)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline() == "open\n"
        try:
            with pytest.raises(UserError, match=f"in use by process {holder.pid}; wait until"):
                connect.open_writer(db)
        finally:
            holder.kill()


def test_a_file_that_is_no_database_is_named(db: Path) -> None:
    db.write_bytes(b"a spreadsheet" * 1000)
    with pytest.raises(UserError, match="not a warehouse file"):
        connect.open_writer(db)
    with pytest.raises(UserError, match="not a warehouse file"):
        open_snapshot(db)


def test_a_full_disk_is_a_failed_run(db: Path) -> None:
    # The message is DuckDB 2.0.1's own, from a file system of 3 MB.
    with pytest.raises(RunFailed, match="is full; free some space"), connect.clear_errors(db):
        raise duckdb.IOException(f'IO Error: Could not write file "{db}": No space left on device')


def test_a_missing_snapshot_says_what_to_run(db: Path) -> None:
    with pytest.raises(UserError, match="run `rivalry ingest` first"):
        open_snapshot(db)


@pytest.mark.parametrize(
    "sql",
    [
        "create table x (a integer)",
        "insert into runs (run_id) values ('x')",
        "copy articles to 'out.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach 'other.duckdb'",
        "set memory_limit = '100GB'",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_the_reader_is_a_sandbox(db: Path, sql: str, tmp_path: Path) -> None:
    connect.open_writer(db).close()
    snapshot.publish(db, tmp_path / "s.duckdb")
    with open_snapshot(tmp_path / "s.duckdb") as con, pytest.raises(duckdb.Error):
        con.execute(sql)


# the run lock


def test_a_live_run_is_named_and_its_lock_left_alone(db: Path) -> None:
    with lock.run_lock(db) as dead:
        assert dead is None
        with pytest.raises(UserError, match=f"a run by process {os.getpid()} on "), lock.run_lock(db):
            pass
        assert json.loads(Path(f"{db}.lock").read_text())["pid"] == os.getpid()
    with lock.run_lock(db) as dead:
        assert dead is None


def test_the_lock_of_a_killed_run_is_taken_over(db: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from warehouse.lock import run_lock\n"
        "with run_lock(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(db)], check=False)
    assert killed.returncode == -9
    with lock.run_lock(db) as dead:
        assert dead is not None and dead.pid != os.getpid()


def held_by(db: Path, **fields: object) -> None:
    now = datetime.now(UTC).isoformat()
    owner = {"pid": 4, "host": "elsewhere", "born": "", "started": now, "renewed": now} | fields
    Path(f"{db}.lock").write_text(json.dumps(owner))


def test_another_hosts_lock_holds_until_it_expires(db: Path) -> None:
    held_by(db)
    with pytest.raises(UserError, match="process 4 on elsewhere"), lock.run_lock(db):
        pass
    held_by(db, renewed=(datetime.now(UTC) - timedelta(minutes=11)).isoformat())
    with lock.run_lock(db) as dead:
        assert dead is not None and dead.host == "elsewhere"


def test_a_process_number_used_again_is_not_the_owner(db: Path) -> None:
    held_by(db, pid=os.getpid(), host=lock.socket.gethostname(), born="1")
    with lock.run_lock(db) as dead:
        assert dead is not None


def test_the_lock_is_renewed_while_the_run_lasts(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.01)
    renewed = iter(f"2026-11-10T02:00:{n:02}+00:00" for n in range(60))
    monkeypatch.setattr(lock, "_now", lambda: next(renewed, "2026-11-10T02:01:00+00:00"))
    with lock.run_lock(db):
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while json.loads(Path(f"{db}.lock").read_text())["renewed"].endswith("02:00:00+00:00"):
            assert datetime.now(UTC) < deadline


# raw pages


@given(body=st.binary(max_size=3000))
def test_a_page_comes_back_as_it_was(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("raw")
    digest = raw.put(folder, body)
    assert digest == bytes_hash(body) == raw.put(folder, body)
    assert raw.get(folder, digest) == body
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*.*")] == [f"{digest[:2]}/{digest}.zst"]


def test_damage_is_found_and_mended_by_fetching_again(tmp_path: Path) -> None:
    digest = raw.put(tmp_path, b"<html>page</html>")
    path = tmp_path / digest[:2] / f"{digest}.zst"
    other = raw.put(tmp_path, b"another page")
    for damaged in (b"junk", path.read_bytes()[:-3], (tmp_path / other[:2] / f"{other}.zst").read_bytes()):
        path.write_bytes(damaged)
        with pytest.raises(Permanent, match="damaged"):
            raw.get(tmp_path, digest)
    raw.put(tmp_path, b"<html>page</html>")
    assert raw.get(tmp_path, digest) == b"<html>page</html>"
    path.unlink()
    with pytest.raises(Permanent, match="missing"):
        raw.get(tmp_path, digest)
    with pytest.raises(ValueError, match="not a SHA-256"):
        raw.get(tmp_path, "../../etc/passwd")


@pytest.mark.parametrize(("code", "raised"), [(errno.ENOSPC, RunFailed), (errno.EACCES, UserError)])
def test_a_page_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, raised: type[Exception]
) -> None:
    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(raw.os, "fsync", fail)
    with pytest.raises(raised):
        raw.put(tmp_path, b"page")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_snapshot_needs_no_writer(db: Path, tmp_path: Path) -> None:
    """An analyst reads while a run holds the warehouse, and keeps the old snapshot while a new one is published."""
    night(db, finished())
    published = tmp_path / "s.duckdb"
    snapshot.publish(db, published)
    with open_snapshot(published) as old:
        night(db, finished("b"), run_id="r2")
        with connect.writing(db):
            assert old.execute("select count(*) from articles").fetchone() == (1,)
        snapshot.publish(db, published)
        assert old.execute("select count(*) from articles").fetchone() == (1,)
    with open_snapshot(published) as new:
        assert new.execute("select count(*) from articles").fetchone() == (2,)
