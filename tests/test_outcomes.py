"""Pages as the web serves them, each really sent through a whole night: where each document ends, and with which rows."""

import functools
import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.outcomes import REASONS
from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy
from extractors.pages.readers import ReaderLimits, Readers
from extractors.records import Counts, Source
from flows import discovering, documents, fetching, nightly
from tests.interface_makers import NOW
from tests.test_nightly import plainly
from tests.warehouse_makers import rows

DAY = timedelta(days=1)
TEXT = (
    "The US Commerce Department added {name}, a Chinese maker of AI chips, to the Entity List on Friday, officials in Washington said.",
    "The step keeps American suppliers from selling advanced semiconductors and software to {name} without a licence.",
    "China's Ministry of Commerce called the export controls on artificial intelligence chips an abuse and promised an answer.",
)
POLICY = FetchPolicy(deadline=4.0, tries=2, first_wait=0.01, longest_wait=3.0, max_bytes=2_000_000)


def paper(name: str, *, head: str = "", extra: str = "", paragraphs: int = 3) -> str:
    """The page of a story on topic, of which no two are alike."""
    told = "".join(f"<p>{line.format(name=f'{name.title()} Semiconductor')}</p>" for line in TEXT[:paragraphs])
    more = "".join(
        f"<p>{name.title()} item {n}: its {name} line of chips went to buyer number {n * len(name)}.</p>"
        for n in range(6)
    )
    title = f"US puts {name.title()} on the Entity List over AI chips"
    return f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{told}{more}{extra}</article></body></html>"


def html(body: str) -> Response:
    return Response(body, content_type="text/html; charset=utf-8")


def sent(body: bytes, content_type: str = "text/html", status: int = 200, **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status=status, content_type=content_type, headers=names)


def drip() -> Iterator[bytes]:
    for _ in range(80):
        time.sleep(0.1)
        yield b"<p>"


def after(wait: Callable[[], str]) -> Callable[[Request], Response]:
    """Asks once for a wait, then answers."""
    asked = threading.Event()

    def answer(request: Request) -> Response:
        if asked.is_set():
            return html(paper(request.path.strip("/")))
        asked.set()
        return sent(b"", status=429, Retry_After=wait())

    return answer


def date_ahead() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


CONSENT = "<html><head><title>Before you continue</title></head><body><p>We value your privacy. We and our partners store cookies such as cookies for personalised ads.</p><button>Accept all</button><button>Manage choices</button></body></html>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><html><body><p>&b;&b;&b;</p></body></html>'
FUTURE = '<meta property="article:published_time" content="2031-01-01T00:00:00Z">'
OLD = '<meta property="article:published_time" content="2019-05-21T10:00:00Z">'

# Address, what is answered there, and the reason for which the document ends.
CASES: dict[str, tuple[Callable[[Request], Response], str]] = {
    "alpha": (lambda _: html(paper("alpha")), "loaded"),
    "front": (lambda _: Response(status=302, headers={"Location": "/"}), "home_page"),
    "missing": (lambda _: html("<html><title>Page not found</title><body><p>The page you want could not be found.</p></body></html>"), "soft_404"),
    "consent": (lambda _: html(CONSENT), "consent_wall"),
    "teaser": (lambda _: html(paper("teaser", paragraphs=2, extra="<p>Subscribe to continue reading this story today.</p>")), "partial"),
    "shell": (lambda _: html("<html><body><div id=root></div></body></html>"), "not_an_article"),
    "drip": (lambda _: Response(drip(), content_type="text/html"), "timeout"),
    "bomb": (lambda _: sent(gzip.compress(b"\0" * 60_000_000), Content_Encoding="gzip"), "too_large"),
    "brotli": (lambda _: sent(b"\x1b\xff\xff\x3f" * 50, Content_Encoding="br"), "bad_encoding"),
    "entities": (lambda _: sent(ENTITIES, "application/xhtml+xml"), "not_an_article"),
    "soup": (lambda _: sent(b"<html><body>" + b"<div><p>a<b>" * 4_000_000), "too_large"),
    "charset": (lambda _: sent(paper("charset").replace("abuse", "“abuse”").encode("cp1252"), "text/html; charset=utf-8"), "loaded"),
    "control": (lambda _: sent(paper("control").replace("officials", "offi\0cials").encode(), "text/html; charset=utf-8"), "loaded"),
    "loop": (lambda _: Response(status=301, headers={"Location": "/loop"}), "redirect_loop"),
    "inward": (lambda _: Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}), "refused_address"),
    "json": (lambda _: sent(b'{"error": ', "application/json"), "not_html"),
    "pdf": (lambda _: sent(b"%PDF-1.7", "application/pdf"), "not_html"),
    "gone": (lambda _: sent(b"", status=410), "gone"),
    "forbidden": (lambda _: sent(b"", status=403), "client_error"),
    "broken": (lambda _: sent(b"", status=503), "server_error"),
    "seconds": (after(lambda: "1"), "loaded"),
    "dated": (after(date_ahead), "loaded"),
    "future": (lambda _: html(paper("future", head=FUTURE)), "loaded"),
    "resurfaced": (lambda _: html(paper("resurfaced", head=OLD)), "loaded"),
    "german": (lambda _: html(f"<html lang='de'><title>Chips</title><body><article>{'<p>Die Regierung in Washington will die Ausfuhr von Chips nach China weiter einschränken, wie es am Freitag hieß.</p>' * 6}</article></body></html>"), "language"),
    "hang": (lambda _: html("please hang"), "reader_timeout"),
    "crash": (lambda _: html("please crash"), "reader_crashed"),
    "fill": (lambda _: html("please fill"), "reader_memory"),
}  # fmt: skip
ROBOTS = {
    "robots-5xx": (lambda _: sent(b"", status=503), "robots_unavailable"),
    "robots-429": (lambda _: sent(b"", status=429, Retry_After="600"), "robots_unavailable"),
    "robots-slow": (lambda _: Response(drip()), "robots_unavailable"),
    "robots-no": (lambda _: sent(b"User-agent: *\nDisallow: /robots-no", "text/plain"), "robots"),
}
# Articles that end as stored, and what is remarked of them.
STORED = {
    "alpha": "", "teaser": "paywall", "charset": "charset_guessed", "control": "control_characters", "seconds": "", "dated": "",
    "future": "date_future", "resurfaced": "",
}  # fmt: skip


