"""WARC files of invented pages, written as crawlers write them."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.backfill.parts_folder import Manifest
from flows.backfill.reading import Job, read_file
from flows.newsroom.content import last_day
from flows.newsroom.server import Newsroom

HTML = (("Content-Type", "text/html; charset=utf-8"),)
OFF_TOPIC = b"<html><head><title>Harvest</title></head><body><p>The harvest in the valley was the best of the decade, growers said.</p></body></html>"


BASE = "https://newsroom.example"
DAY = last_day().astimezone(UTC)


def newsroom_pages(base: str = BASE) -> list[tuple[str, bytes]]:
    """(address, HTML) of every page of the sample newsroom, on its last day."""
    room = Newsroom(DAY)
    answers = [(base + path, room.answer(path, base)) for path in sorted(room.by_path)]
    return [(url, body) for url, (status, _, body) in answers if status == 200]


class WarcFile:
    """A WARC file under way; ``with WarcFile(path) as warc: warc.page(url, body)``."""

    def __init__(self, path: Path, *, compressed: bool = True) -> None:
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=compressed)
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, {"software": "tests"}))

    def __enter__(self) -> "WarcFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def page(
        self,
        url: str,
        body: bytes,
        captured: datetime,
        *,
        status: str = "200 OK",
        headers: tuple[tuple[str, str], ...] = HTML,
        kind: str = "response",
    ) -> None:
        """Write one record of a page."""
        answer = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind != "resource" else None
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=answer,
            warc_content_type="text/html" if kind == "resource" else "",
            warc_headers_dict={"WARC-Date": captured.strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        self._writer.write_record(record)


def dies_of_deadly(job: Job) -> Manifest:
    """``read_file``, in a process that one file kills."""
    if "deadly" in job.path:
        os.kill(os.getpid(), signal.SIGKILL)
    return read_file(job)


def dask_cluster(folder: Path, workers: int) -> tuple[str, list[subprocess.Popen]]:
    """A real Dask scheduler and its workers on this machine: the address, and the processes (the scheduler first)."""
    dask = [str(Path(sys.executable).with_name("dask"))]
    found = folder / "scheduler.json"
    quiet = {"cwd": Path(__file__).parent.parent, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    host = ["--host", "127.0.0.1", "--scheduler-file", str(found)]
    processes = [subprocess.Popen([*dask, "scheduler", *host, "--port", "0", "--no-dashboard"], **quiet)]
    latest = time.monotonic() + 60
    while not found.exists() or not found.read_text():
        assert processes[0].poll() is None, f"the Dask scheduler ended with exit code {processes[0].returncode}"
        assert time.monotonic() < latest, "the Dask scheduler did not come up within a minute"
        time.sleep(0.05)
    one = ["worker", "--scheduler-file", str(found), "--no-nanny", "--no-dashboard", "--nthreads", "1"]
    place = ["--local-directory", str(folder)]
    processes += [subprocess.Popen([*dask, *one, *place], **quiet) for _ in range(workers)]
    return json.loads(found.read_text())["address"], processes


def end(processes: list[subprocess.Popen]) -> None:
    """End what ``dask_cluster`` started."""
    for process in reversed(processes):
        process.kill()
        process.wait()
