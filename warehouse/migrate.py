"""Numbered migrations: each in its own transaction, recorded with a checksum in ``schema_migrations``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from extractors.errors import UserError

FOLDER = Path(__file__).with_name("migrations")

CREATE_LOG = """
create table if not exists schema_migrations (
    version integer primary key, name varchar not null, checksum varchar not null, applied_utc timestamp not null
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of ``migrations/``; ``checksum`` is the SHA-256 of its text with ``\\n`` line ends."""

    version: int
    name: str
    sql: str
    checksum: str


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of ``folder`` in order. Raises ``ValueError`` on a gap, a repeated number or a bad name."""
    found = []
    for number, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        match = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
        if not match or int(match[1]) != number:
            raise ValueError(f"{path.name}: expected {number:04d}_words.sql")
        sql = path.read_text(encoding="utf-8")
        found.append(Migration(number, path.name, sql, hashlib.sha256(sql.encode()).hexdigest()))
    return found


def migrate(con: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> list[str]:
    """Brings the database to the newest version; returns the names of the migrations applied, none where it was.

    A migration that fails leaves no trace and those before it in place. Raises ``UserError`` where the database was
    made by newer code, where a migration already applied has changed since, or where the database is another
    program's.
    """
    _refuse_foreign(con)
    con.execute(CREATE_LOG)
    applied = {
        row[0]: (row[1], row[2])
        for row in con.execute("select version, name, checksum from schema_migrations").fetchall()
    }
    migrations = read_migrations(folder)
    _compare(applied, migrations)
    done = []
    for migration in migrations:
        if migration.version in applied:
            continue
        con.begin()
        try:
            con.execute(migration.sql)
            con.execute(
                "insert into schema_migrations values (?, ?, ?, ?)",
                [migration.version, migration.name, migration.checksum, datetime.now(UTC).replace(tzinfo=None)],
            )
        except BaseException:
            con.rollback()
            raise
        con.commit()
        done.append(migration.name)
    return done


def _refuse_foreign(con: duckdb.DuckDBPyConnection) -> None:
    tables = {row[0] for row in con.execute("select table_name from duckdb_tables() where not internal").fetchall()}
    if tables and "schema_migrations" not in tables:
        raise UserError(
            f"the database holds another program's tables ({', '.join(sorted(tables)[:3])}); give another --db"
        )


def _compare(applied: dict[int, tuple[str, str]], migrations: list[Migration]) -> None:
    known = {m.version: m for m in migrations}
    newer = sorted(set(applied) - set(known))
    if newer:
        raise UserError(
            f"the warehouse was made by a newer rivalry (migration {applied[newer[-1]][0]}); update rivalry, "
            "or give another --db"
        )
    for version, (name, checksum) in applied.items():
        if known[version].checksum != checksum:
            raise UserError(
                f"migration {name} has changed since it was applied to this warehouse; restore the file, "
                "and put the change in a new migration"
            )
