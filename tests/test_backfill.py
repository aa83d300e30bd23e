"""Filling in the past out of WARC files: every record counted, the rows a night's own, nothing read or stored twice."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner
from werkzeug import Response

from extractors.errors import Permanent, RunFailed, StageError, UserError
from extractors.ids import canonical_url, make_id
from extractors.language.screen import screen
from extractors.language.topic import judge
from extractors.outcomes import REASONS
from extractors.pages.quick import quick_text
from extractors.records import FeedEntry, RawPage, Source
from extractors.sources.warc import NoPage, WarcPage, pages
from flows import documents, publishing
from flows import night as steps
from flows.backfill import days, inputs, loading, reading, warcs
from flows.backfill.limits import limited
from flows.backfill.parts_folder import Manifest, PartsFolder
from flows.backfill.workers import on_this_machine
from flows.cli import app
from flows.fetching import Work
from tests import interface_makers
from tests import warc_makers as makers
from tests.warc_makers import DAY, OFF_TOPIC, WarcFile, newsroom_pages
from tests.warehouse_makers import dump, rows
from warehouse import checks, connect

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
DATA = ("articles", "article_revisions", "mentions", "event_mentions", "events", "event_reports", "entities")
# A page about nothing but the subject, short enough to be read in no time.
STORY = (
    "<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1><p>The United States added Huawei, of China,"
    " to the Entity List on Monday over Nvidia AI chips, the Commerce Department said. China called the export controls on chips"
    " economic coercion.</p><p>{more}</p></article></body></html>"
)


def story(title: str = "US lists Huawei", more: str = "Officials in Beijing said that they would answer.") -> bytes:
    return STORY.format(title=title, more=more).encode()


def records(path: Path) -> list[WarcPage | NoPage]:
    with path.open("rb") as stream:
        return list(pages(stream))


def read(path: Path, parts: str) -> Manifest:
    """A file read in this process."""
    return reading.read_file(warcs.job_of(str(path), PartsFolder(parts), None))


def data(db: Path, *without: str) -> dict[str, list[tuple]]:
    """The rows of the warehouse, without which run stored them and when."""
    gone = {"run_id", "ingested_utc", "stored_utc", "first_ingested_utc", *without}
    with connect.writing(db) as con:
        for table in DATA:
            columns = [row[0] for row in con.execute(f"select column_name from (describe {table})").fetchall()]
            dropped = ", ".join(c for c in columns if c in gone)
            con.execute(
                f"create temp table t_{table} as select * {f'exclude ({dropped})' if dropped else ''} from {table}"
            )
        return dump(con, *(f"t_{table}" for table in DATA))


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Manifest]]:
    """The sample newsroom's pages in two WARC files, half of them in each, already read: the parts folder and the manifests."""
    folder = tmp_path_factory.mktemp("newsroom")
    listed = newsroom_pages()
    manifests = []
    for name, some in (("one", listed[::2]), ("two", listed[1::2])):
        with WarcFile(folder / f"{name}.warc.gz") as warc:
            for url, body in some:
                warc.page(url, body, DAY)
                warc.page(f"{url}?harvest", OFF_TOPIC, DAY)
        manifests.append(read(folder / f"{name}.warc.gz", str(folder / "parts")))
    return str(folder / "parts"), manifests


