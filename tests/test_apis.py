"""The interfaces of sources, each answered in its documented shape: paging, caps, errors, keys."""

import functools
import json
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import flow
from prefect.blocks.system import Secret
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.errors import EverySourceFailed, Permanent, RunFailed
from extractors.outcomes import PROBLEMS, REASONS
from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy
from extractors.records import RawPage, Source, Window
from extractors.sources.listing import INTERFACES, parse
from flows import discovering, nightly
from flows.keys import credential_of, lacks_key
from flows.settings import Paths
from tests import interface_makers as made
from tests.interface_makers import KEY, NOW, answered, discover, source
from tests.warehouse_makers import dump, rows
from warehouse import connect

DAY = timedelta(days=1)
STEPS = ("discover", "triage", "fetch", "read", "extract", "save", "read_posts", "settle", "check", "publish")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


@pytest.fixture(autouse=True)
def keys_set_and_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NYT", "GUARDIAN", "X"):
        monkeypatch.setenv(f"RIVALRY_{name}_KEY", KEY)
    monkeypatch.setattr(discovering, "fetch_all", functools.partial(fetch_all, policy=FetchPolicy(tries=1)))


# --- paging and caps


def test_a_search_is_walked_to_its_last_page(httpserver: HTTPServer, db: Path) -> None:
    hits = [(f"a{n}", date(2025, 11, 9)) for n in range(25)]
    seen = answered(httpserver, "/api", made.nyt(hits))
    report = discover(db, source(httpserver, "nyt-search"))["nyt-search"]
    assert (report.ok, report.reason, report.entries, report.new, report.problems) == (True, "ok", 25, 25, ())
    assert [r.args["page"] for r in seen] == ["0", "1", "2"]
    assert {r.args["q"] for r in seen} == {"chips"}
    ((title, summary, published, authors),) = rows(
        db, "select title, summary, published_utc, authors from entries where key like '%/a3.html'"
    )
    assert (title, published) == ("Chips for China: a3", datetime(2025, 11, 9, 8))  # noqa: DTZ001
    assert summary == "China and chips.\n\nWASHINGTON — More of it.", "a snippet that repeats the abstract is said once"
    assert authors == ["Ann Doe", "Bob Roe"]


def test_a_search_with_too_many_hits_is_split_by_date_and_nothing_is_lost(httpserver: HTTPServer, db: Path) -> None:
    hits = [(f"a{n}-{day}", date(2025, 11, day)) for day in (7, 8, 9, 10) for n in range(400)]
    seen = answered(httpserver, "/api", made.nyt(hits))
    report = discover(db, source(httpserver, "nyt-search"))["nyt-search"]
    assert (report.reason, report.new) == ("ok", 1600)
    assert len({r.args["begin_date"] for r in seen}) > 1


