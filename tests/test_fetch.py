"""Fetching, against real servers on loopback."""

import asyncio
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.errors import Permanent, Retryable, StageError
from extractors.pages.addresses import is_public
from extractors.pages.answers import retry_after
from extractors.pages.batch import fetch_all
from extractors.pages.conditional import contradicts
from extractors.pages.fetch import Fetcher
from extractors.pages.policy import FetchPolicy, PageRequest, redact
from extractors.pages.robots import parse_robots
from extractors.records import RawPage, Source, Validators

FAST = FetchPolicy(deadline=2.0, first_wait=0.01, longest_wait=0.5, max_bytes=200_000)


@pytest.fixture(scope="module")
def running_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", threaded=True) as running:
        yield running


@pytest.fixture
def server(running_server: HTTPServer) -> HTTPServer:
    running_server.clear()
    running_server.no_handler_status_code = 404
    return running_server


def source_of(server: HTTPServer, **kwargs: Any) -> Source:
    fields = {"id": "s", "name": "S", "protocol": "feed", "url": server.url_for("/feed"), "local": True, "rate": 1000.0}
    return Source(**(fields | kwargs))


def get(
    server: HTTPServer, path: str, policy: FetchPolicy = FAST, source: Source | None = None, **kwargs: Any
) -> RawPage:
    async def run() -> RawPage:
        async with Fetcher(policy) as fetcher:
            url = path if "://" in path else server.url_for(path)
            return await fetcher.get(url, source or source_of(server), **kwargs)

    return asyncio.run(run())


def reason(server: HTTPServer, path: str, **kwargs: Any) -> str:
    with pytest.raises(StageError) as raised:
        get(server, path, **kwargs)
    return raised.value.reason


def requested(server: HTTPServer, path: str) -> int:
    return sum(request.path == path for request, _ in server.log)


def test_a_page_comes_with_its_metadata_and_the_project_names_itself(server: HTTPServer) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Fri, 07 Nov 2025 08:00:00 GMT", "Set-Cookie": "a=b"}
    server.expect_request("/p").respond_with_data("héllo", content_type="text/html; charset=UTF-8", headers=headers)

    async def twice() -> list[RawPage]:
        async with Fetcher(FAST) as fetcher:
            return [await fetcher.get(server.url_for("/p"), source_of(server)) for _ in range(2)]

    page, _ = asyncio.run(twice())
    assert (page.status, page.body.decode(), page.charset) == (200, "héllo", "utf-8")
    assert page.validators == Validators(etag='"v1"', last_modified="Fri, 07 Nov 2025 08:00:00 GMT")
    assert page.fetched.tzinfo is not None
    sent = [request for request, _ in server.log if request.path == "/p"]
    assert all(request.headers["User-Agent"].startswith("rivalry/") for request in sent)
    assert all("Cookie" not in request.headers for request in sent)
    assert sent[0].headers["Accept-Encoding"] == "gzip, deflate"
    assert requested(server, "/robots.txt") == 1


def test_conditional_get(server: HTTPServer) -> None:
    def handler(request: Request) -> Response:
        return Response("new", 304 if request.headers.get("If-None-Match") == '"v1"' else 200)

    server.expect_request("/p").respond_with_handler(handler)
    unchanged = get(server, "/p", validators=Validators(etag='"v1"'))
    assert (unchanged.not_modified, unchanged.body, unchanged.validators.etag) == (True, b"", '"v1"')
    assert get(server, "/p", validators=Validators(etag='"v0"')).body == b"new"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (Validators(etag='"v1"', last_modified="Sun, 02 Nov 2025 08:00:00 GMT"), {"ETag": '"v2"'}),
        (Validators(etag='"v1"'), {"ETag": 'W/"v1"'}),
    ],
)
def test_a_304_that_names_another_version_is_not_believed(
    server: HTTPServer, sent: Validators, answered: dict[str, str]
) -> None:
    def handler(request: Request) -> Response:
        asked = {"If-None-Match", "If-Modified-Since"} & set(request.headers.keys())
        return Response("" if asked else "new", 304 if asked else 200, headers=answered)

    server.expect_request("/p").respond_with_handler(handler)
    same = answered.get("ETag") == 'W/"v1"'
    assert get(server, "/p", validators=sent).body == (b"" if same else b"new")
    assert requested(server, "/p") == (1 if same else 2)
    dated = {"last-modified": "Mon, 03 Nov 2025 08:00:00 GMT"}  # which the server of these tests strips off a 304
    assert contradicts(dated, Validators(last_modified="Sun, 02 Nov 2025 08:00:00 GMT"))
    assert not contradicts(dated, Validators(etag='"v1"', last_modified=dated["last-modified"]))


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 100)),
        ("x-gzip", gzip.compress(b"text " * 50) + gzip.compress(b"text " * 50) + b"\0\0"),
        ("deflate", zlib.compress(b"text " * 100)),
        ("deflate", zlib.compress(b"text " * 100)[2:-4]),
        ("deflate, gzip", gzip.compress(zlib.compress(b"text " * 100))),
        ("identity", b"text " * 100),
    ],
    ids=["gzip", "members", "zlib", "bare", "both", "plain"],
)
def test_packed_bodies(server: HTTPServer, encoding: str, packed: bytes) -> None:
    server.expect_request("/p").respond_with_data(packed, headers={"Content-Encoding": encoding})
    assert get(server, "/p").body == b"text " * 100


