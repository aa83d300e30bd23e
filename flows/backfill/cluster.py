"""The jobs of a backfill on a Dask cluster: ``pip install rivalry[cluster]``, ``dask scheduler``, ``dask worker ADDRESS``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.errors import Permanent, RunFailed, UserError
from flows.backfill.reading import Job, read_file
from flows.backfill.workers import Ended, result_of

CONNECT_SECONDS = 20
TRIES = 3


def on_cluster(jobs: Sequence[Job], address: str) -> Iterator[Ended]:
    """Run every job on the cluster at ``address`` and yield each once, in the order in which they end.

    A job whose worker dies is given to another one. Files and parts must lie where every worker reaches them. Raises ``UserError``
    where the package is missing or nobody answers, ``RunFailed`` where the scheduler goes away.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
        from distributed.client import FutureCancelledError
    except ImportError as error:
        raise UserError('--cluster needs Dask: pip install "rivalry[cluster]", here and on every worker') from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise UserError(
            f"no Dask scheduler answers at {address}; start one with `dask scheduler`, and give its address"
        ) from error
    with client:
        running = {client.submit(read_file, job, pure=False, retries=TRIES): job for job in jobs}
        try:
            for future in as_completed(running):
                try:
                    yield running[future], result_of(future.result)
                except KilledWorker as error:
                    yield (
                        running[future],
                        Permanent("unreadable", f"its worker died {TRIES + 1} times: {error.last_worker.address}"),
                    )
        except FutureCancelledError as error:
            raise RunFailed(
                f"the scheduler at {address} went away; what was read is kept, run the same command again"
            ) from error