def test_a_day_beyond_the_cap_says_that_it_is_truncated(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/api", made.nyt([(f"a{n}", date(2025, 11, 9)) for n in range(1005)]))
    report = discover(db, source(httpserver, "nyt-search"))["nyt-search"]
    assert (report.ok, report.reason, report.problems, report.new) == (True, "truncated", ("cap_reached",), 1000)


def test_gdelt_at_its_cap_is_split_in_time(httpserver: HTTPServer, db: Path) -> None:
    articles = [(f"https://paper.example/{n:04}", NOW - timedelta(minutes=5 * n)) for n in range(700)]
    seen = answered(httpserver, "/api", made.gdelt(articles))
    report = discover(db, source(httpserver, "gdelt"))["gdelt"]
    assert (report.reason, report.new) == ("ok", 700), "three days hold all of them"
    assert len(seen) > 3
    assert rows(db, "select distinct published_basis, publisher, language from entries") == [
        ("gdelt-seen", "paper.example", "en")
    ]


def test_gdelt_with_a_quarter_of_an_hour_that_is_too_full_is_truncated(httpserver: HTTPServer, db: Path) -> None:
    seen_at = NOW - timedelta(hours=3, minutes=7)
    answered(httpserver, "/api", made.gdelt([(f"https://paper.example/{n:04}", seen_at) for n in range(251)]))
    report = discover(db, source(httpserver, "gdelt"))["gdelt"]
    assert (report.ok, report.reason, report.new) == (True, "truncated", 250)
    assert "cap_reached" in report.problems


def test_the_register_at_its_cap_is_split_by_date(httpserver: HTTPServer, db: Path) -> None:
    acts = [made.act(f"2025-{n:05}", publication_date=f"2025-11-{7 + n % 4:02}", html_url=f"https://register.example/{n}")
            for n in range(60)]  # fmt: skip
    full = made.federal_register(acts, size=10, cap=40)
    seen = answered(
        httpserver, "/api", lambda r: {**(a := full(r)), "count": 10_000 if a["count"] == 40 else a["count"]}
    )
    report = discover(db, source(httpserver, "federal-register", kind="act"))["federal-register"]
    assert (report.reason, report.new) == ("ok", 60)
    assert "document_number" in seen[0].args.getlist("fields[]")
    assert rows(db, "select count(*) from official_acts") == [(60,)]


def test_a_limit_on_requests_is_kept_and_said(httpserver: HTTPServer, db: Path) -> None:
    seen = answered(httpserver, "/api", made.nyt([(f"a{n}", date(2025, 11, 9)) for n in range(95)]))
    report = discover(db, source(httpserver, "nyt-search", requests=3))["nyt-search"]
    assert (len(seen), report.reason, report.problems, report.new) == (3, "truncated", ("index_cut",), 30)
    assert "beyond 3 a night" in report.detail


# --- windows


def test_a_night_asks_from_where_the_last_ended_and_again_for_what_failed(httpserver: HTTPServer, db: Path) -> None:
    state = {"fails": False}
    hits = [(f"a{n}", date(2025, 11, 10)) for n in range(25)]

    def answer(request: Request) -> object:
        if state["fails"] and request.args["page"] == "1":
            return Response("slow down", status=429)
        return made.nyt(hits)(request)

    seen = answered(httpserver, "/api", answer)
    wanted = source(httpserver, "nyt-search")
    assert discover(db, wanted)["nyt-search"].reason == "ok"
    assert (seen[0].args["begin_date"], seen[0].args["end_date"]) == ("20251107", "20251111"), "three days at first"
    for night, began in ((4, "20251109"), (5, "20251109")):
        state["fails"], before = True, len(seen)
        report = discover(db, wanted, now=NOW + night * DAY)["nyt-search"]
        assert seen[before].args["begin_date"] == began, "a day of overlap, and no step further after a failure"
        assert (report.ok, report.reason, report.problems) == (True, "truncated", ("page_failed",))
        assert "rate_limited" in report.detail
    assert rows(db, "select distinct complete_to_utc from sources") == [(NOW.replace(tzinfo=None),)]


def test_an_answer_with_fewer_than_it_promised_is_asked_for_again(httpserver: HTTPServer, db: Path) -> None:
    whole = made.nyt([(f"a{n}", date(2025, 11, 9)) for n in range(25)])

    def answer(request: Request) -> object:
        found = whole(request)
        if request.args["page"] == "1":
            found["response"]["docs"] = []
        return found

    answered(httpserver, "/api", answer)
    report = discover(db, source(httpserver, "nyt-search"))["nyt-search"]
    assert (report.reason, report.problems, report.new) == ("truncated", ("page_failed",), 10)
    assert rows(db, "select complete_to_utc from sources") == [(None,)]


def test_an_interface_that_does_not_reach_back_says_so(httpserver: HTTPServer, db: Path) -> None:
    seen = answered(httpserver, "/api", made.gdelt([("https://paper.example/0001", NOW - DAY)]))
    report = discover(db, source(httpserver, "gdelt"), since=NOW - 200 * DAY)["gdelt"]
    assert (report.reason, report.problems, report.new) == ("truncated", ("window_cut",), 1)
    assert seen[0].args["STARTDATETIME"] == f"{NOW - 90 * DAY:%Y%m%d%H%M%S}"
    past = Window(start=NOW - 300 * DAY, end=NOW - 200 * DAY)
    with connect.writing(db):
        pass
    again = discover(db, source(httpserver, "gdelt"), now=NOW + DAY, window=past)["gdelt"]
    assert (again.ok, again.reason, again.problems, len(seen)) == (True, "truncated", ("window_cut",), 1)


def test_the_archive_is_asked_month_by_month(httpserver: HTTPServer, db: Path) -> None:
    for month in (9, 10):
        document = made.nyt_document(f"m{month}", date(2025, month, 3))
        answered(httpserver, f"/archive/2025/{month}.json", lambda _, d=document: {"response": {"docs": [d]}})
    wanted = source(httpserver, "nyt-archive", "/archive")
    window = Window(start=datetime(2025, 9, 20, tzinfo=UTC), end=datetime(2025, 10, 2, tzinfo=UTC))
    report = discover(db, wanted, window=window)["nyt-archive"]
    assert (report.reason, report.new) == ("ok", 2)
    assert rows(db, "select complete_to_utc from sources") == [(None,)], "the past says nothing of the present"


# --- what goes wrong


@pytest.mark.parametrize(
    ("protocol", "answer", "reason"),
    [
        ("gdelt", Response("The specified phrase is too short.", content_type="text/html"), "api_error"),
        ("gdelt", Response("<!DOCTYPE html><html><body>Busy</body></html>", content_type="text/html"), "feed_is_html"),
        ("gdelt", Response('{"articles": [{"title": "a \\x b"}]}', content_type="application/json"), "invalid_json"),
        ("gdelt", Response("", content_type="application/json"), "invalid_json"),
        ("gdelt", {"error": "none"}, "api_error"),
        ("nyt-search", {"fault": {"faultstring": "Rate limit quota violation"}}, "api_error"),
        ("nyt-search", {"status": "OK", "response": None}, "api_error"),
        ("nyt-search", [1, 2], "invalid_json"),
        ("guardian", {"response": {"status": "error", "message": "bad page"}}, "api_error"),
        ("federal-register", {"errors": {"agencies": "unknown"}}, "api_error"),
        ("federal-register", Response('{"errors": {}}', status=400), "client_error"),
        ("x-search", {"title": "Unauthorized", "detail": "Unauthorized", "status": 401}, "api_error"),
        ("guardian", Response("wait", status=429), "rate_limited"),
        ("gdelt", Response("wait", status=429, headers={"Retry-After": "900"}), "rate_limited"),
        ("nyt-search", Response("no", status=401), "client_error"),
        ("guardian", Response("down", status=503), "server_error"),
    ],
)
def test_an_answer_that_is_no_list_is_a_failure_with_its_reason(
    httpserver: HTTPServer, db: Path, protocol: str, answer: object, reason: str
) -> None:
    answered(httpserver, "/api", lambda _: answer)
    answered(httpserver, "/other", made.gdelt([]))
    kind = {"federal-register": "act", "x-search": "post"}.get(protocol, "report")
    # Under another name of the same machine, since a host that asks for a long wait is left alone for the night.
    url = httpserver.url_for("/other").replace("localhost", "127.0.0.1")
    other = source(httpserver, "gdelt", id="other", url=url)
    report = discover(db, source(httpserver, protocol, kind=kind), other)
    assert (report[protocol].ok, report[protocol].reason) == (False, reason)
    assert reason in REASONS
    stored = rows(db, "select ok, reason from source_reports where source_id = ?", protocol)
    assert stored == [(False, reason)]
    failing = rows(db, "select failing_since_utc is not null, last_ok_utc from sources where source_id = ?", protocol)
    assert failing == [(True, None)]
    assert rows(db, "select count(*) from entries") == [(0,)]


def test_the_message_of_an_interface_comes_as_the_detail(httpserver: HTTPServer, db: Path) -> None:
    answered(
        httpserver,
        "/api",
        lambda _: Response(f"Bad <b>query</b> for api-key={KEY} " + "x" * 500, content_type="text/html"),
    )
    with pytest.raises(EverySourceFailed) as raised:
        discover(db, source(httpserver, "nyt-search"))
    assert "Bad query" in str(raised.value)
    assert KEY not in str(raised.value)


def test_items_that_are_no_objects_are_left_out_and_said(httpserver: HTTPServer, db: Path) -> None:
    answered(httpserver, "/api", lambda _: {"articles": [7, {"url": "https://paper.example/a", "title": "China AI"}]})
    report = discover(db, source(httpserver, "gdelt"))["gdelt"]
    assert (report.new, report.problems) == (1, ("list_malformed",))
    assert rows(db, "select problems from entries") == [(["date_missing"],)]


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["response", "docs", "meta", "hits", "articles", "results", "status", "count", "data", "id", "text",
                         "headline", "fields", "webUrl", "pages", "currentPage", "agencies", "includes", "users"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
ASKED = (
    "?begin_date=20251101&end_date=20251110&page=0&STARTDATETIME=20251101000000&ENDDATETIME=20251110000000"
    "&conditions[publication_date][gte]=2025-11-01&conditions[publication_date][lte]=2025-11-10"
)


@given(JSONS, st.sampled_from(sorted(set(INTERFACES) - {"feed", "sitemap"})))
def test_wild_json_gives_a_listing_or_a_reason(wild: object, protocol: str) -> None:
    asked = Source(id="s", name="S", protocol=protocol, url="https://api.example/x")
    page = RawPage(
        url=asked.url + ASKED, final_url=asked.url + ASKED, status=200, fetched=NOW, body=json.dumps(wild).encode()
    )
    try:
        found = parse(asked, page, NOW)
    except Permanent as error:
        assert error.reason in REASONS
    else:
        assert set(found.problems) <= set(PROBLEMS)
        assert all(e.key and e.entry_id for e in found.entries)


# --- keys


def test_a_key_goes_into_requests_and_nowhere_else(
    httpserver: HTTPServer, db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hits = [(f"a{n}", date(2025, 11, 9)) for n in range(12)]
    seen = answered(httpserver, "/nyt", made.nyt(hits))
    posts = answered(httpserver, "/x", lambda _: {"meta": {"result_count": 0}})
    report = discover(
        db,
        source(httpserver, "nyt-search", "/nyt?q=chips"),
        source(httpserver, "x-search", "/x?query=chips", kind="post"),
    )
    assert [r.args["api-key"] for r in seen] == [KEY, KEY]
    assert {r.headers["Authorization"] for r in posts} == {f"Bearer {KEY}"}
    assert all("Authorization" not in r.headers for r in seen)
    with connect.writing(db) as con:
        assert KEY not in repr(dump(con))
    assert KEY not in repr(report)
    assert not [r for r in caplog.records if KEY in r.getMessage() and r.name != "werkzeug"]
    assert KEY not in db.read_bytes().decode("latin-1")


def test_a_key_does_not_follow_a_redirect_to_another_host(httpserver: HTTPServer, db: Path) -> None:
    with HTTPServer(host="localhost", port=0) as other:
        taken = answered(other, "/stolen", lambda _: {})
        answered(httpserver, "/api", lambda _: Response(status=302, headers={"Location": other.url_for("/stolen")}))
        with pytest.raises(EverySourceFailed):
            discover(db, source(httpserver, "nyt-search"))
        assert all(KEY not in r.url and KEY not in str(r.headers) for r in taken)


def test_without_its_key_a_source_is_off_and_not_failed(
    httpserver: HTTPServer, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RIVALRY_GUARDIAN_KEY")
    answered(httpserver, "/other", made.gdelt([("https://paper.example/a", NOW - DAY)]))
    seen = answered(httpserver, "/api", made.guardian([]))
    off = source(httpserver, "guardian")
    report = discover(db, off, source(httpserver, "gdelt", "/other"))["guardian"]
    assert (report.ok, report.reason, seen) == (None, "off", [])
    assert "RIVALRY_GUARDIAN_KEY" in report.detail
    state = "select failing_since_utc, silent_since_utc, last_ok_utc from sources where source_id = 'guardian'"
    assert rows(db, state) == [(None, None, None)]
    assert rows(db, "select ok, reason from source_reports where source_id = 'guardian'") == [(None, "off")]
    with pytest.raises(RunFailed, match="all 1 sources are off"):
        discover(db, off, now=NOW + DAY)
    monkeypatch.setenv("RIVALRY_GUARDIAN_KEY", KEY)
    assert discover(db, off, now=NOW + 2 * DAY)["guardian"].reason == "ok"


@pytest.mark.slow
def test_a_key_may_lie_in_a_prefect_secret(
    prefect: str, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RIVALRY_NYT_KEY")
    Secret(value=KEY).save("rivalry-nyt-key", _sync=True)
    wanted, other = source(httpserver, "nyt-search"), source(httpserver, "guardian")
    monkeypatch.delenv("RIVALRY_GUARDIAN_KEY")

    @flow(log_prints=True, persist_result=False)
    def asks() -> tuple[str | None, str | None, bool]:
        found = credential_of(wanted)
        print(found)
        return lacks_key(wanted), lacks_key(other), found is not None and found.value == KEY

    mend, missing, right = asks()
    assert (mend, right) == (None, True)
    assert missing is not None
    assert KEY not in repr(credential_of(wanted)), "outside a run nothing is looked up"


# --- a whole night

TEXT = """WASHINGTON — The Commerce Department on Friday added Huawei to the Entity List, a move by the United States against
China's artificial intelligence chips.

Huawei, a Chinese maker of AI chips, called the decision of the U.S. government unjust. Nvidia said nothing."""


def test_a_night_over_interfaces_keeps_acts_and_posts_apart_from_reports(
    httpserver: HTTPServer, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in STEPS:
        monkeypatch.setattr(nightly, name, getattr(nightly, name).fn)
    answered(httpserver, "/guardian", made.guardian([made.guardian_result("entity-list", TEXT, NOW - DAY)]))
    act = made.act("2025-19001", abstract="In this rule, BIS adds Huawei, under the destination of China.")
    answered(httpserver, "/register", made.federal_register([act]))
    path = tmp_path / "posts.jsonl"
    posted = {
        "id": "7",
        "text": TEXT,
        "lang": "en",
        "created_at": "2025-11-09T08:00:00Z",
        "author": {"username": "anndoe"},
    }
    path.write_text("\n".join(json.dumps(p) for p in (posted, {"id": "8", "text": "Good morning", "lang": "en"})))
    wanted = [
        source(httpserver, "guardian", "/guardian", publisher="The Guarded"),
        source(httpserver, "federal-register", "/register", kind="act"),
        archive(path),
        source(httpserver, "nyt-search", "/nyt"),
    ]
    monkeypatch.delenv("RIVALRY_NYT_KEY")
    counts = nightly.nightly.fn(sources=wanted, db=str(db), now=NOW)
    assert counts.outcomes == {"loaded": 1, "official_act": 1, "post": 1, "post_off_topic": 1}
    article = rows(db, "select title, text_basis, publisher, published_basis, on_topic from articles")
    assert article == [("China and chips: entity-list", "api", "The Guarded", "feed:guardian", True)]
    assert rows(db, "select count(*) from fetches") == [(0,)], "the text came with the list"
    told = rows(
        db, "select type, official_act_id is not null, n_reports, n_outlets from events where type = 'SANCTION'"
    )
    assert told == [("SANCTION", True, 1, 1)], "the post that tells the same is no report"
    assert rows(db, "select url, on_topic from posts order by url") == [
        ("https://x.com/anndoe/status/7", True), ("https://x.com/i/status/8", False)
    ]  # fmt: skip
    assert ("SANCTION",) in rows(db, "select type from post_events")
    files = {p.name: p.read_text(encoding="utf-8-sig") for p in Paths(db).exports.iterdir() if p.suffix == ".csv"}
    assert "off for want of a key" in Paths(db).page.read_text(encoding="utf-8")
    assert "2025-19001" in files["official_acts.csv"]
    assert "anndoe/status/7" in files["posts.csv"]
    assert not any("Good morning" in text for text in files.values()), "a post leaves by its address alone"
    again = nightly.nightly.fn(sources=wanted, db=str(db), now=NOW + DAY)
    assert set(again.outcomes) == {"known"}
    assert rows(db, "select count(*) from articles") == [(1,)]


# --- posts


def test_recent_posts_are_walked_by_token_and_no_further_back_than_they_go(httpserver: HTTPServer, db: Path) -> None:
    def answer(request: Request) -> object:
        second = request.args.get("next_token") == "t2"
        post = {"id": "2" if second else "1", "text": "Chips for China", "author_id": "9", "lang": "en",
                "created_at": "2025-11-09T08:00:00.000Z"}  # fmt: skip
        users = [{"id": "9", "username": "anndoe", "name": "Ann Doe"}]
        return {"data": [post], "includes": {"users": users}, "meta": {} if second else {"next_token": "t2"}}

    seen = answered(httpserver, "/api", answer)
    report = discover(db, source(httpserver, "x-search", kind="post"), since=NOW - 30 * DAY)["x-search"]
    assert (report.new, report.reason, report.problems) == (2, "truncated", ("window_cut",))
    assert datetime.fromisoformat(seen[0].args["start_time"]) > NOW - 7 * DAY
    assert datetime.fromisoformat(seen[0].args["end_time"]) < NOW
    found = rows(db, "select key, title, text, publisher from entries order by key")
    assert found[0] == ("https://x.com/anndoe/status/1", "Post by Ann Doe (@anndoe)", "Chips for China", "@anndoe")


def archive(path: Path) -> Source:
    return Source(id="posts", name="Posts", protocol="x-archive", url=path.as_uri(), kind="post")


def test_an_archive_of_posts_is_read_in_both_shapes_once(tmp_path: Path, db: Path) -> None:
    path = tmp_path / "posts of a year.jsonl"
    answer = {"data": [{"id": "1", "text": "One", "author_id": "9", "lang": "en"}, {"id": "2", "text": "Dos", "lang": "es"}],
              "includes": {"users": [{"id": "9", "username": "anndoe", "name": "Ann"}]}}  # fmt: skip
    flat = {
        "id": "3",
        "text": "#chips",
        "lang": "und",
        "author": {"username": "bobroe"},
        "created_at": "2025-11-09T08:00:00Z",
    }
    path.write_text(f"{json.dumps(answer)}\n\n{{broken\n{json.dumps(flat)}\n", encoding="utf-8")
    report = discover(db, archive(path))["posts"]
    assert (report.ok, report.new, report.problems) == (True, 3, ("list_malformed",))
    found = dict(rows(db, "select key, language from entries"))
    assert found == {
        "https://x.com/anndoe/status/1": "en",
        "https://x.com/i/status/2": "es",
        "https://x.com/bobroe/status/3": None,
    }
    assert discover(db, archive(path), now=NOW + DAY)["posts"].reason == "not_modified"
    path.write_text(json.dumps({"id": "4", "text": "New"}), encoding="utf-8")
    assert discover(db, archive(path), now=NOW + 2 * DAY)["posts"].new == 1


@pytest.mark.parametrize(("text", "reason"), [(None, "unreachable"), ("no json\nat all", "invalid_json")])
def test_an_archive_that_is_none_fails_with_its_reason(tmp_path: Path, db: Path, text: str | None, reason: str) -> None:
    path = tmp_path / "posts.jsonl"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(EverySourceFailed, match=reason):
        discover(db, archive(path))
