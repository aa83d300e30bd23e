"""Publishing: a whole, compacted, read-only copy of the warehouse for analysts, replaced in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from extractors.errors import RunFailed, UserError
from extractors.ids import make_id
from extractors.outcomes import FINAL, REASONS
from warehouse.connect import WRITER_CONFIG, clear_errors, open_writer
from warehouse.dictionary import write_dictionary
from warehouse.ledger import STORED
from warehouse.macros import create_macros
from warehouse.names import write_aliases
from warehouse.rows import insert, naive_utc, one, quoted
from warehouse.views import create_views

INFO = """
create table snapshot_info as
select ?::varchar as snapshot_id, ?::timestamp as published_utc, r.run_id as last_run_id,
    r.started_utc as last_run_started_utc, r.state as last_run_state, r.extractor_version, r.model_version,
    r.ontology_version, (select max(version) from schema_migrations) as schema_version
from (select 1) one left join (select * from runs order by started_utc desc, run_id desc limit 1) r on true
"""


def publish(db: Path, snapshot: Path, *, now: datetime | None = None) -> str:
    """Publishes ``db`` as ``snapshot`` with views, macros, comments and ``snapshot_info``; returns the snapshot's id.

    ``now`` is the time it is stamped with, by default the present.

    Readers keep the old file until they open the new one, and are never locked out. A publication that is killed
    leaves the old snapshot. Raises ``UserError`` where the warehouse is in use or the place can't be written,
    ``RunFailed`` where the disk is full.
    """
    if snapshot.resolve() == db.resolve():
        raise UserError(f"{snapshot} is the warehouse itself; give the snapshot another path")
    part = snapshot.with_name(f".{snapshot.name}.part")
    with _clean_up(part), clear_errors(snapshot):
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        with open_writer(db) as con:
            name = one(con, "select current_database()")[0]
            con.execute(f"attach {quoted(str(part))} as published")
            con.execute(f'copy from database "{name}" to published')
            con.execute("detach published")
        with duckdb.connect(str(part), config=WRITER_CONFIG) as con:
            _write_reasons(con)
            write_aliases(con)
            create_views(con)
            create_macros(con)
            snapshot_id = _write_info(con, now or datetime.now(UTC))
            write_dictionary(con)
            con.execute("checkpoint")
        _sync(part)
        part.replace(snapshot)
        _sync(snapshot.parent)
    return snapshot_id


def _write_info(con: duckdb.DuckDBPyConnection, now: datetime) -> str:
    moment = naive_utc(now)
    (last,) = one(con, "select arg_max(run_id, (started_utc, run_id)) from runs")
    snapshot_id = make_id("snapshot", last, moment)
    con.execute(INFO, [snapshot_id, moment])
    con.execute(
        "comment on table snapshot_info is 'Which snapshot this is, the newest run in it and its versions. One row.'"
    )
    return snapshot_id


def _write_reasons(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """create table outcome_reasons (
            reason varchar primary key, meaning varchar not null, final boolean not null, stored boolean not null)"""
    )
    rows = [{"reason": r, "meaning": m, "final": r in FINAL, "stored": r in STORED} for r, m in REASONS.items()]
    insert(con, "outcome_reasons", rows)
    con.execute(
        """comment on table outcome_reasons is 'What each reason means. final = false is tried again by a later night;
        stored = true stores the article.'"""
    )


@contextmanager
def _clean_up(part: Path) -> Iterator[None]:
    """No half snapshot is left, neither of this publication nor of one that was killed."""
    leftovers = (part, Path(f"{part}.wal"))
    try:
        for path in leftovers:
            path.unlink(missing_ok=True)
        yield
    except OSError as error:
        if "No space left" in str(error):
            raise RunFailed(f"the disk with {part.parent} is full; free some space and run again") from error
        raise UserError(f"{part.parent} can't be written ({error.strerror}); change its permissions") from error
    finally:
        for path in leftovers:
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