@pytest.mark.parametrize(
    ("encoding", "packed", "expected"),
    [
        ("gzip", gzip.compress(bytes(50_000_000)), "too_large"),
        ("deflate, gzip", gzip.compress(zlib.compress(bytes(50_000_000))), "too_large"),
        ("identity", bytes(200_001), "too_large"),
        ("gzip", gzip.compress(b"text " * 100)[:-10], "bad_encoding"),
        ("gzip", b"no gzip at all", "bad_encoding"),
        ("br", b"\x0b\x02\x80", "bad_encoding"),
    ],
    ids=["bomb", "double", "plain", "cut", "none", "unasked"],
)
def test_bombs_and_broken_bodies(server: HTTPServer, encoding: str, packed: bytes, expected: str) -> None:
    server.expect_request("/p").respond_with_data(packed, headers={"Content-Encoding": encoding})
    assert reason(server, "/p") == expected


@pytest.mark.parametrize(
    ("status", "expected", "tries"),
    [
        (404, "gone", 1),
        (410, "gone", 1),
        (401, "client_error", 1),
        (204, "client_error", 1),
        (429, "rate_limited", 3),
        (503, "server_error", 3),
        (500, "server_error", 3),
    ],
)
def test_statuses(server: HTTPServer, status: int, expected: str, tries: int) -> None:
    server.expect_request("/p").respond_with_data("x", status=status)
    assert reason(server, "/p") == expected
    assert requested(server, "/p") == tries


def test_retry_succeeds_and_waits_as_long_as_asked(server: HTTPServer) -> None:
    server.expect_ordered_request("/robots.txt").respond_with_data("")
    server.expect_ordered_request("/p").respond_with_data("x", status=503, headers={"Retry-After": "1"})
    server.expect_ordered_request("/p").respond_with_data("fine")
    began = time.monotonic()
    assert get(server, "/p", policy=FetchPolicy(first_wait=0.01, longest_wait=2.0)).body == b"fine"
    assert time.monotonic() - began >= 1.0


