"""The command line as its users meet it: what it prints, how it exits, and one line where something is wrong."""

import csv
import gzip
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from extractors.records import Source
from flows.cli import app
from flows.newsroom.content import last_day
from flows.newsroom.server import NewsroomServer, serve
from flows.settings import Paths
from tests.newsroom_makers import sources_file, write_sources
from tests.warehouse_makers import finished, night
from warehouse import snapshot

RIVALRY = Path(sys.executable).with_name("rivalry")
COMMANDS = [c.name or c.callback.__name__ for c in app.registered_commands]
NEWS = (
    "The U.S. Commerce Department added Huawei to the Entity List on Monday. "
    "China said that it would answer the American curbs on AI chips in kind."
)


def rivalry(*arguments: str, given: str | bytes | None = None, **env: str) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given, env={"COLUMNS": "200", **env}, catch_exceptions=True)


def complaint(result: Result, code: int = 2) -> str:
    """The one line that a command that failed says."""
    assert result.exit_code == code, (result.exit_code, result.stderr, result.exception)
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("rivalry: ") and "Traceback" not in line
    return line


def lines(result: Result) -> list[dict]:
    assert result.exit_code == 0, (result.stderr, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one article, published."""
    db = tmp_path_factory.mktemp("cli") / "w.duckdb"
    night(db, finished("a", title="Headline, with a comma"))
    snapshot.publish(db, Paths(db).snapshot)
    return db


@pytest.fixture(scope="module")
def newsroom() -> Iterator[NewsroomServer]:
    with serve(last_day()) as server:
        yield server


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """A sources file whose only source does not answer."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/feed.xml"
    row = Source(id="silent-herald", name="The Silent Herald", protocol="feed", url=url, local=True)
    return write_sources(tmp_path / "silent.toml", [row])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = rivalry(command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout and len(result.stdout) > 300


def test_help_names_every_command_and_answers_at_once() -> None:
    shown = subprocess.run([RIVALRY, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert set(COMMANDS) >= {"ingest", "read", "extract", "sql", "export", "sources", "status", "doctor", "serve"}
    assert all(name in shown for name in COMMANDS)
    heavy = "import sys, flows.cli; print([m for m in ('prefect', 'spacy', 'duckdb') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, timeout=60, check=True)
    assert loaded.stdout.strip() == "[]"


# Usage and configuration errors: exit code 2


def test_wrong_settings_of_a_run_are_said_before_it_begins(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[source.a]\nname = "A"\nprotocol = "fed"\nurl = "https://a.example/feed"\n')
    where = ("--db", str(tmp_path / "w.duckdb"))
    assert "must be one of feed, sitemap" in complaint(rivalry("ingest", "--sources", str(broken), *where))
    broken.write_text("[source.a\n")
    assert f"{broken}: not valid TOML" in complaint(rivalry("ingest", "--sources", str(broken), *where))
    assert "no such file" in complaint(rivalry("ingest", "--sources", str(tmp_path / "none.toml"), *where))
    assert "--since takes a day as YYYY-MM-DD" in complaint(rivalry("ingest", "--since", "last week", *where))
    assert "--since takes a day" in complaint(rivalry("ingest", "--since", "2025-02-30", *where))
    for option, value in (("--sources", str(broken)), ("--since", "2025-11-01")):
        assert f"{option}" in complaint(rivalry("ingest", "--sample", option, value, *where))
    for wrong in (("--cron", "every night"), ("--timezone", "Mars/Base")):
        assert "no schedule can be made" in complaint(rivalry("serve", *wrong))
    assert not (tmp_path / "w.duckdb").exists()


def test_unknown_commands_and_options_are_usage_errors() -> None:
    assert rivalry("digest").exit_code == 2
    assert rivalry("sql").exit_code == 2
    assert rivalry("export", "--format", "xlsx").exit_code == 2
    assert rivalry("ingest", "--sauces", "x").exit_code == 2


@pytest.mark.parametrize("command", [("sql", "select 1"), ("export",), ("status",)])
def test_where_nothing_has_run_yet_the_line_says_how_to_begin(command: tuple[str, ...], tmp_path: Path) -> None:
    assert "rivalry ingest" in complaint(rivalry(*command, "--db", str(tmp_path / "none.duckdb")))


def test_a_query_that_asks_nothing_or_two_forms_at_once() -> None:
    assert "the query is empty" in complaint(rivalry("sql", "  "))
    assert "exclude each other" in complaint(rivalry("sql", "select 1", "--csv", "--json"))
    assert "the warehouse has no name" in complaint(rivalry("status", RIVALRY_DB=""))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "w-snapshot.duckdb").write_bytes(b"notes " * 4000)
    line = complaint(rivalry("sql", "select 1", "--db", str(tmp_path / "w.duckdb")))
    assert "w-snapshot.duckdb is not a warehouse file" in line


def last_line(result: Result, code: int) -> str:
    """What a command that ran the flow in this process says last; before it there may be Prefect's own log."""
    assert result.exit_code == code, (result.stderr, result.exception)
    assert "Traceback" not in result.stderr
    line = result.stderr.strip().splitlines()[-1]
    assert line.startswith("rivalry: ")
    return line


@pytest.mark.slow
def test_a_run_on_what_is_no_database_or_in_use(prefect: str, silent: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("somebody's work\n" * 1000)
    run = ("ingest", "--sources", str(silent), "--db")
    assert "notes.txt is not a warehouse file" in last_line(rivalry(*run, str(notes)), 2)
    assert "somebody's work" in notes.read_text()

    db = tmp_path / "w.duckdb"
    holding = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holding, str(db)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        line = last_line(rivalry(*run, str(db)), 2)
        holder.communicate()
    assert f"is in use by process {holder.pid}; wait until it has finished" in line


@pytest.mark.slow
def test_a_run_whose_sources_all_fail_exits_1_with_one_line(prefect: str, silent: Path, tmp_path: Path) -> None:
    command = [RIVALRY, "ingest", "--sources", silent, "--db", tmp_path / "w.duckdb"]
    env = {**os.environ, "PREFECT_API_URL": prefect}
    run = subprocess.run(command, capture_output=True, text=True, timeout=180, env=env)
    assert run.returncode == 1, run.stderr
    (line,) = run.stderr.strip().splitlines()
    assert line.startswith("rivalry: all 1 sources failed")
    assert run.stdout == ""


@pytest.mark.slow
def test_a_run_prints_what_it_found_and_where_it_lies(prefect: str, newsroom: NewsroomServer, tmp_path: Path) -> None:
    listed = sources_file(tmp_path / "sources.toml", newsroom, "die-shrink-diary")
    db = tmp_path / "w.duckdb"
    result = rivalry("ingest", "--sources", str(listed), "--since", "2025-11-11", "--db", str(db))
    assert result.exit_code == 0, (result.stderr, result.exception)
    for part in ("events by day", "alliances", "policies", "organisations", "skipped, and why", str(Paths(db).page)):
        assert part in result.stdout
    assert "before_since" in result.stdout
    assert "die-shrink-diary" in rivalry("status", "--db", str(db)).stdout


# extract and read


def test_extract_gives_names_families_and_events_as_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "news.txt"
    file.write_text(NEWS, encoding="utf-8")
    (row,) = lines(rivalry("extract", str(file), "--published", "2019-05-21"))
    assert set(row) >= {"doc", "on_topic", "relevance", "mentions", "policy_families", "events"}
    assert (row["doc"], row["on_topic"]) == (str(file), True)
    assert "sanction_list" in row["policy_families"]
    fields = {"start", "end", "text", "label", "entity", "entity_id", "method"}
    assert all(set(m) == fields and NEWS[m["start"] : m["end"]] == m["text"] for m in row["mentions"])
    assert {"Huawei", "Entity List"} <= {m["entity"] for m in row["mentions"]}
    assert row["events"]
    promised = "type direction actors targets instrument objects amount currency date precision status attribution"
    for event in row["events"]:
        assert set(event) >= {*promised.split(), "trigger", "start", "end", "confidence"}
        assert event["trigger"] in NEWS[event["start"] : event["end"]]


def test_extract_reads_several_texts_and_standard_input(tmp_path: Path) -> None:
    rows = [{"url": "https://a.example/1", "text": NEWS, "published": "2019-05-21T08:00:00Z"}, {"text": "Pandas."}]
    given = "".join(json.dumps(r) + "\n" for r in rows)
    named, unnamed = lines(rivalry("extract", "-", given=given))
    assert (named["doc"], unnamed["doc"]) == ("https://a.example/1", "-:2")
    assert (named["on_topic"], unnamed["on_topic"], unnamed["events"]) == (True, False, [])
    (plain,) = lines(rivalry("extract", "-", given="Ein Satz über Pandas.\n"))
    assert plain["doc"] == "-" and plain["on_topic"] is False


def test_extract_says_what_is_wrong_with_its_input(tmp_path: Path) -> None:
    assert "there is no file" in complaint(rivalry("extract", str(tmp_path / "none.txt")))
    assert "is not UTF-8 text" in complaint(rivalry("extract", "-", given="café".encode("latin-1")))
    assert 'no "text" in this line' in complaint(rivalry("extract", "-", given='{"title": "A"}\n'))
    assert "must be an ISO date" in complaint(rivalry("extract", "-", given='{"text": "A", "published": "May"}\n'))
    assert "--published takes a day" in complaint(rivalry("extract", "-", "--published", "May", given="A"))
    assert "no spaCy pipeline 'none_such'" in complaint(rivalry("extract", "-", "--model", "none_such", given="A"))


@pytest.fixture
def page(newsroom: NewsroomServer) -> bytes:
    path = next(s.path for s in newsroom.newsroom.stories if s.id == "chip-smuggling-cases")
    return newsroom.newsroom.answer(path, newsroom.base)[2]


def test_read_gives_a_line_a_page_whatever_the_page(page: bytes, tmp_path: Path) -> None:
    packed = gzip.compress(page)
    contents = {
        "page.html": page,
        "page.html.gz": packed,
        "empty.html": b"",
        "binary.html": bytes(range(256)) * 20,
        "cut.html.gz": packed[: len(packed) // 2],
        "torn.html.gz": packed[:40] + b"\xff" * 40 + packed[80:],
    }
    for name, body in contents.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "folder.html").mkdir()
    files = [str(tmp_path / name) for name in [*contents, "folder.html"]]
    rows = lines(rivalry("read", *files))
    assert [row["page"] for row in rows] == files
    good, unpacked, *bad = rows
    assert good["published"] == "2025-11-12T12:30:00+00:00" and good["authors"] and len(good["text"]) > 500
    assert {k: v for k, v in unpacked.items() if k != "page"} == {k: v for k, v in good.items() if k != "page"}
    assert all(row["problems"] and row["text"] == "" for row in bad)
    assert "there is no file" in complaint(rivalry("read", str(tmp_path / "none.html")))


def test_read_fetches_an_address_and_refuses_private_ones(newsroom: NewsroomServer) -> None:
    (row,) = lines(rivalry("read", f"{newsroom.base}/meridian-wire/"))
    assert row["problems"][0].startswith("refused_address")


def test_what_read_prints_extract_reads(page: bytes, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page)
    pipe = f"'{RIVALRY}' read '{file}' --url https://paper.example/chips | '{RIVALRY}' extract -"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", pipe], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["doc"] == str(file) and row["on_topic"] and row["mentions"]


# the analyst's commands


def test_sql_prints_a_table_csv_and_json_lines(db: Path) -> None:
    query = "select title, ingested_utc, authors, copy_of from articles"
    where = ("--db", str(db))
    table = rivalry("sql", query, *where)
    assert table.exit_code == 0 and "Headline, with a comma" in table.stdout and "1 row" in table.stdout
    header, row = csv.reader(io.StringIO(rivalry("sql", query, "--csv", *where).stdout))
    assert header == ["title", "ingested_utc", "authors", "copy_of"]
    assert row == ["Headline, with a comma", "2026-11-10 02:00:00", "", ""]
    (found,) = lines(rivalry("sql", query, "--json", *where))
    assert (found["title"], found["copy_of"]) == ("Headline, with a comma", None)
    assert lines(rivalry("sql", "select 1 as n where false", "--json", *where)) == []
    assert "none" in rivalry("sql", "select 1 as n where false", *where).stdout


def test_sql_shows_the_first_rows_of_many_and_says_so(db: Path) -> None:
    many = rivalry("sql", "select range as n from range(600)", "--db", str(db))
    assert many.exit_code == 0 and "only the first 500 rows" in many.stderr
    assert len(lines(rivalry("sql", "select range as n from range(600)", "--json", "--db", str(db)))) == 600


@pytest.mark.parametrize(
    "query",
    [
        "select nonsense from articles",
        "selekt 1",
        "delete from articles",
        "copy articles to 'stolen.csv'",
        "select * from read_csv('/etc/passwd')",
    ],
)
def test_sql_refuses_in_one_line(query: str, db: Path) -> None:
    assert len(complaint(rivalry("sql", query, "--db", str(db)))) > 20


def test_export_writes_csv_and_parquet(db: Path, tmp_path: Path) -> None:
    printed = rivalry("export", "--out", str(tmp_path / "csv"), "--db", str(db))
    assert printed.exit_code == 0
    assert sorted(printed.stdout.split()) == sorted(str(p) for p in (tmp_path / "csv").iterdir())
    assert b"\r\n" in (tmp_path / "csv" / "events.csv").read_bytes()
    result = rivalry("export", "--out", str(tmp_path / "pq"), "--format", "parquet", "--db", str(db))
    assert result.exit_code == 0
    assert pq.read_table(tmp_path / "pq" / "events.parquet").num_rows == 1
    (tmp_path / "file").write_text("in the way")
    assert "give another folder" in complaint(rivalry("export", "--out", str(tmp_path / "file" / "x"), "--db", str(db)))


def test_the_environment_names_the_warehouse(db: Path) -> None:
    result = rivalry("sql", "select count(*) as n from articles", "--json", RIVALRY_DB=str(db))
    assert lines(result) == [{"n": 1}]


def test_sources_are_listed_and_one_is_checked(newsroom: NewsroomServer, silent: Path, tmp_path: Path) -> None:
    assert "nyt-technology" in rivalry("sources").stdout
    file = str(sources_file(tmp_path / "sources.toml", newsroom))
    answered = rivalry("sources", "jade-river-daily", "--sources", file)
    assert answered.exit_code == 0 and "entries" in answered.stderr and "2025-11-12" in answered.stdout
    assert "perhaps jade-river-daily" in complaint(rivalry("sources", "jade-river", "--sources", file))
    assert "silent-herald" not in complaint(rivalry("sources", "meridian-wire", "--sources", str(silent)))
    failed = rivalry("sources", "silent-herald", "--sources", str(silent))
    assert "robots_unavailable" in complaint(failed, 1) or "unreachable" in complaint(failed, 1)


def test_status_shows_runs_and_sources(db: Path) -> None:
    result = rivalry("status", "--db", str(db))
    assert result.exit_code == 0
    assert "finished" in result.stdout and "wire" in result.stdout


def test_doctor_finds_nothing_wrong_or_says_what(db: Path, tmp_path: Path) -> None:
    well = rivalry("doctor", "--db", str(db))
    assert (well.exit_code, "WRONG" in well.stdout) == (0, False), well.stdout
    assert "en_rivalry" in well.stdout
    notes = tmp_path / "notes.duckdb"
    notes.write_bytes(b"notes " * 4000)
    ill = rivalry("doctor", "--db", str(notes))
    assert "the table says how to mend it" in complaint(ill, 1)
    assert "notes.duckdb is not a warehouse file" in " ".join(ill.stdout.split())
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(notes))


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    result = rivalry("--debug", "extract", str(tmp_path / "none.txt"))
    assert result.exit_code == 1 and "there is no file" in str(result.exception)
    assert rivalry("extract", str(tmp_path / "none.txt")).exit_code == 2, "and only for that command"
