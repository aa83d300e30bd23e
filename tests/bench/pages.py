"""How fast and how well pages are read, beside trafilatura alone; in this process, and through the reader processes.

On the recorded pages of the folder that RIVALRY_PAGES names (see ``tests/eval/score_pages``), with their scores; without one, on
generated pages that are as large as news pages and have no scores.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from extractors.errors import StageError
from extractors.pages.read import read_page
from extractors.pages.readers import ReaderLimits, Readers
from extractors.records import RawPage
from tests.bench.figures import Figure, cpu_seconds
from tests.eval.score_pages import FLOORS, score
from tests.warc_makers import newsroom_pages

NOW = datetime(2025, 11, 10, tzinfo=UTC)
GOAL = 60.0  # pages a CPU-second
PAGE_BYTES = 100_000
ENOUGH = 100


def measure() -> list[Figure]:
    """Pages a CPU-second beside trafilatura alone, what the reader processes cost beside this one, and the scores."""
    folder = Path(os.environ["RIVALRY_PAGES"]) if "RIVALRY_PAGES" in os.environ else None
    pages = _recorded(folder) if folder else [(url, _as_large(body)) for url, body in newsroom_pages()]
    pages *= -(-ENOUGH // len(pages))
    _read_all(pages[:1])
    ours = len(pages) / cpu_seconds(lambda: _read_all(pages))
    alone = len(pages) / cpu_seconds(lambda: [_trafilatura(url, body) for url, body in pages])
    speed = Figure(
        name=f"pages read ({'recorded' if folder else 'generated'})", value=ours, unit="a CPU-second", goal=GOAL,
        beside="trafilatura alone", beside_value=alone,
    )  # fmt: skip
    return [speed, *_apart(pages), *(_scores(folder) if folder else [])]


def _recorded(folder: Path) -> list[tuple[str, bytes]]:
    lines = map(json.loads, (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    return [(line["url"], gzip.decompress((folder / line["page"]).read_bytes())) for line in lines]


def _as_large(body: bytes) -> bytes:
    menu = b"<ul>" + b"<li><a href='/section'>Section</a></li>" * 200 + b"</ul>"
    code = b"<script>" + b"window.x = {a: 1};" * ((PAGE_BYTES - len(body) - len(menu)) // 18) + b"</script>"
    return body.replace(b"</body>", menu + code + b"</body>")


def _read_all(pages: list[tuple[str, bytes]]) -> None:
    for url, body in pages:
        try:
            read_page(body, url, "text/html", NOW)
        except StageError:
            continue


def _trafilatura(url: str, body: bytes) -> object:
    return trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)


def _apart(pages: list[tuple[str, bytes]]) -> list[Figure]:
    """One reader process beside this process, by the wall: what the way there and back costs."""
    answers = [
        RawPage(url=url, final_url=url, status=200, fetched=NOW, body=body, content_type="text/html")
        for url, body in pages
    ]
    readers = Readers(ReaderLimits(processes=1))
    try:
        started = _seconds(lambda: readers.read_all(answers[:1], NOW))
        apart = _seconds(lambda: readers.read_all(answers, NOW))
    finally:
        readers.close()
    here = _seconds(lambda: _read_all(pages))
    unit = "ms a page"
    return [
        Figure(name="reading in a process apart", value=1e3 * apart / len(pages), unit=unit, least=False,
               beside="in this process", beside_value=1e3 * here / len(pages)),
        Figure(name="start of a reader process", value=started, unit="s", least=False),
    ]  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _scores(folder: Path) -> list[Figure]:
    found = score(folder)
    return [Figure(name=name, value=found.mean(name), unit="", goal=floor) for name, floor in FLOORS.items()]
