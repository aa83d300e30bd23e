"""Loading: nothing half, nothing twice, and true offsets."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.errors import RunFailed
from extractors.language.knowledge import FILES, Knowledge, load_knowledge
from tests.warehouse_makers import (
    NOW,
    OFF_TOPIC,
    SENTENCE,
    TEXT,
    VERSIONS,
    article,
    dump,
    entry,
    event,
    finished,
    night,
    outcome,
    reading,
    rows,
)
from warehouse import connect, ledger, load, resolve
from warehouse.checks import run_checks
from warehouse.identity import date_range
from warehouse.load import Finished

DERIVED = (
    "articles",
    "article_revisions",
    "mentions",
    "event_mentions",
    "entities",
    "events",
    "event_reports",
    "outcomes",
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


def test_what_is_stored_is_what_was_read_and_every_check_holds(db: Path) -> None:
    night(db, finished())
    with connect.writing(db) as con:
        assert run_checks(con) == []
        assert con.execute("select sentence, actors, date_from from event_mentions").fetchone() == (
            SENTENCE,
            ["Department of Commerce", "United States"],
            date(2026, 11, 9),
        )
        assert con.execute("select policy_families, published_utc from articles").fetchone() == (
            ["export_control", "tariff"],
            (NOW - timedelta(hours=3)).replace(tzinfo=None),
        )
        assert con.execute("select text from article_revisions").fetchone() == (TEXT,)


def test_running_a_night_again_changes_nothing(db: Path) -> None:
    batch = [finished("a"), finished("b", read=reading(event(objects=("A800",))))]
    night(db, *batch)
    with connect.writing(db) as con:
        before = dump(con)
        load.save_readings(con, batch, run_id="r1", versions=VERSIONS, now=NOW)
        resolve.resolve(con)
        assert dump(con) == before


def test_a_later_run_over_the_same_pages_changes_only_who_ran(db: Path) -> None:
    night(db, finished())
    ids = """select mention_id from mentions union all select event_mention_id from event_mentions
        union all select event_id from events order by 1"""
    before = rows(db, ids)
    night(db, finished(), run_id="r2", now=NOW + timedelta(days=1))
    assert rows(db, ids) == before
    assert rows(db, "select ingested_utc, run_id from articles") == [(NOW.replace(tzinfo=None), "r2")]


def test_a_revision_stands_beside_the_old_version_and_replaces_its_readings(db: Path) -> None:
    night(db, finished())
    corrected = TEXT.replace("H20", "H200")
    sentence = SENTENCE.replace("H20", "H200")
    read = reading(event(corrected, sentence, objects=("H200",)), text=corrected)
    night(db, finished(text=corrected, read=read), run_id="r2", now=NOW + timedelta(days=1))
    assert rows(db, "select count(*), count(distinct content_hash) from article_revisions") == [(2, 2)]
    assert rows(db, "select objects, n_reports from events") == [(["H200"], 1)]
    with connect.writing(db) as con:
        assert run_checks(con) == []


def test_an_article_that_falls_off_topic_loses_its_events(db: Path) -> None:
    night(db, finished())
    off = replace(finished(), reading=replace(reading(), verdict=OFF_TOPIC, mentions=(), events=()))
    night(db, off, run_id="r2")
    assert rows(db, "select (select count(*) from events), (select count(*) from mentions)") == [(0, 0)]


def test_one_article_under_two_addresses_of_a_batch_is_stored_once(db: Path) -> None:
    twin = replace(finished(), outcome=outcome(entry("twin")))
    night(db, finished(), twin)
    assert rows(db, "select key[-4:], reason, detail from outcomes order by 1 desc") == [
        ("twin", "duplicate_url", "the same article as https://wire.example/a"),
        ("le/a", "loaded", ""),
    ]


def test_a_batch_that_fails_leaves_nothing(db: Path) -> None:
    night(db)
    broken = replace(finished("b"), article=replace(article("b"), published=NOW.replace(tzinfo=None)))
    with connect.writing(db) as con:
        before = dump(con, *DERIVED)
        with pytest.raises(ValueError, match="naive"):
            load.save_readings(con, [finished("a"), broken], run_id="r1", versions=VERSIONS, now=NOW)
        bad_row = replace(finished("b"), outcome=replace(outcome(entry("b")), reason=None))
        with pytest.raises(duckdb.ConstraintException):
            load.save_readings(con, [finished("a"), bad_row], run_id="r1", versions=VERSIONS, now=NOW)
        assert dump(con, *DERIVED) == before


def test_a_killed_run_leaves_no_half_batch(db: Path) -> None:
    night(db)
    code = (
        "import os, signal, sys; from pathlib import Path; from warehouse import load\n"
        "from tests.warehouse_makers import *\n"
        "load.record_outcomes = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "con = connect.open_writer(Path(sys.argv[1]))\n"
        "load.save_readings(con, [finished()], run_id='r1', versions=VERSIONS, now=NOW)"
    )
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code, str(db)], cwd=root, check=False).returncode == -9
    with connect.writing(db) as con:
        assert all(found == [] for found in dump(con, *DERIVED).values())


def test_a_disk_that_fills_is_a_failed_run(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(db)

    def fail(*_: object) -> None:
        raise duckdb.IOException('IO Error: Could not write file "x": No space left on device')

    monkeypatch.setattr(load, "record_outcomes", fail)
    with pytest.raises(RunFailed, match="is full"), connect.writing(db) as con:
        load.save_readings(con, [finished()], run_id="r1", versions=VERSIONS, now=NOW)
    assert rows(db, "select count(*) from articles") == [(0,)]


@settings(max_examples=10, deadline=None)
@given(prefix=st.text(max_size=40), suffix=st.text(max_size=40))
def test_any_text_is_stored_with_true_offsets(prefix: str, suffix: str) -> None:
    text = f"{prefix}{TEXT}{suffix}"
    with duckdb.connect() as con:
        connect.migrate(con)
        ledger.record_run_start(con, "r1", VERSIONS, NOW)
        load.save_readings(con, [finished(text=text)], run_id="r1", versions=VERSIONS, now=NOW)
        resolve.resolve(con)
        assert run_checks(con) == []
        assert con.execute("select sentence from event_mentions").fetchone() == (SENTENCE,)


def test_lone_surrogates_do_not_shift_offsets() -> None:
    with duckdb.connect() as con:
        connect.migrate(con)
        ledger.record_run_start(con, "r1", VERSIONS, NOW)
        load.save_readings(con, [finished(text="\ud83d" + TEXT)], run_id="r1", versions=VERSIONS, now=NOW)
        resolve.resolve(con)
        assert run_checks(con) == []


def test_hashes_and_texts_for_the_next_night(db: Path) -> None:
    copy = finished("copy", copy_of=article("a").article_id)
    night(db, finished(), copy)
    with connect.writing(db) as con:
        a = article("a")
        assert load.current_hashes(con, [a.article_id, "nothing"]) == {a.article_id: a.content_hash}
        assert load.recent_texts(con, NOW - timedelta(days=1)) == [(a.article_id, TEXT)]
        assert load.recent_texts(con, NOW + timedelta(days=1)) == []


KNOWLEDGE = {
    "alliances": [
        {"id": "all:chip-4", "name": "Chip 4", "kind": "forum", "members": [
            {"name": "Taiwan", "from": "2022", "to": None}, {"name": "Japan", "from": None, "to": "2025-01"}],
            "founded": "2022-09", "dissolved": None, "lead": ["United States"], "about": "Chip makers' states."},
    ],
    "policies": [{"id": "pol:entity-list", "name": "Entity List", "issuer": "BIS", "family": "export_control"}],
    "organizations": [{"id": "org:huawei", "name": "Huawei", "kind": "company", "country": "CN"}],
}  # fmt: skip


def known(folder: Path, **changed: list[dict]) -> Knowledge:
    folder.mkdir()
    for stem in FILES:
        rows_of = {**KNOWLEDGE, **changed}.get(stem, [])
        (folder / f"{stem}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows_of), encoding="utf-8")
    return load_knowledge(folder)


def test_knowledge_replaces_itself_and_keeps_what_texts_named(db: Path, tmp_path: Path) -> None:
    night(db, finished())
    with connect.writing(db) as con:
        for number in range(2):
            load.save_knowledge(con, known(tmp_path / f"k{number}"), "o2")
        assert con.execute(
            "select alliance, member, from_date, to_date from alliance_members order by member"
        ).fetchall() == [
            ("Chip 4", "Japan", None, "2025-01"),
            ("Chip 4", "Taiwan", "2022", None),
        ]
        assert con.execute("select lead, founded, ontology_version from alliances").fetchall() == [
            (["United States"], "2022-09", "o2")
        ]
        assert con.execute("select name, family, adopted from policies").fetchall() == [
            ("Entity List", "export_control", None)
        ]
        names = dict(con.execute("select name, known from entities").fetchall())
        assert names == {
            "Huawei": True,
            "Chip 4": True,
            "Entity List": True,
            "H20": False,
            "Department of Commerce": False,
        }
        load.save_knowledge(con, known(tmp_path / "k3", organizations=[]), "o3")
        assert con.execute("select known from entities where name = 'Huawei'").fetchall() == [(False,)], (
            "a text still names it"
        )
        assert run_checks(con) == []


# dates


@pytest.mark.parametrize(
    ("iso", "precision", "expected"),
    [
        ("2026-11-05", "day", ("2026-11-05", "2026-11-05")),
        ("2026-11-05", "inferred", ("2026-11-05", "2026-11-05")),
        ("2026-11-05", "week", ("2026-11-02", "2026-11-08")),
        ("2026-W45", "week", ("2026-11-02", "2026-11-08")),
        ("2026-11", "month", ("2026-11-01", "2026-11-30")),
        ("2024-02-10", "month", ("2024-02-01", "2024-02-29")),
        ("2026-Q4", "quarter", ("2026-10-01", "2026-12-31")),
        ("2026-05", "quarter", ("2026-04-01", "2026-06-30")),
        ("2026", "year", ("2026-01-01", "2026-12-31")),
        ("2026-11", "day", None),
        ("2026-02-30", "day", None),
        ("soon", "day", None),
        (None, "unknown", None),
    ],
)
def test_the_days_that_a_date_can_mean(iso: str | None, precision: str, expected: tuple[str, str] | None) -> None:
    found = date_range(iso, precision)
    assert (found and (found[0].isoformat(), found[1].isoformat())) == expected


# checks


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("update event_mentions set sentence = 'invented'", "sentence_offsets"),
        ("update event_mentions set trigger_end_char = 9999", "sentence_offsets"),
        ("update mentions set text = 'Nvidia' where label = 'PRODUCT'", "mention_offsets"),
        ("update mentions set start_char = -1", "mention_offsets"),
        ("delete from event_mentions", "event_without_evidence"),
        ("update events set n_independent = 2", "event_counts"),
        ("update event_claims set event_id = 'other'", "event_claims"),
        ("insert into event_claims from event_claims", "event_claims"),
        ("delete from entities", "orphans"),
        ("delete from runs", "orphans"),
        ("delete from article_revisions", "orphans"),
        ("insert into mentions from mentions limit 1", "repeated_ids"),
        ("update articles set content_hash = 'other'", "stale_readings"),
        ("update articles set published_utc = '2031-01-01'", "impossible_dates"),
        ("update event_mentions set date_from = '2027-11-09'", "impossible_dates"),
        ("update event_mentions set precision = 'unknown'", "inferred_dates"),
        ("update articles set on_topic = false", "off_topic_readings"),
        (
            "insert into outcomes select run_id, 'other', key, stage, reason, detail, recorded_utc from outcomes",
            "two_outcomes",
        ),
    ],
)
def test_each_check_finds_its_damage(db: Path, damage: str, check: str) -> None:
    night(db, finished())
    with connect.writing(db) as con:
        con.execute(damage)
        failures = {f.name: f for f in run_checks(con)}
        assert check in failures
        assert failures[check].rule in str(failures[check]) and failures[check].examples


def test_finished_without_article_is_only_an_outcome(db: Path) -> None:
    night(db, Finished(outcome=outcome(entry("a"), "robots", "fetch")))
    assert rows(db, "select (select count(*) from articles), (select count(*) from outcomes)") == [(0, 1)]
