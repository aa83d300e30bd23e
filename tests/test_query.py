"""Asking a snapshot: the sandbox, its limits, the macros, unknown names, the dictionary and the prompt."""

import itertools
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from threading import Timer

import duckdb
import pandas as pd
import polars as pl
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from typer.testing import CliRunner

from extractors.errors import UserError
from flows.cli import app
from flows.prompting import completer, prompt
from flows.settings import Paths
from tests.warehouse_makers import NOW, event, finished, listed, night, reading, source
from warehouse import connect, open_snapshot, snapshot
from warehouse.dictionary import look_up, markdown, read_dictionary
from warehouse.macros import create_macros, read_macros
from warehouse.query import answers, ask
from warehouse.rows import records
from warehouse.views import read_views

ENDLESS = "select count(*) from range(100000000) a, range(100000000) b where a.range + b.range = 7"
RIVALRY = str(Path(sys.executable).with_name("rivalry"))
run_app = CliRunner()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of two nights, an outage between them, and events of several kinds."""
    db = tmp_path_factory.mktemp("query") / "w.duckdb"
    joins = event(
        type="ALLIANCE",
        direction="join",
        actors=("Huawei",),
        targets=(),
        target_countries=(),
        instrument="Chip 4",
        objects=(),
        date="2026-11-05",
    )
    told = (
        event(),
        event(type="TARIFF", direction="ease", date="2026-10-12", objects=()),
        event(date="2026-11", precision="month", status="considered", objects=("Ascend",)),
        event(actors=("China",), targets=("Huawei",), actor_countries=("China",), target_countries=("United States",),
              date="2026-09-01", type="ENFORCEMENT", direction="", objects=()),
        event(date=None, precision="unknown", objects=("H800",)),
        joins,
    )  # fmt: skip
    night(db, finished("a", read=reading(*told)))
    with connect.writing(db) as con:
        con.execute(
            """insert into entities (entity_id, name, label, known) values
            ('gpe:united-states', 'United States', 'GPE', true), ('gpe:china', 'China', 'GPE', true)
            on conflict do nothing"""
        )
        con.execute(
            """insert into alliance_members values ('all:chip-4', 'Chip 4', 'Japan', '2022', '2024', 'o1'),
            ('all:chip-4', 'Chip 4', 'Taiwan', '2022-03', null, 'o1'), ('all:chip-4', 'Chip 4', 'Korea', null, null, 'o1')"""
        )
        listed(con, "r2", source(), ok=False, reason="timeout", now=NOW + timedelta(days=1))
    night(db, finished("b"), run_id="r3", now=NOW + timedelta(days=2))
    snapshot.publish(db, Paths(db).snapshot, now=NOW)
    return Paths(db).snapshot


def told(published: Path, sql: str) -> list[tuple]:
    with ask(published, sql) as answer:
        return list(answer.rows)


def refused(published: Path, sql: str, **limits: float) -> str:
    with open_snapshot(published) as con, pytest.raises(UserError) as caught:
        for answer in answers(con, sql, **limits):
            list(answer.rows)
    line = str(caught.value)
    assert "\n" not in line and len(line) < 300
    return line


# The sandbox


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("copy events to '/tmp/stolen.csv'", "out of reach"),
        ("export database '/tmp/stolen'", "out of reach"),
        ("from read_csv('/etc/passwd')", "out of reach"),
        ("from read_text('/etc/passwd')", "out of reach"),
        ("from glob('/*')", "out of reach"),
        ("from read_parquet('https://example.org/x.parquet')", "out of reach"),
        ("from '/etc/passwd'", "does not exist"),
        ("attach '/tmp/other.duckdb'", "out of reach"),
        ("attach ':memory:'", "out of reach"),
        ("install httpfs", "out of reach"),
        ("load httpfs", "out of reach"),
        ("create secret (type s3)", ""),
        ("set threads = 64", "settings can't be changed"),
        ("pragma memory_limit = '64GB'", "settings can't be changed"),
        ("set enable_external_access = true", "settings can't be changed"),
        ("delete from events", "read-only"),
        ("update events set type = 'x'", "read-only"),
        ("create table mine (a integer)", "read-only"),
        ("drop table events", "read-only"),
        ("select list(range) from range(2000000000)", "more than the 2 GB"),
        ("selekt 1", "syntax error"),
        ("select nothing from events", "not found"),
        ("from evnts", 'Did you mean "events"'),
        ("select 1; from evnts", 'Did you mean "events"'),
    ],
)
def test_what_reaches_out_of_the_snapshot_is_refused_in_one_line(sql: str, said: str, published: Path) -> None:
    before = published.read_bytes()
    assert said in refused(published, sql)
    assert published.read_bytes() == before
    assert not Path("/tmp/stolen.csv").exists() and not Path("/tmp/other.duckdb").exists()


def test_the_names_of_python_are_no_tables(published: Path) -> None:
    frame = pd.DataFrame({"n": [1]})
    assert "does not exist" in refused(published, "from frame")
    with open_snapshot(published) as con:
        con.register("mine", frame)
        assert con.sql("from mine").fetchall() == [(1,)], "a notebook may join its own frames"


def test_every_statement_has_its_answer(published: Path) -> None:
    with open_snapshot(published) as con:
        found = [
            (a.columns, list(a.rows))
            for a in answers(con, "create temp table mine as select 1 as n; from mine; select 'a;b' as t -- ; no more")
        ]
    assert found[1:] == [(("n",), [(1,)]), (("t",), [("a;b",)])]


def test_a_statement_that_never_ends_is_ended(published: Path) -> None:
    begun = time.monotonic()
    assert "ran longer than 0.5 seconds" in refused(published, ENDLESS, seconds=0.5)
    assert time.monotonic() - begun < 10


def test_rows_that_never_end_are_ended(published: Path) -> None:
    assert "longer than 0.5" in refused(published, "select a.range from range(1000000000) a", seconds=0.5)


def test_the_limit_is_for_each_statement_and_leaves_the_connection_usable(published: Path) -> None:
    with open_snapshot(published) as con:
        with pytest.raises(UserError, match="longer than"):
            list(answers(con, ENDLESS, seconds=0.3))
        time.sleep(0.5)
        assert [list(a.rows) for a in answers(con, "select 1", seconds=0.3)] == [[(1,)]]


def test_ctrl_c_ends_a_query(published: Path) -> None:
    Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt), open_snapshot(published) as con:
        list(answers(con, ENDLESS, seconds=30))


def test_ctrl_c_on_the_command_line_is_one_line(published: Path) -> None:
    db = published.with_name("w.duckdb")
    command = [RIVALRY, "sql", ENDLESS, "--db", str(db)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c) as asked:
        time.sleep(3)
        asked.send_signal(signal.SIGINT)
        _, said = asked.communicate(timeout=20)
    assert (asked.returncode, said) == (130, "rivalry: stopped; the query was ended\n")


def test_several_statements_are_shown_and_are_no_csv(published: Path) -> None:
    where = ["--db", str(published.with_name("w.duckdb"))]
    shown = run_app.invoke(app, ["sql", "select 1 as one; select 2 as two", *where])
    assert shown.exit_code == 0 and "one" in shown.stdout and "two" in shown.stdout
    both = run_app.invoke(app, ["sql", "select 1; select 2", "--csv", *where])
    assert both.exit_code == 2 and "here are 2" in both.stderr
    assert "the query is empty" in run_app.invoke(app, ["sql", "/* nothing */", *where]).stderr
    assert '{"n": 1}' in run_app.invoke(app, ["sql", "--json", *where], input="select 1 as n").stdout


def test_a_snapshot_of_another_version_says_how_to_mend_it(published: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.duckdb"
    old.write_bytes(published.read_bytes())
    with duckdb.connect(str(old)) as con:
        con.execute("delete from schema_migrations where version = (select max(version) from schema_migrations)")
        con.execute("drop table data_dictionary")
    assert "`rivalry ingest` publishes it anew" in refused(old, "from data_dictionary")
    with pytest.raises(UserError, match=r"published by an older rivalry .* run `rivalry ingest`"):
        read_dictionary(old)


# Macros


def test_events_between_takes_in_what_can_have_happened(published: Path) -> None:
    sql = "select date, certain from events_between('2026-11-01', '2026-11-10')"
    assert told(published, sql) == [("2026-11", False), ("2026-11-05", True), ("2026-11-09", True)]
    assert told(published, "select date from events_between(date '2026-11-30', date '2026-11-30')") == [("2026-11",)]


@pytest.mark.parametrize("name", ["Huawei", "huawei", " HUAWEI ", "Huawei Technologies"])
def test_a_timeline_is_found_by_any_name(name: str, published: Path) -> None:
    with connect.open_reader(published) as con:
        aliases = records(con, "select alias from entity_aliases where entity_id = 'org:huawei'")
    assert {"alias": "Huawei Technologies"} in aliases
    found = told(published, f"select date, roles, type, sentence <> '', url from timeline('{name}')")
    assert [row[:4] for row in found] == [
        ("2026-09-01", ["target"], "ENFORCEMENT", True),
        ("2026-11-05", ["actor"], "ALLIANCE", True),
    ]
    assert all(row[4].startswith("https://wire.example/") for row in found)


def test_a_timeline_ends_with_what_has_no_date(published: Path) -> None:
    dates = [row[0] for row in told(published, "select date from timeline('Department of Commerce')")]
    assert dates[-1] is None and dates[:-1] == sorted(dates[:-1]) and len(dates) > 3


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-12-31", [("Korea", False)]),
        ("2022-02-01", [("Japan", False), ("Korea", False)]),
        ("2022-03-10", [("Japan", False), ("Korea", False), ("Taiwan", False)]),
        ("2023-06-01", [("Japan", True), ("Korea", False), ("Taiwan", True)]),
        ("2024-05-01", [("Japan", False), ("Korea", False), ("Taiwan", True)]),
        ("2026-11-06", [("Huawei", True), ("Korea", False), ("Taiwan", True)]),
    ],
)
def test_members_on_a_day_tell_what_is_certain(day: str, expected: list[tuple], published: Path) -> None:
    assert told(published, f"select member, certain from members('chip 4', '{day}')") == expected


def test_coverage_of_a_source_shows_the_outage(published: Path) -> None:
    assert told(published, "select state, failures from coverage('WIRE')") == [
        ("ok", []),
        ("outage", ["timeout"]),
        ("ok", []),
    ]


def test_tension_counts_both_directions_without_gaps(published: Path) -> None:
    columns = "actor_country, n_tighten, n_ease, n_other, n_considered, net_tightening, days_with_runs"
    found = told(published, f"select period_start, {columns} from tension('united states', 'China', 'month')")
    us, china = "United States", "China"
    assert found == [
        (date(2026, 9, 1), china, 0, 0, 1, 0, 0, 0),
        (date(2026, 9, 1), us, 0, 0, 0, 0, 0, 0),
        (date(2026, 10, 1), china, 0, 0, 0, 0, 0, 0),
        (date(2026, 10, 1), us, 0, 1, 0, 0, -1, 0),
        (date(2026, 11, 1), china, 0, 0, 0, 0, 0, 2),
        (date(2026, 11, 1), us, 1, 0, 0, 1, 1, 2),
    ]
    weeks = told(published, "select distinct period_start from tension('China', 'United States', 'week') order by 1")
    assert [b[0] - a[0] for a, b in itertools.pairwise(weeks)] == [timedelta(days=7)] * (len(weeks) - 1)


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("'2026'", date(2026, 1, 1), date(2026, 12, 31)),
        ("'2024-02'", date(2024, 2, 1), date(2024, 2, 29)),
        ("'2026-11-05'", date(2026, 11, 5), date(2026, 11, 5)),
        ("null", None, None),
        ("'soon'", None, None),
    ],
)
def test_days_that_a_date_can_mean(iso: str, first: date | None, last: date | None, published: Path) -> None:
    assert told(published, f"select earliest_day({iso}), latest_day({iso})") == [(first, last)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("from timeline('Huawey')", "no entity 'Huawey'; the nearest: Huawei"),
        ("with t as (from timeline(entity_name := 'Huawey')) from t", "no entity 'Huawey'"),
        ("select 1 where 1 in (select 1 from timeline('Huawey'))", "no entity 'Huawey'"),
        ("from members('Chip Fore', '2024-01-01')", "no alliance 'Chip Fore'; the nearest: Chip 4"),
        ("from coverage('wir')", "no source 'wir'; the nearest: Wire"),
        ("from tension('China', 'Untied States', 'month')", "no country 'Untied States'; the nearest: United States"),
        ("from timeline('qqqq')", "no entity 'qqqq'; none is like it"),
    ],
)
def test_the_nearest_names_are_offered_for_an_unknown_one(sql: str, said: str, published: Path) -> None:
    assert said in refused(published, sql)


def test_a_macro_whose_columns_are_not_its_comments_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.sql").write_text("-- Twice a number.\n-- (a): the number\n-- n: twice it\nselect 2 * a as m\n")
    with duckdb.connect() as con, pytest.raises(ValueError, match=r"twice.sql: columns .* differ: \['m', 'n'\]"):
        create_macros(con, tmp_path)
    (tmp_path / "twice.sql").write_text("-- Twice a number.\n-- (a): the number\n2 * a\n")
    with duckdb.connect() as con:
        create_macros(con, tmp_path)
        assert con.execute("select twice(4)").fetchall() == [(8,)]
        assert records(con, "select comment from duckdb_functions() where function_name = 'twice'") == [
            {"comment": "Twice a number."}
        ]


# Names by rule, and the dictionary

ABBREVIATED = re.compile(r"(^|_)(cnt|num|dt|ts|desc|src|org|ent|pct|avg|qty|tmp|val)(_|$)")


def test_everything_is_documented_and_named_by_rule(published: Path) -> None:
    with open_snapshot(published) as con:
        parts = records(con, "from data_dictionary")
    assert [(p["name"], p["part_name"]) for p in parts if not p["about"]] == []
    for part in parts:
        name, type_ = part["part_name"].partition("(")[0], part["type"] or ""
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), name
        assert not ABBREVIATED.search(name), f"{part['name']}.{name}: write it out"
        if part["part"] != "column":
            continue
        where = f"{part['name']}.{name} {type_}"
        assert name.endswith("_utc") == (type_ == "TIMESTAMP"), f"{where}: naive UTC times, and only they, end in _utc"
        assert "TIME ZONE" not in type_, where
        assert not name.startswith("n_") or type_ in {"INTEGER", "BIGINT"}, f"{where}: n_ is a count"
        assert not re.search(r"_id(s|$)", name) or type_.startswith("VARCHAR"), f"{where}: ids are text"


def test_tables_and_views_are_plural_and_macros_are_listed_first(published: Path) -> None:
    entries = read_dictionary(published)
    singular = {
        e.name
        for e in entries
        if e.kind != "macro" and not e.name.partition("_by_")[0].endswith(("s", "seen", "coverage", "tension"))
    }
    assert singular <= {"run_history", "event_evidence", "snapshot_info", "data_dictionary"}
    kinds = [e.kind for e in entries]
    assert kinds == sorted(kinds, key=["macro", "view", "table"].index)
    assert {e.name for e in entries} >= {m.name for m in read_macros()} | {v.name for v in read_views()}
    assert look_up(entries, "TIMELINE('x')").call == "timeline(entity_name)"


def test_comments_reach_any_client(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as con:
        views = {v.name: v.about for v in read_views()}
        found = con.execute(
            "select view_name, comment from duckdb_views() where not internal union select table_name, comment from duckdb_tables()"
        ).fetchall()
        assert {name: about for name, about in found if name in views} == views
        macros = con.execute("select function_name, comment from duckdb_functions() where not internal").fetchall()
        assert dict(macros) == {m.name: m.about for m in read_macros()}


def test_the_dictionary_on_the_command_line(published: Path) -> None:
    where = ["--db", str(published.with_name("w.duckdb"))]
    listed_ = run_app.invoke(app, ["dictionary", *where])
    assert listed_.exit_code == 0 and all(e.name in listed_.stdout for e in read_dictionary(published))
    one = run_app.invoke(app, ["dictionary", "tension", *where]).stdout
    assert "tension(country, other_country, grain)" in one and "n_tighten" in one and "BIGINT" in one
    wrong = run_app.invoke(app, ["dictionary", "event_by_day", *where])
    assert wrong.exit_code == 2 and "did you mean events_by_day" in wrong.stderr
    page = run_app.invoke(app, ["dictionary", "--markdown", *where]).stdout
    assert page == markdown(read_dictionary(published))


# The prompt


def typed(published: Path, keys: str) -> None:
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text(keys)
        prompt(published, seconds=5)


def test_the_prompt_asks_over_several_lines_and_goes_on_after_an_error(
    published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lines = [
        "select 41 + 1",
        "as answer;",
        "from evnts;",
        ".tables",
        ".about timeline",
        ".about nothing",
        ".help",
        ".quit",
    ]
    typed(published, "".join(f"{line}\r" for line in lines))
    shown = capsys.readouterr()
    assert "answer" in shown.out and "42" in shown.out
    assert 'Did you mean "events"' in shown.err and "no table, view or macro 'nothing'" in shown.err
    assert "events_by_day" in shown.out and "timeline(entity_name)" in shown.out and "Ctrl-D leaves" in shown.out
    history = (tmp_path / "rivalry" / "sql_history").read_text()
    assert "+select 41 + 1\n+as answer;" in history


def test_the_prompt_completes_names(published: Path) -> None:
    def offered(text: str) -> list[str]:
        found = completer(read_dictionary(published)).get_completions(Document(text), CompleteEvent())
        return [c.text for c in found]

    assert "skipped_documents" in offered("select * from skip")
    assert "timeline" in offered("from TIME") and "n_independent" in offered("select n_ind")
    assert offered(".ab") == [".about"] and "select" in offered("sel")


def test_the_prompt_in_a_terminal_stops_a_query_and_goes_on(
    published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    master, slave = pty.openpty()
    db = published.with_name("w.duckdb")
    terminal = {"stdin": slave, "stdout": slave, "stderr": slave}
    with subprocess.Popen([RIVALRY, "sql", "--db", str(db)], preexec_fn=hear_ctrl_c, **terminal) as asked:
        os.close(slave)
        try:
            said = read_until(master, b"rivalry>")
            os.write(master, b"select 6 * 7;\r")
            said = read_until(master, b"42")
            os.write(
                master, b"select count(*) from range(100000000) a, range(100000000) b where a.range + b.range = 7;\r"
            )
            time.sleep(2)
            asked.send_signal(signal.SIGINT)
            said = read_until(master, b"stopped")
            time.sleep(1)  # until the prompt listens again
            os.write(master, b"\x04")
            assert asked.wait(20) == 0, said
        finally:
            asked.kill()
    os.close(master)
    assert "+select 6 * 7;" in (tmp_path / "rivalry" / "sql_history").read_text()


def hear_ctrl_c() -> None:
    """In the new process: a test run that was started in the background hands down that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def read_until(terminal: int, wanted: bytes, seconds: float = 30) -> bytes:
    said = b""
    end = time.monotonic() + seconds
    while wanted not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 65536)
    assert wanted in said, said[-500:]
    return said


# From Python


def test_a_snapshot_gives_relations_and_data_frames(published: Path) -> None:
    with open_snapshot(published) as con:
        relation = con.sql("select type, count(*) as n from events group by all order by all")
        assert list(relation.df().columns) == ["type", "n"]
        assert isinstance(relation.pl(), pl.DataFrame) and relation.pl()["n"].sum() == len(con.table("events").df())
        assert con.sql("from timeline('Huawei')").filter("type = 'ALLIANCE'").fetchall()