@pytest.fixture(autouse=True)
def unpublished(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots, files and pages are not the point of these tests, and cost seconds each."""
    monkeypatch.setattr(publishing, "publish", lambda night: None)


# the first looks


def test_each_kind_of_record_ends_in_its_own_reason(tmp_path: Path) -> None:
    pdf = (("Content-Type", "application/pdf"),)
    chunked = (*makers.HTML, ("Transfer-Encoding", "chunked"))
    with WarcFile(tmp_path / "a.warc.gz") as warc:
        warc.page("https://a.example/page", b"<p>a", DAY)
        warc.page("https://a.example/moved", b"", DAY, status="301 Moved")
        warc.page("https://a.example/gone", b"", DAY, status="404 Not Found")
        warc.page("https://a.example/closed", b"", DAY, status="403 Forbidden")
        warc.page("https://a.example/down", b"", DAY, status="503 Down")
        warc.page("https://a.example/report.pdf", b"%PDF", DAY, headers=pdf)
        warc.page("dns:a.example", b"<p>a", DAY)
        warc.page("https://a.example/large", b" " * (10 * 2**20 + 1), DAY)
        warc.page("https://a.example/saved", b"<p>saved", DAY, kind="resource")
        warc.page("https://a.example/chunks", b"3\r\n<p>\r\n4\r\nabcd\r\n0\r\n\r\n", DAY, headers=chunked)
        warc.page("https://a.example/was-chunked", b"<p>whole", DAY, headers=chunked)
        warc.page("https://a.example/gzip", gzip.compress(b"<p>packed"), DAY)
        warc.page("https://a.example/bomb", gzip.compress(b" " * (60 * 2**20)), DAY)
        warc.page("https://a.example/same", b"", DAY, kind="revisit")
    found = records(tmp_path / "a.warc.gz")
    reasons = [r.reason if isinstance(r, NoPage) else r.body for r in found]
    assert reasons == [
        b"<p>a", "redirect", "gone", "client_error", "server_error", "not_html", "no_link", "too_large", b"<p>saved",
        b"<p>abcd", b"<p>whole", b"<p>packed", "too_large", "not_modified",
    ]  # fmt: skip
    assert {r.reason for r in found if isinstance(r, NoPage)} <= set(REASONS)
    first = found[0]
    assert isinstance(first, WarcPage)
    assert (first.key, first.captured, first.content_type) == (
        "https://a.example/page",
        DAY,
        "text/html; charset=utf-8",
    )


def test_a_page_lies_at_its_offset(tmp_path: Path) -> None:
    """The offset that ``article_origins`` keeps leads to the record again."""
    with WarcFile(tmp_path / "a.warc.gz") as warc:
        for name in "abc":
            warc.page(f"https://a.example/{name}", f"<p>{name}".encode(), DAY)
    found = [r for r in records(tmp_path / "a.warc.gz") if isinstance(r, WarcPage)]
    whole = (tmp_path / "a.warc.gz").read_bytes()
    assert f"WARC-Record-ID: {found[2].record_id}".encode() in gzip.decompress(whole[found[2].offset :])


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_that_is_cut_off_gives_what_it_has_and_says_so(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "a.warc"
    with WarcFile(path, compressed=compressed) as warc:
        for name in "abc":
            warc.page(f"https://a.example/{name}", f"<p>{name}".encode() + os.urandom(50_000).hex().encode(), DAY)
    path.write_bytes(path.read_bytes()[:-20_000])
    found = records(path)
    assert [isinstance(r, WarcPage) for r in found] == [True, True, False]
    assert found[2].reason == "unreadable" and "ends within the record" in found[2].detail


def test_what_is_no_warc_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"some text\n" * 100))
    with pytest.raises(Permanent, match="no WARC file"):
        records(path)


@given(st.lists(st.sampled_from(
    ["the", "of", "China", "Chinese", "Beijing's", "Huawei", "Washington", "U.S.", "US-led", "American", "AI", "chips", "semiconductors",
     "artificial", "intelligence", "Hong", "Kong", "harvest", "said", "machine", "main", "Nvidia", "export", "controls,", "(AI)", "sino-us"]),
    min_size=30, max_size=120))  # fmt: skip
def test_no_page_on_topic_fails_the_look_at_its_bytes(words: list[str]) -> None:
    text = f"In the end {' '.join(words)}."
    if judge(text).on_topic:
        assert screen(f"<html><p>{text}</p>".encode()) is None


def test_the_newsroom_is_looked_at_rightly() -> None:
    for url, body in newsroom_pages():
        title, text = quick_text(body)
        verdict = judge(f"{title}\n\n{text}")
        assert screen(body) is None or not verdict.on_topic, url


def test_pages_are_passed_over_by_their_bytes() -> None:
    assert screen(OFF_TOPIC) == "off_topic_bytes"
    assert screen(b"<p>China und die USA streiten um KI-Chips von Nvidia, US AI</p>") == "language"
    assert (
        screen(b"<p>In the MAINland of China, USERS ran on RAILS</p>") == "off_topic_bytes"
    )  # no US and no AI as words
    assert screen("China, the US and AI".encode("utf-16")) is None  # the signs do not stand byte by byte: it is read


# rows


def test_a_backfill_gives_the_rows_of_a_night(newsroom: tuple[str, list[Manifest]], tmp_path: Path) -> None:
    parts, manifests = newsroom
    counts = loading.load(manifests, PartsFolder(parts), tmp_path / "warc.duckdb", NOW, None)
    as_a_night(tmp_path / "night.duckdb")
    # The night fetched the same pages on the day of their capture; it also stored what was off topic.
    for name in ("mentions", "event_mentions", "events", "event_reports", "entities"):
        assert data(tmp_path / "warc.duckdb")[f"t_{name}"] == data(tmp_path / "night.duckdb")[f"t_{name}"], name
    on_topic = "select article_id, content_hash, title, published_utc, publisher, problems from articles where on_topic order by 1"
    assert rows(tmp_path / "warc.duckdb", on_topic) == rows(tmp_path / "night.duckdb", on_topic)
    assert counts.articles == len(rows(tmp_path / "warc.duckdb", "from articles")) > 35


def as_a_night(db: Path) -> None:
    """The newsroom's pages through the steps of a night."""
    night = steps.begin([reading.SOURCE], db, DAY)
    for url, body in newsroom_pages():
        key = canonical_url(url)
        entry = FeedEntry(
            entry_id=make_id("entry", "warc", key), source_id="warc", key=key, url=url, title="", publisher="newsroom.example"
        )  # fmt: skip
        answer = RawPage(
            url=url, final_url=url, status=200, fetched=DAY, body=body, content_type="text/html; charset=utf-8"
        )
        read_one = documents.read(night, [Work(entry=entry, raw=answer)])
        documents.save(night, documents.extract(night, read_one))
    steps.settle(night)


def test_every_record_is_counted_once(newsroom: tuple[str, list[Manifest]], tmp_path: Path) -> None:
    parts, manifests = newsroom
    db = tmp_path / "w.duckdb"
    loading.load(manifests, PartsFolder(parts), db, NOW, None)
    assert sum(sum(m.counts.values()) for m in manifests) == 2 * len(newsroom_pages())
    counted = dict(rows(db, "select reason, sum(records)::int from warc_counts group by 1"))
    assert counted == sum((Counter(m.counts) for m in manifests), Counter())
    assert counted["off_topic_bytes"] == len(newsroom_pages()) + 2  # a consent page and a missing one name nothing
    assert rows(db, "select count(*) from warc_files where records <> (select sum(records) from warc_counts c where c.file_id = warc_files.file_id)") == [(0,)]  # fmt: skip
    assert rows(db, "select count(*) from articles anti join article_origins using (article_id, content_hash)") == [
        (0,)
    ]
    assert rows(db, "select distinct failing_since_utc, silent_since_utc from sources") == [(None, None)]


def test_loading_twice_changes_nothing(newsroom: tuple[str, list[Manifest]], tmp_path: Path) -> None:
    parts, manifests = newsroom
    db = tmp_path / "w.duckdb"
    loading.load(manifests[:1], PartsFolder(parts), db, NOW, None)
    loading.load(manifests, PartsFolder(parts), db, NOW + timedelta(hours=1), None)
    before = data(db)
    assert loading.load(manifests, PartsFolder(parts), db, NOW + timedelta(days=1), None).articles == 0
    assert data(db) == before
    rows(db, "delete from warc_files")  # as if it had never been loaded: the same captures are known by their rows
    counts = loading.load(manifests, PartsFolder(parts), db, NOW + timedelta(days=2), None)
    assert set(counts.outcomes) <= {"known", "not_an_article", "soft_404", "consent_wall"} and counts.articles == 0
    assert data(db) == before


def test_of_several_captures_the_newest_stands_and_the_others_are_kept(tmp_path: Path) -> None:
    url, db, parts = "https://wire.example/lists", tmp_path / "w.duckdb", str(tmp_path / "parts")
    texts = {day: story(more=f"This was said on day {day}.") for day in (1, 2, 3)}
    for name, seen_on in (("late", (3, 2)), ("early", (1,)), ("later", (3,))):
        with WarcFile(tmp_path / f"{name}.warc.gz") as warc:
            for day in seen_on:
                warc.page(url, texts[day], DAY + timedelta(days=day + (5 if name == "later" else 0)))
    manifests = [read(tmp_path / f"{name}.warc.gz", parts) for name in ("late", "early", "later")]
    current = "select r.text, r.title from articles join article_revisions r using (article_id, content_hash)"
    loading.load(manifests[:1], PartsFolder(parts), db, NOW, None)
    assert "day 3" in rows(db, current)[0][0]
    counts = loading.load(manifests[:2], PartsFolder(parts), db, NOW + timedelta(hours=1), None)
    assert counts.outcomes == {"known": 1} and "day 3" in rows(db, current)[0][0]
    assert len(rows(db, "from article_revisions")) == 3  # every version that was ever seen
    counts = loading.load(manifests, PartsFolder(parts), db, NOW + timedelta(hours=2), None)
    assert counts.outcomes == {"known": 1}  # the newest capture says what is known
    assert len(rows(db, "from article_origins")) == 4
    with connect.writing(db) as con:
        assert checks.run_checks(con) == []


def test_copies_are_found_across_files_and_not_across_years(tmp_path: Path) -> None:
    parts = str(tmp_path / "parts")
    for name, day in (("a", 0), ("b", 3), ("c", 400)):
        with WarcFile(tmp_path / f"{name}.warc.gz") as warc:
            warc.page(f"https://{name}.example/story", story(), DAY + timedelta(days=day))
    manifests = [read(tmp_path / f"{name}.warc.gz", parts) for name in "abc"]
    loading.load(manifests, PartsFolder(parts), tmp_path / "w.duckdb", NOW + timedelta(days=500), None)
    originals = "select a.canonical_url, b.canonical_url from articles a left join articles b on b.article_id = a.copy_of order by 1"
    assert rows(tmp_path / "w.duckdb", originals) == [
        ("https://a.example/story", None),
        ("https://b.example/story", "https://a.example/story"),
        ("https://c.example/story", None),
    ]


# files and parts


def test_a_list_names_its_files_in_each_way_that_lists_do(tmp_path: Path, httpserver: HTTPServer) -> None:
    (tmp_path / "l.txt").write_text("# ours\na.warc.gz\n/srv/b.warc\ns3://bucket/c.warc.gz\na.warc.gz\n")
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress(b"crawl-data/CC-NEWS/d.warc.gz\n"))
    assert inputs.warc_paths([str(tmp_path / "l.txt"), "e.warc"]) == [
        f"{tmp_path}/a.warc.gz",
        "/srv/b.warc",
        "s3://bucket/c.warc.gz",
        "e.warc",
    ]
    base = "https://data.example/"
    assert inputs.warc_paths([str(tmp_path / "warc.paths.gz")], base) == [f"{base}crawl-data/CC-NEWS/d.warc.gz"]
    assert (
        inputs._whole("crawl-data/d.warc.gz", "https://data.example/x/warc.paths.gz", None)
        == f"{base}crawl-data/d.warc.gz"
    )
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "pages.txt").write_text("https://a.example/page.html\n")
    for listed, said in (
        ("empty.txt", "names no WARC file"),
        ("pages.txt", "no list of WARC files"),
        ("none.txt", "there is no file"),
    ):
        with pytest.raises(UserError, match=said):
            inputs.warc_paths([str(tmp_path / listed)])


