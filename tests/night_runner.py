"""Nights in processes that can be killed: one warm process that forks a night for each line that it reads.

Its argument is the address of the newsroom; a line is ``DB NOW BASE SECONDS``, after which the
night is killed. The answer is how it ended.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from tempfile import TemporaryDirectory

import pytest

from extractors.errors import StageError
from extractors.pages.read import read_page
from extractors.records import Page, RawPage
from flows import documents, fetching, nightly, publishing
from flows.newsroom.server import Newsroom
from tests.test_nightly import FIRST, plainly, sources

SOURCE = "brasswick-ledger"  # articles whole and partial, and a page that is gone


class Here:
    """Reads pages in this process."""

    def start(self) -> None:
        return

    def read_all(self, pages: Iterable[RawPage], now: datetime) -> list[Page | StageError]:
        return [self._read(page, now) for page in pages]

    def _read(self, page: RawPage, now: datetime) -> Page | StageError:
        try:
            return read_page(page.body, page.final_url, page.content_type, now)
        except StageError as error:
            return error


def run(db: str, now: str, base: str) -> None:
    """One night; the process ends with it."""
    moment = datetime.fromisoformat(now)
    nightly.nightly.fn(sources=sources(Newsroom(moment), base, SOURCE), db=db, now=moment)


def main() -> None:
    patch = pytest.MonkeyPatch()
    plainly(patch)
    # What a night of a few pages need not wait for: reader processes of its own, and files made from the snapshot.
    for place in (documents, fetching):
        patch.setattr(place, "shared_readers", Here)
    patch.setattr(publishing.export, "export", lambda *_: None)
    patch.setattr(publishing.report, "write_report", lambda *_: None)
    patch.setattr(fetching, "LOG_SECONDS", 0.0)
    with TemporaryDirectory() as folder:  # what a first night loads, those that are forked have
        run(f"{folder}/w.duckdb", FIRST.isoformat(), sys.argv[1])
    for line in sys.stdin:
        *night, seconds = line.split()
        child = os.fork()
        if not child:
            status = 1
            try:
                run(*night)
                status = 0
            finally:
                os._exit(status)
        print(ended(child, float(seconds)), flush=True)


def ended(child: int, seconds: float) -> int:
    """The exit code of ``child``, which is killed after so many seconds; as long as it is not waited for, its number is its own."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found, code = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(code)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
