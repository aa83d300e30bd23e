"""The night as a whole, over the sample newsroom and real HTTP: nothing lost, nothing twice, nothing wrong shown."""

import functools
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from prefect.artifacts import Artifact

from extractors.errors import RunFailed, UserError
from extractors.outcomes import REASONS
from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy
from extractors.records import Counts, Source
from flows import discovering, nightly
from flows.newsroom.content import Story, last_day, load_stories
from flows.newsroom.server import Newsroom, NewsroomServer, serve
from flows.settings import Paths
from tests.warehouse_makers import dump, rows
from warehouse import checks, connect, lock, open_snapshot, resolve

FIRST = datetime(2025, 11, 7, 8, tzinfo=UTC)
LAST = last_day().astimezone(UTC) + timedelta(hours=6)
DATA = ("articles", "article_revisions", "mentions", "event_mentions", "events", "event_reports", "entities")
TASKS = ("discover", "triage", "fetch", "read", "extract", "save", "read_posts", "settle", "check", "publish")
TRIAGED = "jade-river-daily"  # of this source alone, headlines off topic are left unfetched


def sources(newsroom: Newsroom, base: str, *only: str) -> list[Source]:
    rows = [replace(s, triage=s.id == TRIAGED) for s in newsroom.sources(base)]
    return [s for s in rows if not only or s.id in only]


def plainly(patch: pytest.MonkeyPatch) -> None:
    """Take the steps of the flow without Prefect, which is not the point of most tests and costs seconds."""
    for name in TASKS:
        step = getattr(nightly, name)
        patch.setattr(nightly, name, getattr(step, "fn", step))


def night(server: NewsroomServer, db: Path, now: datetime, *only: str, more: Sequence[Source] = ()) -> Counts:
    """A night over the sources named ``only``, or all of the newsroom's, and ``more``."""
    server.newsroom.set_clock(now)
    return nightly.nightly.fn(sources=[*more, *sources(server.newsroom, server.base, *only)], db=str(db), now=now)


def data(db: Path) -> dict[str, list[tuple]]:
    """The data of a warehouse without the ids of the runs that made it."""
    with connect.writing(db) as con:
        return {t: sorted(con.execute(f"select * exclude ({_run(t)}) from {t}").fetchall(), key=repr) for t in DATA}


def _run(table: str) -> str:
    return "known" if table == "entities" else "run_id"