def test_a_file_that_changes_is_read_again_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    path, parts = tmp_path / "a.warc.gz", PartsFolder(str(tmp_path / "parts"))
    with WarcFile(path) as warc:
        warc.page("https://a.example/x", OFF_TOPIC, DAY)
    job = warcs.job_of(str(path), parts, None)
    manifest = reading.read_file(job)
    assert parts.manifest(job.file_id) == manifest and reading.read_file(job).parts == manifest.parts
    with WarcFile(path) as warc:
        warc.page("https://a.example/x", OFF_TOPIC, DAY)
        warc.page("https://a.example/y", OFF_TOPIC, DAY)
    assert warcs.job_of(str(path), parts, None).fingerprint != manifest.fingerprint


def test_parts_lie_on_any_file_system_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    with WarcFile(tmp_path / "a.warc.gz") as warc:
        warc.page("https://a.example/x", story(), DAY)
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/warcs/a.warc.gz", (tmp_path / "a.warc.gz").read_bytes())
    folder = PartsFolder("memory://parts")
    manifest = reading.read_file(warcs.job_of("memory://warcs/a.warc.gz", folder, None))
    assert manifest.counts == {"loaded": 1} and set(manifest.parts) == {
        "documents",
        "articles",
        "mentions",
        "event_mentions",
    }
    assert loading.load([manifest], folder, tmp_path / "w.duckdb", NOW, None).articles == 1
    (damaged,) = [f for f in memory.find("/parts") if "/articles-" in f]
    memory.pipe_file(damaged, b"PAR1")
    with pytest.raises(UserError, match="missing or damaged"):
        loading.load([manifest], folder, tmp_path / "other.duckdb", NOW, None)


