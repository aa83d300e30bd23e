"""Many requests at once for code that is not asynchronous: hosts side by side, each host one request at a time."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from extractors.errors import Permanent, StageError
from extractors.pages.fetch import Fetcher
from extractors.pages.policy import FetchPolicy, PageRequest, host_port, redact
from extractors.records import RawPage

Fetched = tuple[PageRequest, RawPage | StageError]
# So many answers may wait to be taken: a slow reader holds the fetching back, and memory stays bounded.
_WAITING = 32


# What an answer leads to: further requests, for the same fetcher and so under the same rates.
Follow = Callable[[PageRequest, RawPage | StageError], Sequence[PageRequest]]


def fetch_all(
    requests: Iterable[PageRequest], policy: FetchPolicy | None = None, follow: Follow | None = None
) -> Iterator[Fetched]:
    """Fetch every request and yield each once, with its page or the error that it ended in, in the order of arrival.

    ``follow`` is called with each, in another thread and before it is yielded; the requests that it returns come next.

    The fetching runs in a thread of its own, so no deadline passes while the caller works on an answer. A generator
    that is closed early stops the fetching. An exception that no stage knows ends only its request, as ``unreadable``.
    """
    answers: queue.Queue[Fetched | BaseException | None] = queue.Queue(_WAITING)
    stop = threading.Event()
    arguments = (list(requests), policy or FetchPolicy(), answers, stop, follow)
    runner = threading.Thread(target=_run, args=arguments, name="fetch", daemon=True)
    runner.start()
    try:
        while (answer := answers.get()) is not None:
            if isinstance(answer, BaseException):
                raise answer
            yield answer
    finally:
        stop.set()
        while runner.is_alive():
            _discard(answers)
            runner.join(timeout=0.05)


def _discard(answers: queue.Queue[Fetched | BaseException | None]) -> None:
    try:
        while True:
            answers.get_nowait()
    except queue.Empty:
        return


def _run(
    work: list[PageRequest],
    policy: FetchPolicy,
    answers: queue.Queue[Fetched | BaseException | None],
    stop: threading.Event,
    follow: Follow | None,
) -> None:
    try:
        asyncio.run(_fetch(work, policy, answers, stop, follow))
    except BaseException as error:  # handed to the caller's thread
        answers.put(error)
    else:
        answers.put(None)


async def _fetch(
    work: list[PageRequest],
    policy: FetchPolicy,
    answers: queue.Queue[Fetched | BaseException | None],
    stop: threading.Event,
    follow: Follow | None,
) -> None:
    slots = asyncio.Semaphore(policy.concurrency)

    async def one_host(requests: list[PageRequest]) -> None:
        waiting = deque(requests)
        while waiting:
            request = waiting.popleft()
            async with slots:
                if stop.is_set():
                    return
                answer = await _one(fetcher, request)
            if follow:
                waiting.extendleft(reversed(await asyncio.to_thread(follow, request, answer)))
            await asyncio.to_thread(answers.put, (request, answer))

    async with Fetcher(policy) as fetcher:
        watch = asyncio.create_task(_cancel_when(stop, asyncio.current_task()))
        await asyncio.gather(*(one_host(requests) for requests in _by_host(work).values()))
        watch.cancel()


async def _cancel_when(stop: threading.Event, task: asyncio.Task[None] | None) -> None:
    """Cancel ``task`` once nobody wants its answers."""
    while not stop.is_set():
        await asyncio.sleep(0.1)
    if task is not None:
        task.cancel()


async def _one(fetcher: Fetcher, request: PageRequest) -> RawPage | StageError:
    try:
        return await fetcher.ask(request)
    except StageError as error:
        return error
    except Exception as error:  # one odd address must not end the run for all the others; it is counted instead
        return Permanent("unreadable", redact(f"unexpected {type(error).__name__} at {request.url}: {error}"))


def _by_host(work: list[PageRequest]) -> dict[object, list[PageRequest]]:
    hosts: dict[object, list[PageRequest]] = {}
    for request in work:
        try:
            hosts.setdefault(host_port(request.url), []).append(request)
        except ValueError:
            hosts.setdefault(request.url, []).append(request)
    return hosts
