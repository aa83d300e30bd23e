"""A limit on how long one page may take, so that none holds up a file for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from extractors.errors import Permanent

_AGAIN = 1.0  # seconds between interruptions, should a library swallow the first


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``Permanent("unreadable")`` in the block after so many seconds of time.

    Signals reach a process's main thread alone: in another thread, as on a Dask worker, the block runs without a limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise Permanent("unreadable", f"reading the page took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
