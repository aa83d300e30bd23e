"""Fetching over TLS and HTTP/2, from a server on loopback with a certificate that this test makes."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import certifi
import h2.config
import h2.connection
import h2.events
import pytest

from extractors.errors import Retryable
from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy, PageRequest
from extractors.records import RawPage, Source

POLICY = FetchPolicy(deadline=5.0, tries=1)
PAGES = {"/robots.txt": b"User-agent: *\nDisallow: /private\n", "/a": b"first", "/b": b"second"}


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for ``name`` and its key, as openssl makes them."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "2"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *key, *subject, "-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(command, check=True, capture_output=True)
    return files


@dataclass
class Http2Server:
    """Answers ``PAGES`` by HTTP/2 alone, and counts."""

    files: tuple[Path, Path]
    port: int = 0
    connections: int = 0
    paths: list[str] = field(default_factory=list)

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files)
        context.set_alpn_protocols(["h2"])
        async with await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context) as server:
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await stop.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        writer.write(talk.data_to_send())
        while data := await reader.read(65536):
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self._answer(talk, event)
            writer.write(talk.data_to_send())
        writer.close()

    def _answer(self, talk: h2.connection.H2Connection, event: h2.events.RequestReceived) -> None:
        path = dict(event.headers)[b":path"].decode()
        self.paths.append(path)
        talk.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/html")])
        talk.send_data(event.stream_id, PAGES[path], end_stream=True)


def served(files: tuple[Path, Path]) -> Iterator[Http2Server]:
    server, ready = Http2Server(files), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(ready, stop),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Http2Server]:
    """A server whose certificate is for ``localhost`` and trusted."""
    files = certificate(tmp_path, "localhost")
    monkeypatch.setattr(certifi, "where", lambda: str(files[0]))
    yield from served(files)


@pytest.fixture
def misnamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Http2Server]:
    """A server whose certificate is trusted, and for another name."""
    files = certificate(tmp_path, "elsewhere.example")
    monkeypatch.setattr(certifi, "where", lambda: str(files[0]))
    yield from served(files)


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[Http2Server]:
    yield from served(certificate(tmp_path, "localhost"))


def answers(server: Http2Server, *paths: str) -> list[RawPage | Exception]:
    base = f"https://localhost:{server.port}"
    source = Source(id="s", name="S", protocol="feed", url=f"{base}/feed", local=True, rate=1000.0)
    return [answer for _, answer in fetch_all([PageRequest(url=base + path, source=source) for path in paths], POLICY)]


def test_pages_come_by_http2_over_one_connection(trusted: Http2Server) -> None:
    first, second, private = answers(trusted, "/a", "/b", "/private/c")
    assert (first.body, second.body) == (b"first", b"second")
    assert private.reason == "robots"
    assert (trusted.paths, trusted.connections) == (["/robots.txt", "/a", "/b"], 1)


@pytest.mark.parametrize("server", ["misnamed", "untrusted"])
def test_a_certificate_that_does_not_hold_is_refused(server: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(server)
    (answer,) = answers(found, "/a")
    assert isinstance(answer, Retryable)
    assert answer.reason == "robots_unavailable" and "CERTIFICATE_VERIFY_FAILED" in answer.detail
    assert found.paths == []
