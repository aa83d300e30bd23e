"""The jobs of a backfill over the cores of this machine, a process each."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from extractors.errors import Permanent, StageError
from flows.backfill.parts_folder import Manifest
from flows.backfill.reading import Job, read_file

Ended = tuple[Job, Manifest | StageError]
Work = Callable[[Job], Manifest]


def on_this_machine(jobs: Sequence[Job], processes: int, work: Work = read_file) -> Iterator[Ended]:
    """Run every job and yield each once, with its manifest or the error that it ended in, in the order in which they end.

    A process that dies (out of memory, a crash in a parser) ends the pool: what it had not finished is tried again, each job in a
    pool of its own.
    """
    left = list(jobs)
    for ended in _run(left, processes, work):
        left.remove(ended[0])
        yield ended
    for job in left:
        yield next(
            _run([job], 1, work),
            (job, Permanent("unreadable", "its process died twice: out of memory, or a crash in a parser")),
        )


def _run(jobs: Sequence[Job], processes: int, work: Work) -> Iterator[Ended]:
    """The jobs that end before a process dies."""
    # Started anew, not forked: the parent has threads, and a fork of those may hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_die_with_parent, initargs=(os.getpid(),))
    running = {pool.submit(work, job): job for job in jobs}
    try:
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), result_of(future.result)
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _die_with_parent(parent: int) -> None:
    """A worker whose backfill was killed would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def result_of(result: Callable[[], Manifest]) -> Manifest | StageError:
    """What a job returned or, where its file can't be had, the error; anything else is raised."""
    try:
        return result()
    except StageError as error:
        return error
    except OSError as error:
        return Permanent("unreadable", f"{error.strerror or error}")
