"""What a page costs to fetch beside bare httpx, and how much memory a night takes at its peak.

Both fetch the same pages from a server on loopback, robots.txt and all checks included on our side; the server's own work is part of
both figures.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from extractors.pages.batch import fetch_all
from extractors.pages.policy import PageRequest
from extractors.records import RawPage, Source
from tests.bench.figures import Figure

PAGES = 500
BODY = b"<html><body>" + b"<p>Chips for China.</p>" * 4_000 + b"</body></html>"
MEGABYTE = 1024 * 1024
PEAK_GOAL = 1.2 * 1024

NIGHT = """
import resource, sys
from pathlib import Path
import pytest
from flows import sample_run
from tests.test_nightly import plainly
plainly(pytest.MonkeyPatch())
sample_run.nightly, sample_run.PORT = sample_run.nightly.fn, 0
sample_run.run(Path(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure() -> list[Figure]:
    """Milliseconds a page, and the peak memory of two nights over the sample newsroom."""
    with _served() as base:
        bare = asyncio.run(_bare(base))
        ours = _ours(base)
    return [
        Figure(name="a page fetched", value=1e3 * ours / PAGES, unit="ms", least=False, beside="bare httpx",
               beside_value=1e3 * bare / PAGES),
        Figure(name="peak memory of a night", value=_peak(), unit="MB", goal=PEAK_GOAL, least=False),
    ]  # fmt: skip


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Nothing: the figures are what is printed."""


@contextmanager
def _served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def _bare(base: str) -> float:
    async with httpx.AsyncClient(http2=True) as client:
        await client.get(f"{base}/0")
        began = time.perf_counter()
        for n in range(PAGES):
            (await client.get(f"{base}/{n}")).raise_for_status()
        return time.perf_counter() - began


def _ours(base: str) -> float:
    source = Source(id="s", name="S", protocol="feed", url=f"{base}/feed", local=True, rate=1e6)
    requests = [PageRequest(url=f"{base}/{n}", source=source) for n in range(PAGES)]
    began = time.perf_counter()
    answers = [answer for _, answer in fetch_all(requests)]
    seconds = time.perf_counter() - began
    if not all(isinstance(answer, RawPage) and answer.body == BODY for answer in answers):
        raise ValueError("not every page came whole")
    return seconds


def _peak() -> float:
    """Peak memory in megabytes of a process that takes the sample's two nights; its readers are processes of their own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", NIGHT, str(Path(folder) / "sample.duckdb")]
        run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts in bytes there, in kilobytes elsewhere
    return int(run.stdout.split()[-1]) * unit / MEGABYTE
