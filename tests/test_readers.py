"""Pages read in processes of their own: what one page does to its reader, the others do not feel."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.errors import Permanent, RunFailed, StageError
from extractors.outcomes import REASONS
from extractors.pages.read import read_page
from extractors.pages.readers import ReaderLimits, Readers
from extractors.records import Page, RawPage

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
LIMITS = ReaderLimits(seconds=3.0, room=512 << 20, processes=2)
WORDS = (
    "The Commerce Department added a maker of chips to the Entity List on Friday, officials said in Washington. " * 6
)
ARTICLE = f"<html lang='en'><head><title>Chips</title></head><body><article><h1>Chips</h1><p>{WORDS}</p></article></body></html>".encode()


def page(body: bytes) -> RawPage:
    url = "https://paper.example/world/chips"
    return RawPage(url=url, final_url=url, status=200, fetched=NOW, body=body, content_type="text/html")


def ended(answer: Page | StageError) -> str:
    return answer.reason if isinstance(answer, StageError) else "read"


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[Readers]:
    readers = Readers(LIMITS, "tests.misbehaving_reader")
    yield readers
    readers.close()


def test_pages_are_answered_in_order_as_this_process_would(misbehaving: Readers) -> None:
    bodies = [ARTICLE.replace(b"Friday", f"day {n}".encode()) for n in range(12)]
    assert misbehaving.read_all(map(page, bodies), NOW) == [
        read_page(body, "https://paper.example/world/chips", "text/html", NOW) for body in bodies
    ]


def test_a_page_that_hangs_crashes_or_fills_its_reader_ends_alone(misbehaving: Readers) -> None:
    bodies = [
        ARTICLE,
        b"please crash",
        ARTICLE,
        b"please hang",
        ARTICLE,
        b"please fill",
        ARTICLE,
        b"<html><p>hm",
        ARTICLE,
    ]
    began = time.monotonic()
    answers = misbehaving.read_all(map(page, bodies), NOW)
    assert [ended(a) for a in answers] == [
        "read", "reader_crashed", "read", "reader_timeout", "read", "reader_memory", "read", "not_an_article", "read",
    ]  # fmt: skip
    assert {ended(a) for a in answers} - {"read"} <= set(REASONS)
    assert "signal 11" in str(answers[1]) and "3 s" in str(answers[3]) and "536,870,912 bytes" in str(answers[5])
    assert time.monotonic() - began < 60


def test_readers_are_refused_the_network(misbehaving: Readers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        answers = misbehaving.read_all(map(page, [f"please call {port}".encode(), b"please resolve"]), NOW)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert [ended(a) for a in answers] == ["unreadable", "unreadable"]
    assert all("may not open the network" in str(a) for a in answers)


def test_a_page_that_could_not_be_had_keeps_its_reason(misbehaving: Readers) -> None:
    lost = Permanent("unreadable", "its file is gone")
    assert [ended(a) for a in misbehaving.read_all([page(ARTICLE), lost, page(ARTICLE)], NOW)] == [
        "read",
        "unreadable",
        "read",
    ]
    assert misbehaving.read_all([], NOW) == []


def test_few_bodies_are_taken_before_they_can_be_read(misbehaving: Readers) -> None:
    taken = []

    def pages() -> Iterator[RawPage]:
        for n in range(8):
            taken.append(n)
            yield page(b"please hang" if n < 2 else ARTICLE)
            assert n < 2 or len(taken) <= n + 1

    began = time.monotonic()
    assert [ended(a) for a in misbehaving.read_all(pages(), NOW)] == ["reader_timeout"] * 2 + ["read"] * 6
    assert time.monotonic() - began < 2 * LIMITS.seconds + 20, "they hang side by side"


def test_an_answer_nobody_took_does_not_meet_the_next_page(misbehaving: Readers) -> None:
    def stopped() -> Iterator[RawPage]:
        yield page(ARTICLE.replace(b"Chips", b"Old"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        misbehaving.read_all(stopped(), NOW)
    (answer,) = misbehaving.read_all([page(ARTICLE)], NOW)
    assert answer.title == "Chips"


def test_a_page_of_ten_megabytes_of_tag_soup_is_read_or_refused_within_its_limits() -> None:
    soup = (b"<div><p>word <b><i><a href=x>" * 400_000)[: 10 * 1024 * 1024]
    readers = Readers(ReaderLimits(seconds=20.0, processes=1))
    try:
        hostile, fine = readers.read_all([page(b"<html><body>" + soup), page(ARTICLE)], NOW)
    finally:
        readers.close()
    assert ended(hostile) in {"not_an_article", "unreadable", "reader_timeout", "reader_memory", "reader_crashed"}
    assert ended(fine) == "read"


def test_readers_that_do_not_start_are_said() -> None:
    with pytest.raises(RunFailed, match="does not start"):
        Readers(LIMITS, "tests.no_such_reader").read_all([page(ARTICLE)], NOW)


STARTER = """
import sys, time
from tests.test_readers import ARTICLE, LIMITS, NOW, page
from extractors.pages.readers import Readers
readers = Readers(LIMITS, "tests.misbehaving_reader")
readers.read_all([page(ARTICLE)], NOW)
print(*(r._process.pid for r in readers._idle), flush=True)
readers.read_all([page(b"please hang")] * 2 if sys.argv[1] == "busy" else [], NOW)
time.sleep(60)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_readers_end_with_the_process_that_started_them(state: str) -> None:
    root = Path(__file__).parents[1]
    with subprocess.Popen([sys.executable, "-c", STARTER, state], cwd=root, stdout=subprocess.PIPE, text=True) as run:
        children = [int(pid) for pid in run.stdout.readline().split()]
        time.sleep(0.3)
        run.send_signal(signal.SIGKILL)
    assert len(children) == LIMITS.processes
    deadline = time.monotonic() + 3 * LIMITS.seconds
    while any(_runs(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(_runs(pid) for pid in children)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