def test_a_host_that_asks_for_a_long_wait_is_left_alone(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("x", status=429, headers={"Retry-After": "3600"})
    requests = [PageRequest(url=server.url_for("/p"), source=source_of(server)) for _ in range(3)]
    answers = [answer for _, answer in fetch_all(requests, FAST)]
    assert [isinstance(a, Retryable) and a.reason for a in answers] == ["rate_limited"] * 3
    assert requested(server, "/p") == 1


def test_a_host_that_keeps_failing_is_given_up(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("x", status=500)
    requests = [PageRequest(url=server.url_for("/p"), source=source_of(server)) for _ in range(6)]
    answers = [answer for _, answer in fetch_all(requests, FAST)]
    assert {a.reason for a in answers if isinstance(a, StageError)} == {"server_error"}
    assert requested(server, "/p") == FAST.give_up_after


def test_a_host_in_trouble_is_asked_more_and_more_slowly_and_then_as_before(server: HTTPServer) -> None:
    times: list[float] = []

    def handler(_: Request) -> Response:
        times.append(time.monotonic())
        return Response("x", 503 if len(times) <= 3 else 200)

    server.expect_request("/p").respond_with_handler(handler)
    requests = [PageRequest(url=server.url_for(f"/p?{n}"), source=source_of(server, rate=10.0)) for n in range(7)]
    answers = [a for _, a in fetch_all(requests, FetchPolicy(tries=1, first_wait=0.01))]
    assert [isinstance(a, RawPage) for a in answers] == [False] * 3 + [True] * 4
    assert times[3] - times[0] >= 0.2 + 0.4 + 0.8 - 0.1, "it slows with every failure"
    assert times[6] - times[3] >= 0.4 + 0.2 + 0.1 - 0.1, "and picks up with every answer"


def test_retry_after_as_a_date_holds_the_host_back(server: HTTPServer) -> None:
    def handler(_: Request) -> Response:
        if requested(server, "/p"):
            return Response("fine")
        at = datetime.now(UTC) + timedelta(seconds=2)
        return Response("x", 429, headers={"Retry-After": format_datetime(at, usegmt=True)})

    server.expect_request("/p").respond_with_handler(handler)
    began = time.monotonic()
    assert get(server, "/p", policy=FetchPolicy(first_wait=0.01, longest_wait=5.0)).body == b"fine"
    assert time.monotonic() - began >= 0.9, "the header has whole seconds"


def test_retry_after_in_both_forms() -> None:
    now = datetime(2025, 11, 7, 8, tzinfo=UTC)
    assert retry_after("120", now) == 120.0
    assert retry_after(format_datetime(now + timedelta(seconds=30), usegmt=True), now) == 30.0
    assert retry_after(format_datetime(now - timedelta(seconds=30), usegmt=True), now) == 0.0
    assert retry_after("soon", now) is retry_after(None, now) is None


def test_deadline_holds_for_a_body_that_drips(server: HTTPServer) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b"x"

    server.expect_request("/p").respond_with_handler(lambda _: Response(drip()))
    began = time.monotonic()
    assert reason(server, "/p", policy=FetchPolicy(deadline=0.4, tries=1)) == "timeout"
    assert time.monotonic() - began < 3


def test_a_closed_port_and_an_unknown_name_are_unreachable(server: HTTPServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    source = source_of(server, url=f"http://127.0.0.1:{port}/feed")
    # The first address asked is robots.txt; without it the page is left alone.
    assert reason(server, f"http://127.0.0.1:{port}/p", source=source) == "robots_unavailable"
    assert reason(server, "http://name.invalid/p") == "robots_unavailable"


def test_an_answer_cut_off_is_not_taken_for_a_page(server: HTTPServer) -> None:
    class Half(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Length", "0" if self.path == "/robots.txt" else "1000")
            self.end_headers()
            self.wfile.write(b"" if self.path == "/robots.txt" else b"half")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Half) as half:
        threading.Thread(target=half.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{half.server_port}"
        assert reason(server, f"{base}/p", source=source_of(server, url=f"{base}/feed")) == "unreachable"
        half.shutdown()


# --- robots.txt


def test_robots_rules_are_kept(server: HTTPServer) -> None:
    rules = "User-agent: *\nDisallow: /\nUser-agent: rivalry\nDisallow: /*.pdf$\nDisallow: /private/\n"
    server.expect_request("/robots.txt").respond_with_data(rules)
    server.expect_request("/p").respond_with_data("ok")
    assert get(server, "/p").body == b"ok"
    assert reason(server, "/private/p") == reason(server, "/a.pdf") == "robots"
    assert requested(server, "/private/p") == 0


@pytest.mark.parametrize(("status", "expected"), [(503, "robots_unavailable"), (429, "robots_unavailable")])
def test_without_robots_the_page_is_left_alone(server: HTTPServer, status: int, expected: str) -> None:
    server.expect_request("/robots.txt").respond_with_data("x", status=status)
    requests = [PageRequest(url=server.url_for(f"/{n}"), source=source_of(server)) for n in range(2)]
    answers = [answer for _, answer in fetch_all(requests, FAST)]
    assert all(isinstance(a, Retryable) and a.reason == expected for a in answers)
    assert requested(server, "/robots.txt") == FAST.tries
    assert requested(server, "/0") == 0


def test_a_forbidden_robots_file_means_none(server: HTTPServer) -> None:
    server.expect_request("/robots.txt").respond_with_data("x", status=403)
    server.expect_request("/p").respond_with_data("ok")
    assert get(server, "/p").body == b"ok"


def test_crawl_delay_and_rate_space_the_requests(server: HTTPServer) -> None:
    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nCrawl-delay: 0.3\n")
    server.expect_request("/p").respond_with_data("ok")
    requests = [PageRequest(url=server.url_for("/p"), source=source_of(server)) for _ in range(3)]
    began = time.monotonic()
    assert len(list(fetch_all(requests, FAST))) == 3
    assert time.monotonic() - began >= 0.6


def test_listed_sitemaps_may_be_read_and_wild_robots_do_no_harm() -> None:
    rules = parse_robots(b"User-agent: *\nDisallow: /\nSitemap: https://x.example/news.xml\n")
    assert rules.allows("https://x.example/news.xml")
    assert not rules.allows("https://x.example/a")
    assert parse_robots(b"<html>\x00 not robots").allows("https://x.example/a")
    assert parse_robots(b"User-agent: *\nCrawl-delay: often\n").crawl_delay == 0.0


# --- addresses and redirects


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "168.63.129.16", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_known() -> None:
    assert all(map(is_public, ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]))


def test_this_machine_is_refused_unless_it_is_the_local_sources_own(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("ok")
    public = source_of(server, local=False, url="https://paper.example/feed")
    assert reason(server, "/p", source=public) == "refused_address"
    port = server.port
    for disguise in (f"http://localhost:{port}/p", f"http://2130706433:{port}/p", f"http://0x7f.1:{port}/p"):
        assert reason(server, disguise) == "refused_address"
    assert requested(server, "/p") == 0
    assert get(server, "/p").body == b"ok"


def test_a_name_that_leads_here_is_refused_when_it_connects(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def rebound(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host == "paper.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    assert reason(server, f"http://paper.example:{server.port}/p") == "refused_address"


def test_another_source_cannot_ride_on_a_local_ones_connection(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("ok")

    async def both() -> None:
        async with Fetcher(FAST) as fetcher:
            await fetcher.get(server.url_for("/p"), source_of(server))
            await fetcher.get(server.url_for("/p"), source_of(server, local=False, url="https://paper.example/"))

    with pytest.raises(Permanent, match="refused_address"):
        asyncio.run(both())
    assert requested(server, "/p") == 1


def test_redirects_are_followed_and_each_hop_is_checked(server: HTTPServer) -> None:
    def to(location: str) -> Response:
        return Response("", 302, headers={"Location": location})

    server.expect_request("/a").respond_with_handler(lambda _: to("/b"))
    server.expect_request("/b").respond_with_data("ok")
    server.expect_request("/loop").respond_with_handler(lambda _: to("/loop"))
    server.expect_request("/file").respond_with_handler(lambda _: to("file:///etc/passwd"))
    server.expect_request("/inside").respond_with_handler(lambda _: to("http://169.254.169.254/latest/meta-data"))
    server.expect_request("/count").respond_with_handler(lambda r: to(f"/count?n={int(r.args.get('n', 0)) + 1}"))
    page = get(server, "/a")
    assert (page.url, page.final_url) == (server.url_for("/a"), server.url_for("/b"))
    assert reason(server, "/loop") == reason(server, "/count") == "redirect_loop"
    assert reason(server, "/file") == reason(server, "/inside") == "refused_address"
    assert requested(server, "/count") == FAST.max_redirects + 1


def test_robots_of_the_host_redirected_to_are_asked(server: HTTPServer) -> None:
    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /b")
    server.expect_request("/a").respond_with_handler(lambda _: Response("", 301, headers={"Location": "/b"}))
    assert reason(server, "/a") == "robots"


@pytest.mark.parametrize("url", ["notaurl", "ftp://x.example/a", "http://", "http://[::1", "http://a b/"])
def test_addresses_that_are_none(server: HTTPServer, url: str) -> None:
    ((_, answer),) = fetch_all([PageRequest(url=url, source=source_of(server))], FAST)
    assert isinstance(answer, StageError)


# --- secrets, the environment, batches


def test_secrets_stay_out_of_error_texts(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("x", status=403)
    with pytest.raises(Permanent) as raised:
        get(server, "/p?q=1&api-key=SESAME&access_token=SESAME")
    assert "SESAME" not in str(raised.value)
    assert "q=1" in str(raised.value)
    assert redact("https://me:SESAME@x.example/?key=SESAME;sig=SESAME") == "https://***@x.example/?key=***;sig=***"


def test_proxies_of_the_environment_are_not_used(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.expect_request("/p").respond_with_data("ok")
    assert get(server, "/p").body == b"ok"


def test_hosts_run_side_by_side_and_one_host_in_turn() -> None:
    active: dict[int, int] = {}
    most: dict[int, int] = {}
    lock = threading.Lock()

    def handler(request: Request) -> Response:
        port = int(request.host.split(":")[1])
        with lock:
            active[port] = active.get(port, 0) + 1
            most[port] = max(most.get(port, 0), active[port])
            most[0] = max(most.get(0, 0), sum(active.values()))
        time.sleep(0.1)
        with lock:
            active[port] -= 1
        return Response("ok")

    with HTTPServer(threaded=True) as one, HTTPServer(threaded=True) as two:
        for server in (one, two):
            server.no_handler_status_code = 404
            server.expect_request("/p").respond_with_handler(handler)
        requests = [PageRequest(url=s.url_for("/p"), source=source_of(s)) for s in (one, two) for _ in range(3)]
        answers = list(fetch_all(requests, FAST))
    assert len(answers) == 6
    assert all(isinstance(answer, RawPage) for _, answer in answers)
    assert most.pop(0) == 2
    assert set(most.values()) == {1}


def test_a_batch_left_early_stops(server: HTTPServer) -> None:
    server.expect_request("/p").respond_with_data("ok")
    requests = [PageRequest(url=server.url_for("/p"), source=source_of(server, rate=10.0)) for _ in range(50)]
    answers = fetch_all(requests, FAST)
    next(answers)
    answers.close()
    assert requested(server, "/p") < 10
    assert not [thread for thread in threading.enumerate() if thread.name == "fetch"]
