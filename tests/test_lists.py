"""Lists as the web serves them, each really sent, and what a night records of them: report, entries, outcomes."""

import functools
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy
from extractors.records import FeedEntry, Source
from flows import discovering, triaging
from flows.fetching import fetch
from tests.interface_makers import NOW, answered, discover, night, source
from tests.warehouse_makers import rows
from warehouse import connect, ledger

DAY = timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


@pytest.fixture(autouse=True)
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovering, "fetch_all", functools.partial(fetch_all, policy=FetchPolicy(tries=1)))


def rss(*items: str) -> Response:
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>{"".join(items)}</channel></rss>'
    return Response(body, content_type="application/rss+xml")


def item(name: str, guid: str = "", date: str = "Sun, 09 Nov 2025 08:00:00 GMT", title: str = "") -> str:
    stamp = f"<pubDate>{date}</pubDate>" if date else ""
    identity = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title or name}</title><link>https://paper.example/{name}</link>{identity}{stamp}</item>"


def outcomes(db: Path) -> list[tuple]:
    return rows(db, "select source_id, key, reason from outcomes order by all")


def queue(db: Path, *sources: Source) -> list[FeedEntry]:
    waiting = night(db, *sources)
    with connect.writing(db) as con:
        return ledger.pending_entries(con, waiting.run_id)


# --- validators


def test_a_server_that_says_304_for_ever_is_asked_without_conditions_after_a_week(
    httpserver: HTTPServer, db: Path
) -> None:
    body = {"item": item("a")}

    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match"):
            return Response(status=304)
        found = rss(body["item"])
        found.headers["ETag"] = '"for ever"'
        return found

    seen = answered(httpserver, "/feed", answer)
    paper = source(httpserver, "feed", "/feed")
    assert discover(db, paper)["feed"].new == 1
    body["item"] = item("b")
    reasons = [discover(db, paper, now=NOW + n * DAY)["feed"].reason for n in (1, 6, 7, 8)]
    assert reasons == ["not_modified", "not_modified", "ok", "not_modified"]
    assert [bool(r.headers.get("If-None-Match")) for r in seen] == [False, True, True, False, True]
    assert rows(db, "select count(*) from entries") == [(2,)]


def test_a_last_modified_in_the_future_is_not_sent_back(httpserver: HTTPServer, db: Path) -> None:
    ahead = NOW + 400 * DAY

    def answer(request: Request) -> Response:
        since = request.headers.get("If-Modified-Since")
        if since:
            return Response(status=304)
        found = rss(item("a"))
        found.headers["Last-Modified"] = format_datetime(ahead, usegmt=True)
        return found

    answered(httpserver, "/feed", answer)
    paper = source(httpserver, "feed", "/feed")
    assert [discover(db, paper, now=NOW + n * DAY)["feed"].reason for n in range(3)] == ["ok"] * 3


def test_validators_that_disagree_lose_nothing(httpserver: HTTPServer, db: Path) -> None:
    """The ETag changes with every answer, Last-Modified never does: the server goes by the second."""
    count = {"n": 0}

    def answer(request: Request) -> Response:
        count["n"] += 1
        if request.headers.get("If-Modified-Since"):
            return Response(status=304, headers={"ETag": f'"{count["n"]}"'})
        found = rss(*(item(f"a{n}") for n in range(count["n"])))
        found.headers["ETag"] = f'"{count["n"]}"'
        found.headers["Last-Modified"] = format_datetime(datetime(2025, 1, 1, tzinfo=UTC), usegmt=True)
        return found

    answered(httpserver, "/feed", answer)
    paper = source(httpserver, "feed", "/feed")
    reports = [discover(db, paper, now=NOW + n * DAY)["feed"] for n in (0, 6, 7)]
    assert [r.reason for r in reports] == ["ok"] * 3
    assert rows(db, "select count(*) from entries") == [(count["n"],)]


# --- ids and repetitions


