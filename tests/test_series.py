"""The time series: every count beside how much was watched, weights as data, stages of policies, and what is disputed."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from extractors.language.knowledge import FILES, Knowledge, load_knowledge
from tests.warehouse_makers import NOW, VERSIONS, event, finished, listed, night, reading, source
from warehouse import connect, ledger, load, open_snapshot
from warehouse.snapshot import publish

SOURCES = (source(), source("times"), source("paper"))
ACTS = (
    event(),
    event(type="TARIFF", status="considered", objects=()),
    event(type="SANCTION", actors=("China",), actor_countries=("China",), targets=("United States",),
          target_countries=("United States",), objects=(), date="2026-11-10"),
    event(type="DIPLOMACY", direction="", actors=("China", "United States"), actor_countries=("China", "United States"),
          targets=(), target_countries=(), objects=(), status="announced", date="2026-11-06"),
    event(type="SANCTION", objects=(), status="denied", date="2026-11-05"),
    event(instrument="Entity List", type="SANCTION", date="2026-10", precision="month", objects=()),
    event(instrument="Chip Rule", direction="ease", objects=(), date="2026-11-02", trigger="barred"),
    event(instrument="Chip Rule", status="considered", objects=(), date="2025", precision="year"),
)  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published week: three sources, one of which fails on the second day, and one that lists less than is there."""
    folder = tmp_path_factory.mktemp("series")
    db, knowledge = folder / "coverage.duckdb", folder / "knowledge"
    denying = reading(event(status="denied", confidence=0.3))
    night(db, finished("a", read=reading(*ACTS)), finished("b", "times", denying), sources=SOURCES[:2])
    with connect.writing(db) as writer:
        ledger.record_run_start(writer, "r2", VERSIONS, NOW + timedelta(days=1))
        listed(writer, "r2", SOURCES[2], now=NOW + timedelta(days=1), ok=False, reason="timeout")
        listed(writer, "r2", SOURCES[1], now=NOW + timedelta(days=1), reason="truncated")
        ledger.record_run_finish(writer, "r2", NOW + timedelta(days=1))
        load.save_knowledge(writer, knowledge_of(knowledge), "o1")
    publish(db, folder / "snapshot.duckdb")
    with open_snapshot(folder / "snapshot.duckdb") as reader:
        yield reader


def knowledge_of(folder: Path) -> Knowledge:
    policy = {
        "id": "pol:chip-rule",
        "name": "Chip Rule",
        "proposed": "2025-01",
        "adopted": "2025-06-01",
        "in_force": None,
    }
    folder.mkdir()
    for stem in FILES:
        (folder / f"{stem}.jsonl").write_text(json.dumps(policy) if stem == "policies" else "", encoding="utf-8")
    return load_knowledge(folder)