def test_a_file_by_web_address_is_fetched_by_the_guarded_client(tmp_path: Path, httpserver: HTTPServer) -> None:
    with WarcFile(tmp_path / "a.warc.gz") as warc:
        warc.page("https://a.example/x", story(), DAY)
    body = (tmp_path / "a.warc.gz").read_bytes()
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private")
    httpserver.expect_request("/a.warc.gz").respond_with_data(body, content_type="application/gzip")
    httpserver.expect_request("/l.txt").respond_with_data("a.warc.gz\n")
    url = httpserver.url_for("/a.warc.gz")
    job = warcs.job_of(url, PartsFolder(str(tmp_path / "parts")), None)
    with pytest.raises(Permanent, match="not public"):
        reading.read_file(job)  # a private address is refused, unless the source is on this machine by its own word
    local = Source(id="warc", name="Local", protocol="warc", url=url, local=True, rate=100)
    assert reading.read_file(replace(job, source=local)).counts == {"loaded": 1}
    with pytest.raises(StageError, match="robots"):
        inputs.download(httpserver.url_for("/private/a.warc.gz"), local, tmp_path / "x")


def test_a_download_that_breaks_off_is_no_file(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    whole = gzip.compress(os.urandom(100_000))
    httpserver.expect_request("/a").respond_with_response(Response(whole[:-500], headers={"Content-Encoding": "gzip"}))
    url = httpserver.url_for("/a")
    with pytest.raises(Permanent, match="cut off"):
        inputs.download(url, Source(id="w", name="w", protocol="warc", url=url, local=True, rate=100), tmp_path / "x")


# processes


def test_a_page_that_takes_for_ever_is_ended() -> None:
    with pytest.raises(Permanent, match="took more than"), limited(0.2):
        time.sleep(5)
    time.sleep(0.3)  # nothing is left that would interrupt what follows


def test_a_process_that_dies_takes_no_other_file_with_it(tmp_path: Path) -> None:
    jobs = []
    for name in ("good", "deadly", "fine"):
        with WarcFile(tmp_path / f"{name}.warc.gz") as warc:
            warc.page("https://a.example/x", OFF_TOPIC, DAY)
        jobs.append(warcs.job_of(str(tmp_path / f"{name}.warc.gz"), PartsFolder(str(tmp_path / "parts")), None))
    ended = {Path(job.path).name: end for job, end in on_this_machine(jobs, 2, makers.dies_of_deadly)}
    assert isinstance(ended["deadly.warc.gz"], Permanent) and "died" in ended["deadly.warc.gz"].detail
    assert isinstance(ended["good.warc.gz"], Manifest) and isinstance(ended["fine.warc.gz"], Manifest)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "flows.cli", "backfill", *map(str, arguments)]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


