"""The nightly flow: thin Prefect tasks around the steps in the modules beside.

One task a batch, never a task an article: a task costs milliseconds and an article less. Nothing is cached or persisted by Prefect;
the queue in the warehouse is what makes a night that was killed go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import MissingContextError

from extractors.errors import EverySourceFailed, RunFailed
from extractors.records import Counts, FeedEntry, Source, SourceReport
from extractors.sources.registry import load_sources
from flows import discovering, documents, fetching, posting, publishing, run_logging, triaging
from flows import night as steps
from flows.console import progress
from flows.documents import BATCH
from flows.fetching import Work
from flows.night import Night
from flows.settings import Settings

run_logging.plain_errors()

discover = task(discovering.discover, name="discover", cache_policy=NO_CACHE, persist_result=False)
triage = task(triaging.triage, name="triage", cache_policy=NO_CACHE, persist_result=False)
fetch = task(fetching.fetch, name="fetch", cache_policy=NO_CACHE, persist_result=False)
read = task(documents.read, name="read", cache_policy=NO_CACHE, persist_result=False)
extract = task(documents.extract, name="extract", cache_policy=NO_CACHE, persist_result=False)
save = task(documents.save, name="load", cache_policy=NO_CACHE, persist_result=False)
read_posts = task(posting.read_posts, name="read posts", cache_policy=NO_CACHE, persist_result=False)
settle = task(steps.settle, name="resolve", cache_policy=NO_CACHE, persist_result=False)
check = task(publishing.check, name="check", cache_policy=NO_CACHE, persist_result=False)
publish = task(publishing.publish, name="publish", cache_policy=NO_CACHE, persist_result=False)


@flow(name="nightly", validate_parameters=False, persist_result=False)
def nightly(
    sources: str | list[Source] | None = None,
    db: str | None = None,
    since: str | None = None,
    model: str | None = None,
    now: datetime | None = None,
) -> Counts:
    """Fetch coverage, read it, and land names and events in the warehouse at ``db``, with snapshot, CSVs and page beside it.

    ``sources`` is a sources file (or sources themselves); ``since`` an ISO day before which nothing is read; ``now`` the clock of the
    run (aware), for the sample. What is not given comes from the environment (``RIVALRY_DB``, ``RIVALRY_SOURCES``, ``RIVALRY_MODEL``).
    Raises ``UserError`` for a wrong setting, ``RunFailed`` where every source failed.
    """
    settings = Settings()
    path = Path(db) if db else settings.db
    listed = sources if isinstance(sources, list) else load_sources(Path(sources) if sources else settings.sources)
    first_day = datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    with publishing.sole_run(path):
        night = steps.begin(listed, path, now or datetime.now(UTC), model=model or settings.model, since=first_day)
        try:
            reports = discover(night)
            waiting = triage(night, steps.queue(night))
            with progress() as shown:
                documents_done = shown.add_task("documents", total=len(waiting))
                for start in range(0, len(waiting), BATCH):
                    rows = waiting[start : start + BATCH]
                    batch(night, rows)
                    shown.advance(documents_done, len(rows))
                    _say(f"{start + len(rows)} of {len(waiting)} documents done")
            settle(night)
            check(night)
            counts = steps.close(night)
            publish(night)
        except RunFailed as failure:
            steps.close(night, str(failure))
            if isinstance(
                failure, EverySourceFailed
            ):  # the ledger has news: `status` and the coverage must show the outage
                publish(night)
            raise
    _artifacts(counts, reports)
    return counts


def batch(night: Night, entries: Sequence[FeedEntry]) -> int:
    """One batch through fetch, read, extract and load; posts go their own way. Returns the number of articles stored."""
    reports, posts = posting.apart(night, entries)
    if posts:
        read_posts(night, posts)
    works: Sequence[Work] = fetch(night, reports)
    return save(night, extract(night, read(night, works)))


def _say(line: str) -> None:
    try:
        get_run_logger().info(line)
    except MissingContextError:  # called as a plain function
        return


def _artifacts(counts: Counts, reports: Sequence[SourceReport]) -> None:
    """What the run leaves in the Prefect interface: a summary, and how each source did."""
    try:
        get_run_logger()
    except MissingContextError:
        return
    lines = "\n".join(f"| {reason} | {n} |" for reason, n in counts.outcomes.items())
    create_markdown_artifact(
        key="nightly-summary",
        markdown=f"# Run {counts.run_id}\n\n{counts.articles} articles, {counts.mentions} mentions, {counts.event_mentions} reports of "
        f"{counts.events} events.\n\n| where documents ended | number |\n|---|---|\n{lines}\n",
    )
    create_table_artifact(
        key="nightly-sources",
        table=[
            {
                "source": r.source_id,
                "ok": r.ok,
                "reason": r.reason,
                "entries": r.entries,
                "new": r.new,
                "detail": r.detail,
            }
            for r in reports
        ],
    )