def test_one_guid_on_all_items_keeps_them_apart(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/feed", lambda _: rss(item("a", "same"), item("b", "same")))
    paper = source(httpserver, "feed", "/feed")
    assert discover(db, paper)["feed"].new == 2
    assert rows(db, "select distinct problems from entries") == [(["guid_shared"],)]
    assert discover(db, paper, now=NOW + DAY)["feed"].new == 0


def test_changed_guids_bring_nothing_new(httpserver: HTTPServer, db: Path) -> None:
    guid = {"n": 0}
    answered(httpserver, "/feed", lambda _: rss(item("a", f"g{guid['n']}")))
    paper = source(httpserver, "feed", "/feed")
    assert discover(db, paper)["feed"].new == 1
    guid["n"] = 1
    assert discover(db, paper, now=NOW + DAY)["feed"].new == 0
    assert [e.key for e in queue(db, paper)] == ["https://paper.example/a"]


def test_the_same_feed_listed_twice_queues_each_story_once(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/feed", lambda _: rss(item("a"), item("b")))
    first = source(httpserver, "feed", "/feed", id="first")
    second = source(httpserver, "feed", "/feed?edition=us", id="second")
    reports = discover(db, first, second)
    assert sorted(r.new for r in reports.values()) == [2, 2], "new to each source"
    (only,) = {source_id for source_id, _, _ in outcomes(db)}
    assert [reason for _, _, reason in outcomes(db)] == ["duplicate_url"] * 2
    assert {e.source_id for e in queue(db, first, second)} == {"first", "second"} - {only}
    assert rows(db, "select sum(duplicates) from source_reports") == [(2,)]


def test_a_story_listed_twice_in_a_feed_is_one_entry_and_counted(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/feed", lambda _: rss(item("a", "g1"), item("a", "g2")))
    report = discover(db, source(httpserver, "feed", "/feed"))["feed"]
    assert (report.entries, report.new) == (2, 1)
    assert rows(db, "select duplicates from source_reports") == [(1,)]


def test_a_new_headline_is_read_again_and_not_as_a_new_story(httpserver: HTTPServer, db: Path) -> None:
    title = {"is": "Old"}
    answered(httpserver, "/feed", lambda _: rss(item("a", title=title["is"])))
    paper = source(httpserver, "feed", "/feed")
    discover(db, paper)
    title["is"] = "Corrected"
    assert discover(db, paper, now=NOW + DAY)["feed"].new == 0
    assert [e.title for e in queue(db, paper)] == ["Corrected"]


# --- what a list can be in place of a list


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<!DOCTYPE html><html><body>Are you a robot?</body></html>", "feed_is_html"),
        ("", "not_a_feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "not_a_feed"),
        ('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"/>', "unsafe_xml"),
    ],
)
def test_an_answer_that_is_no_feed_is_an_outage_with_its_reason(
    httpserver: HTTPServer, db: Path, body: str, reason: str
) -> None:
    answered(httpserver, "/feed", lambda _: Response(body, content_type="application/rss+xml"))
    answered(httpserver, "/good", lambda _: rss(item("a")))
    reports = discover(db, source(httpserver, "feed", "/feed"), source(httpserver, "feed", "/good", id="good"))
    assert (reports["feed"].ok, reports["feed"].reason) == (False, reason)
    assert reports["good"].new == 1, "the others go on"
    assert rows(db, "select ok, reason, entries from source_reports where source_id = 'feed'") == [(False, reason, 0)]


def test_dates_that_cannot_be_are_left_out_with_their_reason(httpserver: HTTPServer, db: Path) -> None:
    dates = {"future": "Mon, 09 Nov 2026 08:00:00 GMT", "missing": "", "odd": "last Tuesday", "epoch": "Thu, 01 Jan 1970 00:00:00 GMT",
             "zoneless": "2025-11-09 08:00"}  # fmt: skip
    answered(httpserver, "/feed", lambda _: rss(*(item(name, date=date) for name, date in dates.items())))
    discover(db, source(httpserver, "feed", "/feed"))
    found = {t: (p, why) for t, p, why in rows(db, "select title, published_utc, problems from entries")}
    assert found == {
        "future": (None, ["date_future"]),
        "missing": (None, ["date_missing"]),
        "odd": (None, ["date_unparsable"]),
        "epoch": (None, ["date_implausible"]),
        "zoneless": (datetime(2025, 11, 9, 8), ["date_no_zone"]),  # noqa: DTZ001
    }


# --- sitemaps


def news(*names: str) -> str:
    urls = "".join(
        f"<url><loc>https://wire.example/{name}</loc><news:news xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
        f"<news:publication_date>2025-11-09T08:00:00Z</news:publication_date><news:title>{name}</news:title></news:news></url>"
        for name in names
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def index(server: HTTPServer, count: int) -> Response:
    maps = "".join(f"<sitemap><loc>{server.url_for(f'/page/{n}.xml.gz')}</loc></sitemap>" for n in range(count))
    return Response(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>')


def test_an_index_is_walked_and_a_page_that_fails_is_said(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/index.xml", lambda _: index(httpserver, 4))
    for n in (0, 1, 3):
        packed = gzip.compress(news(f"a{n}").encode())
        answered(httpserver, f"/page/{n}.xml.gz", lambda _, body=packed: Response(body))
    answered(httpserver, "/page/2.xml.gz", lambda _: Response("gone", status=404))
    report = discover(db, source(httpserver, "sitemap", "/index.xml"))["sitemap"]
    assert (report.ok, report.reason, report.problems, report.new) == (True, "truncated", ("page_failed",), 3)
    assert "gone" in report.detail
    assert rows(db, "select etag, last_modified from sources") == [(None, None)], "asked for whole the next night"


def test_an_index_of_which_no_page_comes_is_an_outage(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/index.xml", lambda _: index(httpserver, 2))
    for n in range(2):
        answered(httpserver, f"/page/{n}.xml.gz", lambda _: Response("down", status=503))
    answered(httpserver, "/good", lambda _: rss(item("a")))
    good = source(httpserver, "feed", "/good", id="good")
    report = discover(db, source(httpserver, "sitemap", "/index.xml"), good)["sitemap"]
    assert (report.ok, report.reason, report.problems) == (False, "server_error", ("page_failed",))


def test_an_index_longer_than_a_night_may_ask_is_cut_and_said(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/index.xml", lambda _: index(httpserver, 9))
    for n in range(9):
        answered(httpserver, f"/page/{n}.xml.gz", lambda _, n=n: Response(news(f"a{n}")))
    report = discover(db, source(httpserver, "sitemap", "/index.xml", requests=5))["sitemap"]
    assert (report.reason, report.problems, report.new) == ("truncated", ("index_cut",), 4)


def test_an_index_that_leads_back_to_itself_ends(httpserver: HTTPServer, db: Path) -> None:
    loop = f"<sitemap><loc>{httpserver.url_for('/index.xml')}</loc></sitemap>"
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{loop}</sitemapindex>'
    seen = answered(httpserver, "/index.xml", lambda _: Response(body))
    report = discover(db, source(httpserver, "sitemap", "/index.xml", requests=20))["sitemap"]
    assert (len(seen), report.entries) == (1, 0)


# --- what is never fetched


def test_pages_of_reuters_and_google_news_are_never_asked_for(httpserver: HTTPServer, db: Path) -> None:
    links = ("https://www.reuters.com/world/china/chips-2025-11-09/", "https://news.google.com/rss/articles/CBMiX?oc=5")
    items = [
        f"<item><title>US curbs AI chips for China {n}</title><link>{u}</link></item>" for n, u in enumerate(links)
    ]
    answered(httpserver, "/feed", lambda _: rss(*items))
    paper = source(httpserver, "feed", "/feed")
    began = night(db, paper)
    discovering.discover(began)
    with connect.writing(db) as con:
        waiting = ledger.pending_entries(con, began.run_id)
    works = fetch(began, triaging.triage(began, waiting))
    assert len(works) == 2
    assert all(w.raw is None and w.outcome is None for w in works), "their headlines go on"
    assert rows(db, "select count(*) from fetches") == [(0,)]


def test_headlines_in_another_language_end_as_such(httpserver: HTTPServer, db: Path) -> None:
    body = news("us/curbs-ai-chips-for-china", "es/chips-de-ia-para-china")
    answered(httpserver, "/news.xml", lambda _: Response(body))
    wire = source(httpserver, "sitemap", "/news.xml", depth="headline", triage=False)
    began = night(db, wire)
    discovering.discover(began)
    with connect.writing(db) as con:
        waiting = ledger.pending_entries(con, began.run_id)
    triaging.triage(began, waiting)
    assert ("sitemap", "https://wire.example/es/chips-de-ia-para-china", "language") in outcomes(db)