def some_files(folder: Path, number: int) -> list[Path]:
    """WARC files with a few of the newsroom's pages each."""
    listed = newsroom_pages()[: 2 * number]
    paths = [folder / f"{n}.warc.gz" for n in range(number)]
    for n, path in enumerate(paths):
        with WarcFile(path) as warc:
            for url, body in listed[n::number]:
                warc.page(url, body, DAY)
    return paths


@pytest.mark.slow
def test_a_backfill_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    files = [word for path in some_files(tmp_path, 4) for word in ("--warc", path)]
    db, parts = tmp_path / "w.duckdb", tmp_path / "w-parts"
    first = subprocess.Popen(command(*files, "--db", db, "--processes", 1), start_new_session=True)
    wait_for(lambda: list(parts.glob("*.json")))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    done = {path: path.stat().st_mtime_ns for path in parts.glob("*.json")}
    assert 0 < len(done) < 4 and not db.exists()
    again = subprocess.run(command(*files, "--db", db, "--processes", 2), capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert f"{len(done)} of 4 files were read before" in again.stderr
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in done.items())
    whole = tmp_path / "whole.duckdb"
    manifests = [read(path, str(tmp_path / "other")) for path in files[1::2]]
    loading.load(manifests, PartsFolder(str(tmp_path / "other")), whole, NOW, None)
    assert data(db, "place") == data(whole, "place")


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same(tmp_path: Path) -> None:
    paths = some_files(tmp_path, 4)
    address, processes = makers.dask_cluster(tmp_path, workers=2)
    try:
        files = [word for path in paths for word in ("--warc", path)]
        db, parts = tmp_path / "w.duckdb", tmp_path / "w-parts"
        running = subprocess.Popen(command(*files, "--db", db, "--cluster", address), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: list(parts.glob("*.json")), 120)
        processes[-1].kill()
        _, said = running.communicate(timeout=120)
        assert running.returncode == 0, said
    finally:
        makers.end(processes)
    whole = tmp_path / "whole.duckdb"
    manifests = [read(path, str(tmp_path / "other")) for path in paths]
    loading.load(manifests, PartsFolder(str(tmp_path / "other")), whole, NOW, None)
    assert data(db) == data(whole)


