"""Running the present extractor over the texts that are stored, without fetching anything.

The work is done on a copy of the warehouse, which takes its place in one step once all is read, resolved and checked:
whenever it is stopped, the warehouse is as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from extractors.errors import UserError
from extractors.events.reading import read_texts
from extractors.language.pipeline import load
from extractors.records import Article, Reading
from flows import night as steps
from flows import publishing
from flows.console import progress
from flows.documents import BATCH
from flows.night import Night
from flows.settings import Paths
from warehouse import connect, rereading
from warehouse.rereading import Change


def reextract(
    paths: Paths,
    now: datetime,
    *,
    show: Callable[[Sequence[Change]], None],
    since: datetime | None = None,
    model: str | None = None,
    replace: bool = True,
) -> int:
    """Read every stored text published since ``since`` again, and hand what that changes of the events to ``show``; returns the
    number of texts.

    With ``replace``, the new readings then take the place of the old, and are published. ``now`` (aware) is the run's clock.
    Raises ``UserError`` where there is no warehouse or another run has it, ``RunFailed`` where a data check finds rows.
    """
    if not paths.db.is_file():
        raise UserError(f"there is no warehouse {paths.db}; run `rivalry ingest` first, or give another --db")
    copy = paths.db.with_name(f".{paths.db.stem}-reextract.duckdb")
    with publishing.sole_run(paths.db):
        try:
            rereading.copy_warehouse(paths.db, copy)
            night = steps.begin([], copy, now, model=model)
            number = _read_again(night, since)
            steps.settle(night)
            publishing.check(night)
            steps.close(night)
            show(rereading.changes(paths.db, copy))
            if replace:
                _put_in_place(copy, paths.db)
        finally:
            rereading.discard(copy)
        if replace:
            publishing.publish(dataclasses.replace(night, paths=paths))
    return number


def _read_again(night: Night, since: datetime | None) -> int:
    with connect.writing(night.paths.db) as con:
        wanted = rereading.stored_articles(con, since)
    with progress() as shown:
        task = shown.add_task("texts", total=len(wanted))
        for start in range(0, len(wanted), BATCH):
            ids = wanted[start : start + BATCH]
            with connect.writing(night.paths.db) as con:
                stored = rereading.articles(con, ids)
            batch = _readings(night, stored)
            with connect.writing(night.paths.db) as con:
                rereading.save_again(con, batch, run_id=night.run_id, versions=night.versions, now=night.now)
            shown.advance(task, len(ids))
    return len(wanted)


def _readings(night: Night, stored: Sequence[tuple[Article, datetime]]) -> list[tuple[Article, Reading]]:
    """New readings, each as of the day on which its text was first read: nothing that is done lies after that."""
    nlp = load(night.model)
    found = []
    for day, group in groupby(stored, key=lambda pair: pair[1].date()):
        articles = [article for article, _ in group]
        items = [(a.title, a.text, a.published.date() if a.published else None) for a in articles]
        found += zip(articles, read_texts(nlp, items, read_on=day), strict=True)
    return found


def _put_in_place(copy: Path, db: Path) -> None:
    """The copy becomes the warehouse, whole: what it was written ahead is in the file itself."""
    with connect.writing(copy) as con:
        con.execute("checkpoint")
    copy.replace(db)