def feed(base: str, *links: str, titles: dict[str, str] | None = None) -> Response:
    items = "".join(
        f"<item><title>{(titles or {}).get(link, 'US puts a Chinese AI chip maker on the Entity List')}</title>"
        f"<link>{escape(link if '://' in link else base + '/' + link)}</link><pubDate>Sun, 09 Nov 2025 08:00:00 GMT</pubDate></item>"
        for link in links
    )
    return Response(f'<rss version="2.0"><channel><title>P</title>{items}</channel></rss>', content_type="text/xml")


def base_of(server: HTTPServer) -> str:
    return server.url_for("").rstrip("/")


def listed(server: HTTPServer, name: str, *links: str) -> Source:
    """A source on ``server`` whose feed lists ``links``."""
    base = base_of(server)
    server.no_handler_status_code = 404  # also for robots.txt: there is none
    server.expect_request("/feed").respond_with_handler(lambda _: feed(base, *links))
    return Source(id=name, name=name.title(), protocol="feed", url=f"{base}/feed", local=True, rate=500.0)


@pytest.fixture(scope="module")
def plain() -> Iterator[None]:
    """Nights without Prefect, quick to give up, with a reader that does as it is told."""
    readers = Readers(ReaderLimits(seconds=4.0, room=512 << 20, processes=2), "tests.misbehaving_reader")
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        for place in (discovering, fetching):
            patch.setattr(place, "fetch_all", functools.partial(fetch_all, policy=POLICY))
        for place in (documents, fetching):
            patch.setattr(place, "shared_readers", lambda: readers)
        yield
    readers.close()


def night(db: Path, *sources: Source, now: datetime = NOW) -> Counts:
    return nightly.nightly.fn(sources=list(sources), db=str(db), now=now)


