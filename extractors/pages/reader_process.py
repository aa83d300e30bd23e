"""What a reader process does (see ``readers``): one page after the other, in a limited room and without the network.

Run as ``python -m extractors.pages.reader_process PIPE SECONDS BYTES``; ``PIPE`` is the number of an inherited pipe.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from extractors.errors import Permanent, StageError
from extractors.pages.read import read_page
from extractors.records import Page

READY = "ready"
_WARMING = b"<html><body><p>" + b"A sentence that is long enough to be read and to tell its language. " * 8
Read = Callable[[bytes, str, str, datetime], Page]


def serve(pipe: Connection, seconds: float, room: int, read: Read = read_page) -> None:
    """Answer each page that comes through ``pipe`` with its ``Page`` or ``StageError``, until the pipe is closed.

    ``room`` is how many bytes a page may take beyond what the process takes at its start. A process whose parent was
    killed while it hung ends itself after twice the ``seconds`` that a page may take.
    """
    # Ctrl-C in a terminal reaches the whole group: the parent decides, and this process ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What the first reading loads (tables, the language model) is no page's own time or memory.
    _answer(read_page, _WARMING, "https://paper.example/warming/up", "text/html", datetime.now(UTC))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _taken() + room)
    sys.addaudithook(_refuse_network)
    try:
        pipe.send(READY)
        while True:
            page = pipe.recv()
            signal.alarm(max(1, round(2 * seconds)))
            pipe.send(_answer(read, *page))
            signal.alarm(0)
    except (EOFError, ConnectionError):  # the parent has closed its end, or is gone
        return


def _answer(read: Read, body: bytes, url: str, content_type: str, now: datetime) -> Page | StageError:
    try:
        return read(body, url, content_type, now)
    except StageError as error:
        return error
    except MemoryError:
        return Permanent("reader_memory", f"a page of {len(body):,} bytes")
    except Exception as error:  # what no reader foresaw ends this page only, and is counted
        return Permanent("unreadable", f"unexpected {type(error).__name__}: {error}")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): it cannot be taken out again."""
    if event.startswith("socket."):
        raise PermissionError(f"a reader may not open the network ({event})")


def _limit(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def _taken() -> int:
    """The address space of this process in bytes; 0 where the system has no /proc."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3]))