# the command


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    run = CliRunner().invoke
    for arguments, said in (
        (["--warc", str(tmp_path / "none.warc.gz")], "there is no file"),
        ([], "--warc"),
        (["--warc", str(tmp_path / "a.warc.gz"), "--cluster", "tcp://127.0.0.1:9"], "no Dask scheduler answers"),
    ):
        with WarcFile(tmp_path / "a.warc.gz") as warc:
            warc.page("https://a.example/x", OFF_TOPIC, DAY)
        result = run(app, ["backfill", *arguments, "--db", str(tmp_path / "w.duckdb")])
        assert result.exit_code == 2 and said in result.stderr, result.stderr


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "bad.warc.gz").write_bytes(gzip.compress(b"no WARC file"))
    with WarcFile(tmp_path / "good.warc.gz") as warc:
        warc.page("https://a.example/x", story(), DAY)
    given = [str(tmp_path / "bad.warc.gz"), str(tmp_path / "good.warc.gz")]
    with pytest.raises(RunFailed, match=r"1 of 2 WARC files could not be read"):
        warcs.backfill(given, tmp_path / "w.duckdb", NOW, processes=1)
    assert len(rows(tmp_path / "w.duckdb", "from articles")) == 1


# days gone by


def test_days_are_cut_at_the_ends_of_months() -> None:
    spans = [
        (f"{w.start:%m-%d %H:%M}", f"{w.end:%m-%d %H:%M}") for w in days.months(date(2025, 1, 30), date(2025, 3, 2))
    ]
    assert spans == [("01-30 00:00", "01-31 23:59"), ("02-01 00:00", "02-28 23:59"), ("03-01 00:00", "03-02 23:59")]
    (day,) = days.months(date(2025, 1, 30), date(2025, 1, 30))
    assert days.halves(day) == ()
    month = days.months(date(2025, 1, 1), date(2025, 1, 31))[0]
    assert [f"{w.start:%d}-{w.end:%d}" for w in days.halves(month)] == ["01-16", "17-31"]


def test_sources_are_asked_month_by_month_in_halves_where_they_have_too_much_and_once(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIVALRY_GUARDIAN_KEY", interface_makers.KEY)
    monkeypatch.setenv("RIVALRY_NYT_KEY", interface_makers.KEY)
    hits = [(f"a{n}", date(2025, 9, 1) + timedelta(days=n)) for n in range(60)]
    seen = interface_makers.answered(httpserver, "/api", interface_makers.nyt(hits))
    search = interface_makers.source(httpserver, "nyt-search", depth="headline", requests=2)
    feed = Source(id="feed", name="Feed", protocol="feed", url=httpserver.url_for("/feed"), local=True)
    db = tmp_path / "w.duckdb"

    spans = days.backfill(date(2025, 9, 1), date(2025, 10, 30), [search, feed], db, NOW)
    asked = [f"{s.window.start:%m-%d}/{s.window.end:%m-%d}" for s in spans]
    assert asked[:3] == ["09-01/09-30", "09-01/09-15", "09-16/09-30"] and "10-01/10-30" in asked
    assert (
        len(rows(db, "from entries where source_id = 'nyt-search'")) == 60
    )  # whatever two pages hold: nothing is left out
    assert rows(db, "select count(*) from entries where outcome is null") == [(0,)]
    assert rows(db, "select count(*) from runs where state <> 'finished'") == [(0,)]

    before = len(seen)
    assert days.backfill(date(2025, 9, 1), date(2025, 10, 30), [search, feed], db, NOW + timedelta(hours=1)) == []
    assert len(seen) == before
    with pytest.raises(UserError, match="can be asked about days"):
        days.backfill(date(2025, 9, 1), date(2025, 9, 2), [feed], db, NOW)
    with pytest.raises(UserError, match="span of days"):
        days.backfill(date(2025, 9, 2), date(2025, 9, 1), [search], db, NOW)