def pages(seen: Counter[str]) -> dict[str, int]:
    return {path: n for path, n in seen.items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def newsroom() -> Iterator[NewsroomServer]:
    with serve(FIRST) as server:
        yield server


@pytest.fixture
def seen(newsroom: NewsroomServer, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each address of the newsroom was asked for."""
    counted: Counter[str] = Counter()
    answer = newsroom.newsroom.answer

    def counting(path: str, base: str):
        counted[path] += 1
        return answer(path, base)

    monkeypatch.setattr(newsroom.newsroom, "answer", counting)
    return counted


@dataclass(frozen=True)
class Nights:
    """What two nights left: the warehouse, and the newsroom that it was read from."""

    db: Path
    server: NewsroomServer

    def reasons(self, now: datetime) -> dict[str, str]:
        found = rows(
            self.db,
            "select o.key, o.reason from outcomes o join runs r using (run_id) where r.started_utc = ? order by all",
            now.replace(tzinfo=None),
        )
        assert len(found) == len(dict(found)), "one outcome a document and run"
        return {key.removeprefix(self.server.base): reason for key, reason in found}


@pytest.fixture(scope="module")
def nights(prefect: str, newsroom: NewsroomServer, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Two nights as real Prefect flow runs."""
    db = tmp_path_factory.mktemp("nights") / "w.duckdb"
    for now in (FIRST, LAST):
        newsroom.newsroom.set_clock(now)
        state = nightly.nightly(
            sources=sources(newsroom.newsroom, newsroom.base), db=str(db), now=now, return_state=True
        )
        assert state.is_completed(), state
    return Nights(db, newsroom)


def stories(case: str) -> list[Story]:
    return [s for s in load_stories(LAST) if s.case == case]


@pytest.mark.slow
def test_every_listed_document_ends_once_with_its_reason(nights: Nights) -> None:
    first, last = nights.reasons(FIRST), nights.reasons(LAST)
    assert set(first) == {s.path for s in load_stories(FIRST)}
    assert set(last) == {s.path for s in load_stories(LAST)}, "what is known ends anew, as known"
    assert {*first.values(), *last.values()} <= set(REASONS)
    assert all(last[path] == "known" for path, reason in first.items() if path not in paths_of("correction"))
    ended = last | first
    for case, expected in {
        "consent_wall": "consent_wall",
        "soft_404": "soft_404",
        "robots_disallowed": "robots",
        "paywall": "partial",
        "headline_only": "gone",
    }.items():
        assert {ended[path] for path in paths_of(case)} == {expected}, case
    assert {first[path] for path in paths_of("correction")} == {"loaded"}
    assert {last[path] for path in paths_of("correction")} == {"revised"}
    ordinary = Counter(
        ended[p] for c in ("plain", "syndicated", "same_event", "older_event", "undated") for p in paths_of(c)
    )
    assert set(ordinary) <= {"loaded", "off_topic", "off_topic_headline"}
    assert ordinary["loaded"] > 0.8 * ordinary.total()


def paths_of(case: str) -> set[str]:
    return {s.path for s in stories(case)}


@pytest.mark.slow
def test_what_is_off_topic_is_not_read(nights: Nights) -> None:
    ended = nights.reasons(LAST) | nights.reasons(FIRST)
    assert {ended[p] for p in paths_of("off_topic")} == {"off_topic", "off_topic_headline"}
    found = "select count(*) from articles where not on_topic and article_id in (select article_id from mentions)"
    assert rows(nights.db, found) == [(0,)]
    unfetched = [key for (key,) in rows(nights.db, "select key from outcomes where reason = 'off_topic_headline'")]
    assert unfetched
    assert rows(nights.db, "select count(*) from fetches where list_contains(?, key)", unfetched) == [(0,)]


@pytest.mark.slow
def test_copies_lead_to_their_original_and_a_correction_stands_beside_what_it_corrects(nights: Nights) -> None:
    ids = dict(rows(nights.db, "select canonical_url, article_id from articles"))
    copies = dict(rows(nights.db, "select canonical_url, copy_of from articles where copy_of is not null"))
    by_id = {s.id: s for s in load_stories(LAST)}
    base = nights.server.base
    expected = {base + s.path: ids[base + by_id[s.copy_of].path] for s in stories("syndicated")}
    assert copies == expected
    (correction,) = stories("correction")
    versions = rows(
        nights.db,
        "select title from article_revisions where article_id = ? order by stored_utc",
        ids[base + correction.path],
    )
    early = next(s for s in load_stories(FIRST) if s.id == correction.id)
    assert versions == [(early.title,), (correction.title,)]


@pytest.mark.slow
def test_the_data_checks_pass_and_analysts_get_snapshot_files_and_page(nights: Nights) -> None:
    with connect.writing(nights.db) as con:
        assert checks.run_checks(con) == []
        published = {t: con.execute(f"select count(*) from {t}").fetchone() for t in DATA}
    where = Paths(nights.db)
    with open_snapshot(where.snapshot) as con:
        assert {t: con.execute(f"select count(*) from {t}").fetchone() for t in DATA} == published
        assert con.execute("select last_run_state from snapshot_info").fetchone() == ("finished",)
    written = {p.name: p.read_bytes().count(b"\r\n") for p in where.exports.iterdir()}
    assert written["articles.csv"] > 1 and {"events.csv", "mentions.csv", "coverage.csv"} <= set(written)
    assert "<html" in where.page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_prefect_interface_shows_what_the_run_came_to(nights: Nights) -> None:
    assert "loaded" in str(Artifact.get("nightly-summary").data)
    assert "meridian-wire" in str(Artifact.get("nightly-sources").data)


@pytest.mark.slow
def test_running_again_changes_nothing(nights: Nights, monkeypatch: pytest.MonkeyPatch, seen: Counter[str]) -> None:
    plainly(monkeypatch)
    with connect.writing(nights.db) as con:
        before = dump(con, *DATA)
    night(nights.server, nights.db, LAST + timedelta(hours=1))
    assert nights.reasons(LAST + timedelta(hours=1)) == {}, "every list answers 304"
    rows(nights.db, "update sources set etag = null, last_modified = null")
    night(nights.server, nights.db, LAST + timedelta(hours=2))
    assert set(nights.reasons(LAST + timedelta(hours=2)).values()) == {"known"}
    assert pages(seen) == {}
    with connect.writing(nights.db) as con:
        assert dump(con, *DATA) == before


@pytest.mark.slow
def test_events_rebuilt_from_scratch_are_the_same(nights: Nights) -> None:
    with connect.writing(nights.db) as con:
        before = dump(con, "events", "event_reports")
        assert resolve.resolve(con, everything=True) == len(before["events"])
        assert dump(con, "events", "event_reports") == before


# A night that is killed

SOME = ("fennimore-institute", "brasswick-ledger", "larkhaven-courier")

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import pytest
from flows import documents, fetching, nightly, publishing
from flows.newsroom.server import Newsroom
from tests.test_nightly import SOME, plainly, sources
from warehouse import export, listing, load

base, db, now, point = sys.argv[1:]
plainly(pytest.MonkeyPatch())
fetching.LOG_SECONDS = 0.0
place, name, calls = {
    "while lists are stored": (listing, "save_listing", 2),
    "while pages are fetched": (fetching.raw, "put", 5),
    "within the loading": (load, "record_outcomes", 1),
    "while it is published": (export, "export", 1),
}[point]
step, left = getattr(place, name), [calls]

def dying(*args, **kwargs):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*args, **kwargs)

setattr(place, name, dying)
now = datetime.fromisoformat(now)
nightly.nightly.fn(sources=sources(Newsroom(now), base, *SOME), db=db, now=now)
"""


def killed(server: NewsroomServer, db: Path, now: datetime, point: str) -> None:
    command = [sys.executable, "-c", KILLED, server.base, str(db), now.isoformat(), point]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120)
    assert run.returncode == -signal.SIGKILL, run.stderr


@pytest.fixture(scope="module")
def undisturbed(newsroom: NewsroomServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    db = tmp_path_factory.mktemp("undisturbed") / "w.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        night(newsroom, db, FIRST, *SOME)
    return data(db)


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "while lists are stored",
        "while pages are fetched",
        "within the loading",
        "while it is published",
    ],
)
def test_a_killed_night_run_again_ends_as_an_undisturbed_one(
    point: str,
    newsroom: NewsroomServer,
    undisturbed: dict[str, list[tuple]],
    tmp_path: Path,
    seen: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plainly(monkeypatch)
    newsroom.newsroom.set_clock(FIRST)
    db = tmp_path / "w.duckdb"
    killed(newsroom, db, FIRST, point)
    logged = {
        url.removeprefix(newsroom.base) for (url,) in rows(db, "select url from fetches where raw_hash is not null")
    }
    assert bool(logged) == (point != "while lists are stored")

    night(newsroom, db, FIRST, *SOME)
    assert "died without finishing" in capsys.readouterr().err
    assert data(db) == undisturbed
    assert {path: seen[path] for path in logged if seen[path] > 1} == {}, "no page that was kept is fetched again"
    if point != "while pages are fetched":  # where those that were on their way are
        assert {path for path, n in pages(seen).items() if n > 1} <= paths_of("headline_only"), "a 404 left no page"
    before = "finished" if point == "while it is published" else "interrupted"
    assert sorted(rows(db, "select state from runs")) == [("finished",), (before,)]
    with open_snapshot(Paths(db).snapshot) as con:
        assert con.execute("select count(*) from articles").fetchone() == (len(undisturbed["articles"]),)


@pytest.fixture
def stopped(newsroom: NewsroomServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Counter[str]) -> Path:
    """The warehouse of a first night that was stopped once its pages were fetched."""
    plainly(monkeypatch)

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(nightly, "read", stop)
        night(newsroom, tmp_path / "w.duckdb", FIRST, *SOME)
    return tmp_path / "w.duckdb"


def test_a_raw_page_that_is_damaged_or_gone_is_fetched_again(
    stopped: Path, newsroom: NewsroomServer, seen: Counter[str]
) -> None:
    kept = rows(stopped, "select url, raw_hash from fetches where raw_hash is not null order by url")
    for (_, digest), damage in zip(kept[:2], (lambda p: p.unlink(), lambda p: p.write_bytes(b"torn")), strict=True):
        damage(Paths(stopped).raw / digest[:2] / f"{digest}.zst")
    counts = night(newsroom, stopped, FIRST, *SOME)
    again = {newsroom.base + path for path, n in pages(seen).items() if n > 1 and newsroom.base + path in dict(kept)}
    assert again == {url for url, _ in kept[:2]}
    assert counts.outcomes["loaded"] >= len(kept) / 2
    carried = rows(stopped, "select count(*) from fetches where outcome = 'stored'")
    assert carried == [(len(kept) - 2,)]


def test_a_page_that_changed_since_a_stopped_night_is_fetched_again(stopped: Path, newsroom: NewsroomServer) -> None:
    (correction,) = stories("correction")
    night(newsroom, stopped, LAST, "brasswick-ledger")
    title = "select title from articles where canonical_url = ?"
    assert rows(stopped, title, newsroom.base + correction.path) == [(correction.title,)]


def test_a_page_read_from_the_store_is_asked_for_conditionally_afterwards(
    stopped: Path, newsroom: NewsroomServer
) -> None:
    read = night(newsroom, stopped, FIRST, *SOME).outcomes["loaded"]
    rows(stopped, "update entries set outcome = null where outcome = 'loaded'")
    assert night(newsroom, stopped, FIRST, *SOME).outcomes == {"not_modified": read}


# A night in trouble


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def unreachable(port: int, id: str = "silent-herald") -> Source:
    url = f"http://127.0.0.1:{port}/feed.xml"
    return Source(id=id, name="The Silent Herald", protocol="feed", url=url, local=True)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Prefect, and a list is asked for once."""
    plainly(monkeypatch)
    monkeypatch.setattr(discovering, "fetch_all", functools.partial(fetch_all, policy=FetchPolicy(tries=1)))


def test_one_failing_source_is_reported_and_the_others_go_on(
    hasty: None, newsroom: NewsroomServer, tmp_path: Path, closed_port: int
) -> None:
    db = tmp_path / "w.duckdb"
    counts = night(newsroom, db, FIRST, "die-shrink-diary", more=[unreachable(closed_port)])
    assert counts.articles > 0
    reports = rows(db, "select source_id, ok, reason from source_reports order by source_id")
    assert reports == [("die-shrink-diary", True, "ok"), ("silent-herald", False, "robots_unavailable")]
    with open_snapshot(Paths(db).snapshot) as con:
        failing = "select source_id from sources where failing_since_utc is not null"
        assert con.execute(failing).fetchall() == [("silent-herald",)]


def test_where_every_source_fails_the_run_fails_and_the_ledger_says_so(
    hasty: None, tmp_path: Path, closed_port: int
) -> None:
    db = tmp_path / "w.duckdb"
    with pytest.raises(RunFailed, match=r"all 2 sources failed.*unreachable"):
        nightly.nightly.fn(
            sources=[unreachable(closed_port), unreachable(closed_port, "mute-mercury")], db=str(db), now=FIRST
        )
    ((state, detail),) = rows(db, "select state, detail from runs")
    assert state == "failed" and "all 2 sources failed" in detail
    with open_snapshot(Paths(db).snapshot) as con:
        outages = con.execute("select count(*) from coverage_by_source_day where state = 'outage'").fetchone()
    assert outages == (2,), "the outage shows in the snapshot"


def test_wrong_rows_are_not_published(hasty: None, newsroom: NewsroomServer, tmp_path: Path) -> None:
    db = tmp_path / "w.duckdb"
    night(newsroom, db, FIRST, "die-shrink-diary")
    published = Paths(db).snapshot.read_bytes()
    rows(
        db,
        "update mentions set text = text || '?' where mention_id in (from (select mention_id from mentions limit 2))",
    )
    with pytest.raises(RunFailed, match=r"mention_offsets \(2 rows\)"):
        night(newsroom, db, LAST, "die-shrink-diary")
    assert Paths(db).snapshot.read_bytes() == published
    assert rows(db, "select state from runs order by started_utc") == [("finished",), ("failed",)]


def test_a_second_run_is_told_who_has_the_warehouse(hasty: None, newsroom: NewsroomServer, tmp_path: Path) -> None:
    db = tmp_path / "w.duckdb"
    with lock.run_lock(db), pytest.raises(UserError, match=rf"process {os.getpid()} on .* wait until"):
        night(newsroom, db, FIRST, "die-shrink-diary")
    assert not db.exists()


def test_nothing_published_before_the_day_asked_for_is_read(
    hasty: None, newsroom: NewsroomServer, tmp_path: Path
) -> None:
    newsroom.newsroom.set_clock(LAST)
    args = {"sources": sources(newsroom.newsroom, newsroom.base, "die-shrink-diary"), "db": str(tmp_path / "w.duckdb")}
    counts = nightly.nightly.fn(**args, now=LAST, since="2025-11-12")
    late = [s for s in load_stories(LAST) if s.publisher.slug == "die-shrink-diary" and s.published.day >= 12]
    assert 0 < counts.articles == len(late)
    assert counts.outcomes["before_since"] > 0
    counts = nightly.nightly.fn(**args, now=LAST + timedelta(hours=1))
    assert "before_since" not in counts.outcomes and counts.articles > 0, "a later night may still want them"


def test_an_older_file_of_the_warehouse_is_not_harmed_by_a_wrong_path(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("not a database, but somebody's work\n" * 500)
    with pytest.raises(UserError, match=r"not a warehouse file"):
        nightly.nightly.fn(sources=[], db=str(notes), now=FIRST)
    assert "somebody's work" in notes.read_text()
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(notes))