def asked(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def test_every_day_says_how_much_was_watched(con: duckdb.DuckDBPyConnection) -> None:
    sql = "select runs, articles_read, sources_ok, sources_failed, sources_truncated from coverage_by_day where day = '{}'"
    assert asked(con, sql.format("2026-11-09")) == [(0, 0, 0, 0, 0)], "nobody watched"
    assert asked(con, sql.format("2026-11-10")) == [(1, 2, 2, 0, 0)]
    assert asked(con, sql.format("2026-11-11")) == [(1, 0, 1, 1, 1)], "an outage and a list cut short"
    week = "select days_with_runs, articles_read, sources_ok, sources_failed, sources_truncated from coverage_by_week"
    assert asked(con, f"{week} where week_start = '2026-11-09'") == [(2, 2, 2, 1, 1)]


@pytest.mark.parametrize(
    ("view", "place", "series"),
    [
        ("events_by_day", "day", "type, direction"),
        ("events_by_week", "week_start", "type, direction"),
        ("events_by_day_and_country", "day", "type, direction, actor_country, target_country"),
        ("events_by_week_and_country", "week_start", "type, direction, actor_country, target_country"),
        ("tension_by_week", "week_start", "country, other_country"),
    ],
)
def test_series_have_no_gaps_and_no_row_twice(
    con: duckdb.DuckDBPyConnection, view: str, place: str, series: str
) -> None:
    step = 7 if place == "week_start" else 1
    gaps = f"""select {place} - lag({place}) over (partition by {series} order by {place}) as step from {view}
        qualify step <> {step}"""
    assert asked(con, gaps) == []
    last = "2026-11-09" if step == 7 else "2026-11-11"
    assert asked(con, f"select max({place})::varchar from {view}") == [(last,)], "up to the last run"
    beside = {row[0] for row in con.execute(f"describe {view}").fetchall()}
    assert {"articles_read", "sources_ok", "sources_failed", "sources_truncated"} < beside


def test_events_are_counted_by_who_acts_at_whom(con: duckdb.DuckDBPyConnection) -> None:
    sql = """select day, actor_country, target_country, type, n_events, articles_read from events_by_day_and_country
        where n_events > 0 and type in ('SANCTION', 'DIPLOMACY') order by all"""
    assert asked(con, sql) == [
        (date(2026, 11, 5), "United States", "China", "SANCTION", 1, 0),
        (date(2026, 11, 6), "China", "", "DIPLOMACY", 1, 0),
        (date(2026, 11, 6), "United States", "", "DIPLOMACY", 1, 0),
        (date(2026, 11, 10), "China", "United States", "SANCTION", 1, 2),
    ]


def test_tension_adds_the_weights_of_what_each_did_and_of_what_they_did_together(
    con: duckdb.DuckDBPyConnection,
) -> None:
    sql = "select week_start, tension, by_country, by_other_country, together, n_events from tension_by_week"
    found = {
        row[0]: row[1:] for row in asked(con, f"{sql} where country = 'China' and other_country = 'United States'")
    }
    assert found[date(2026, 11, 9)] == pytest.approx((6.0 + 5.0 + 0.3 * 4.0, 6.0, 6.2, 0.0, 3))
    assert found[date(2026, 11, 2)] == pytest.approx((-4.0 - 0.7 * 3.0, 0.0, -4.0, -2.1, 2)), (
        "what is denied counts for nothing"
    )


def test_each_act_of_the_vocabulary_has_one_weight_with_a_reason(con: duckdb.DuckDBPyConnection) -> None:
    directions = {"ALLIANCE": ("form", "join", "leave")} | dict.fromkeys(
        ("EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN"), ("tighten", "ease")
    )
    plain = ("ENFORCEMENT", "LAW_OR_PLAN", "DIPLOMACY", "FUNDING", "PRODUCT", "SUPPLY", "STATEMENT")
    every = sorted([(t, "") for t in plain] + [(t, d) for t, ds in directions.items() for d in ds])
    assert asked(con, "select type, direction from tension_weights order by all") == every
    assert asked(con, "from tension_weights where abs(weight) > 10 or reason = ''") == []


def test_a_policys_stages_are_told_by_the_file_and_by_reports(con: duckdb.DuckDBPyConnection) -> None:
    sql = "select stage, date, date_from, basis, status from policy_life_cycles where policy = '{}' order by date_from, basis"
    assert asked(con, sql.format("Chip Rule")) == [
        ("proposed", "2025-01", date(2025, 1, 1), "knowledge", None),
        ("proposed", "2025", date(2025, 1, 1), "reported", "considered"),
        ("adopted", "2025-06-01", date(2025, 6, 1), "knowledge", None),
        ("eased", "2026-11-02", date(2026, 11, 2), "reported", "done"),
    ]
    assert asked(con, sql.format("Entity List")) == [("adopted", "2026-10", date(2026, 10, 1), "reported", "done")]


def test_what_one_denies_and_another_affirms_is_disputed(con: duckdb.DuckDBPyConnection) -> None:
    sql = "select type, n_affirming, n_considering, n_denying from disputed_events"
    assert asked(con, sql) == [("EXPORT_CONTROL", 1, 0, 1)]
