"""How fast WARC files are read: through the cheap test beside plain iteration, whole files, one worker and two, peak memory.

Pages have 100 kB of markup, menus and code around their text, as news pages have (CC-NEWS files hold some 40 kB a page packed). One
in a hundred is on topic; a fifth names both countries and AI in its menus alone, which is what the cheap test cannot tell.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as Warcio

from extractors.language.screen import screen
from extractors.pages.quick import quick_text
from extractors.sources.warc import WarcPage, pages
from flows.backfill.parts_folder import PartsFolder
from flows.backfill.reading import Job, read_file
from flows.backfill.warcs import job_of
from flows.backfill.workers import on_this_machine
from tests.bench.figures import Figure, cpu_seconds
from tests.warc_makers import DAY, WarcFile, newsroom_pages

PAGES = 1_500  # a file; two are written
ON_TOPIC = 0.01
NAMED_IN_MENUS = 0.2
PAGE_BYTES = 100_000
GIGABYTE = 1e9


def measure() -> list[Figure]:
    """The figures, on two generated files of ``PAGES`` records each."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.warc.gz" for n in range(2)]
        for n, path in enumerate(paths):
            _write(path, Random(n))
        return [*_cheap(paths[0]), *_whole(paths, folder)]


def _write(path: Path, random: Random) -> None:
    on_topic = [body for _, body in newsroom_pages() if screen(body) is None]
    words = [
        f"{a}{b}"
        for a in ("har", "mil", "stra", "pel", "con", "ver")
        for b in ("vest", "ler", "ting", "dor", "lay", "sen")
    ]
    with WarcFile(path) as warc:
        for n in range(PAGES):
            head, tail = random.choice(on_topic).split(b"</main>") if random.random() < ON_TOPIC else (b"", b"")
            prose = " ".join(random.choices(words, k=600)).encode()
            menu = b"<nav>US China AI</nav>" if random.random() < NAMED_IN_MENUS else b"<nav>Sport Weather</nav>"
            body = (
                head
                or b"<html><head><title>"
                + prose[:40]
                + b"</title></head><body>"
                + menu
                + b"<main><p>In the end "
                + prose
                + b"</p>"
            )
            code = "".join(
                f'<div class="c{random.getrandbits(24):x}"><i data-x="{random.random()}"></i></div>'
                for _ in range(1_800)
            )
            warc.page(f"https://paper{n % 50}.example/{n}", body + b"</main>" + code.encode()[:PAGE_BYTES] + tail, DAY)


def _cheap(path: Path) -> Iterable[Figure]:
    bodies = [p for p in _pages(path) if isinstance(p, WarcPage)]
    size = sum(len(p.body) for p in bodies) / 1e6
    ours = cpu_seconds(lambda: [screen(p.body) for p in _pages(path) if isinstance(p, WarcPage)])
    plain = cpu_seconds(lambda: _fastwarc(path))
    other = cpu_seconds(lambda: _warcio(path))
    quick = bodies[:200]
    quick_seconds = cpu_seconds(lambda: [quick_text(p.body) for p in quick])
    yield Figure("records read and looked at", PAGES / ours, "a CPU-second", 3_000, "fastwarc, unread", PAGES / plain)
    yield Figure("… beside warcio", PAGES / ours, "a CPU-second", None, "warcio, unread", PAGES / other)
    yield Figure("… in bytes, unpacked", size / ours, "MB/CPU-second", None, "fastwarc, unread", size / plain)
    yield Figure("quick readings", len(quick) / quick_seconds, "a CPU-second", None, "", None)


def _whole(paths: list[Path], folder: str) -> Iterable[Figure]:
    jobs = [job_of(str(path), PartsFolder(f"{folder}/warm"), None) for path in paths]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, memory = pool.apply(_alone, (jobs[0],))
    packed = paths[0].stat().st_size
    yield Figure("1 GB packed, extrapolated", seconds * GIGABYTE / packed / 60, "CPU-minutes", 3, "", None, least=False)
    yield Figure("(measured on)", packed / 1e6, "MB packed", None, "", None)
    yield Figure("peak memory of a worker", memory, "MB", 1_200, "", None, least=False)
    one, two = (_wall(paths, f"{folder}/{n}", n) for n in (1, 2))
    yield Figure("two workers over one", one / two, "times", 1.8, "", None)


def _pages(path: Path) -> Iterable[object]:
    with path.open("rb") as stream:
        yield from pages(stream)


def _fastwarc(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(
            len(r.reader.read()) for r in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True)
        )


def _warcio(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(len(r.content_stream().read()) for r in Warcio(stream) if r.rec_type == "response")


def _alone(job: Job) -> tuple[float, float]:
    """CPU seconds of reading a file with the model already loaded, and the peak memory of the process in MB."""
    read_file(job)
    seconds = read_file(job).seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, peak / (1e6 if sys.platform == "darwin" else 1e3)


def _wall(paths: list[Path], parts: str, processes: int) -> float:
    """Seconds that the two files take, start of the processes included."""
    jobs = [job_of(str(path), PartsFolder(parts), None) for path in paths]
    began = time.monotonic()
    for _, ended in on_this_machine(jobs, processes):
        if isinstance(ended, Exception):
            raise ended
    return time.monotonic() - began