def barring(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A robots.txt that lets the list be had, and bars the way to the page."""
    asked = threading.Event()

    def handle(request: Request) -> Response:
        if asked.is_set():
            return answer(request)
        asked.set()
        return Response(status=404)

    return handle


@dataclass(frozen=True)
class Served:
    """One night over every case; ``reasons`` by the name of the case."""

    db: Path
    counts: Counts
    reasons: dict[str, str]
    stories_asked: int


@pytest.fixture(scope="module")
def served(plain: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    db = tmp_path_factory.mktemp("outcomes") / "w.duckdb"
    servers = {name: HTTPServer(host="127.0.0.1", threaded=True) for name in ("main", *ROBOTS)}
    with ExitStack() as stack:
        main, *barred = [stack.enter_context(server) for server in servers.values()]
        for name, (answer, _) in CASES.items():
            main.expect_request(f"/{name}").respond_with_handler(answer)
        main.expect_request("/").respond_with_data(
            "<html><body><h1>The paper</h1></body></html>", content_type="text/html"
        )
        links = [*CASES, "http://10.0.0.1/direct", f"http://localhost:{main.port}/by-name"]
        sources = [listed(main, "main", *links)]
        for server, (name, (answer, _)) in zip(barred, ROBOTS.items(), strict=True):
            server.expect_request("/robots.txt").respond_with_handler(barring(answer))
            sources.append(listed(server, name, name))
        counts = night(db, *sources)
        asked = sum(request.path in {f"/{name}" for name in ROBOTS} for server in barred for request, _ in server.log)
        ended = rows(db, "select key, reason from outcomes")
        reasons = {key.rsplit("/", 1)[1]: reason for key, reason in ended}
        assert len(reasons) == len(ended) == len(CASES) + 2 + len(ROBOTS), "each ends once"
        yield Served(db, counts, reasons, asked)


@pytest.mark.parametrize("name", [*CASES, *ROBOTS, "direct", "by-name"])
def test_each_document_ends_with_its_reason_and_rows(name: str, served: Served) -> None:
    expected = (CASES | ROBOTS)[name][1] if name in CASES or name in ROBOTS else "refused_address"
    assert served.reasons[name] == expected
    found = rows(served.db, "select problems, on_topic from articles where url like '%/' || ?", name)
    assert len(found) == (name in STORED)
    if name in STORED:
        ((problems, on_topic),) = found
        assert on_topic and {STORED[name]} - {""} <= set(problems)


def test_the_night_adds_up(served: Served) -> None:
    assert set(served.reasons.values()) <= set(REASONS)
    assert sum(served.counts.outcomes.values()) == len(served.reasons)
    assert served.counts.articles == len(STORED)
    assert served.stories_asked == 0, "what robots.txt bars is not asked for"
    dates = dict(rows(served.db, "select split_part(url, '/', 4), published_utc::date::varchar from articles"))
    assert (dates["future"], dates["resurfaced"]) == ("2025-11-09", "2019-05-21")


# --- over several nights


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def test_a_corrected_republication_is_a_revision_and_no_second_article(
    plain: None, httpserver: HTTPServer, db: Path
) -> None:
    told = {"title": "US puts Delta on the Entity List over AI chips", "page": paper("delta")}
    base = base_of(httpserver)
    httpserver.expect_request("/story").respond_with_handler(lambda _: html(told["page"]))
    paper_source = listed(httpserver, "paper", "story")
    httpserver.expect_request("/list").respond_with_handler(
        lambda _: feed(base, "story", titles={"story": told["title"]})
    )
    paper_source = replace(paper_source, url=f"{base}/list")
    assert night(db, paper_source).outcomes == {"loaded": 1}
    told |= {
        "title": "Corrected: US puts Delta on the Entity List over AI chips",
        "page": paper("delta").replace("Friday", "Thursday"),
    }
    assert night(db, paper_source, now=NOW + DAY).outcomes == {"revised": 1}
    assert rows(db, "select count(*) from articles") == [(1,)]
    assert rows(db, "select count(*) from article_revisions") == [(2,)]


def test_one_body_under_many_addresses_is_one_report(plain: None, httpserver: HTTPServer, db: Path) -> None:
    names = [f"copy-{n}" for n in range(40)]
    for name in names:
        httpserver.expect_request(f"/{name}").respond_with_handler(lambda _: html(paper("echo")))
    assert night(db, listed(httpserver, "paper", *names)).outcomes == {"loaded": len(names)}
    assert rows(db, "select count(*), count(copy_of), count(distinct copy_of) from articles") == [(40, 39, 1)]
    assert rows(db, "select max(n) from (select count(*) as n from events group by type, direction, date)")[0][0] == 1


def test_a_clock_that_goes_back_loses_nothing_and_doubles_nothing(
    plain: None, httpserver: HTTPServer, db: Path
) -> None:
    for name in ("early", "later"):
        httpserver.expect_request(f"/{name}").respond_with_handler(lambda r: html(paper(r.path.strip("/"))))
    first = listed(httpserver, "paper", "early")
    assert night(db, first).outcomes == {"loaded": 1}
    httpserver.expect_request("/list").respond_with_handler(lambda _: feed(base_of(httpserver), "early", "later"))
    both = replace(first, url=httpserver.url_for("/list"))
    assert night(db, both, now=NOW - 400 * DAY).outcomes == {"known": 1, "loaded": 1}
    assert rows(db, "select count(*), count(distinct article_id) from articles") == [(2, 2)]
