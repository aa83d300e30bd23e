"""The queue and the ledger: every listed document ends once, and nothing is lost between nights."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from extractors.records import Validators
from tests.warehouse_makers import NOW, VERSIONS, dump, entry, finished, listed, outcome, source
from warehouse import connect, ledger, listing, load
from warehouse.ledger import MAX_ATTEMPTS, Fetch
from warehouse.load import Finished


@pytest.fixture
def con(tmp_path: Path):
    with connect.writing(tmp_path / "coverage.duckdb") as con:
        ledger.record_run_start(con, "r1", VERSIONS, NOW)
        yield con


def end(con: duckdb.DuckDBPyConnection, run_id: str, *outcomes, days: int = 0) -> None:
    load.save_readings(
        con, [Finished(outcome=o) for o in outcomes], run_id=run_id, versions=VERSIONS, now=NOW + timedelta(days=days)
    )


def queue(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    return [e.entry_id for e in ledger.pending_entries(con, run_id)]


def reasons(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, str]:
    return dict(con.execute("select source_id || key[-2:], reason from outcomes where run_id = ?", [run_id]).fetchall())


def test_an_entry_comes_out_of_the_queue_as_it_went_in(con: duckdb.DuckDBPyConnection) -> None:
    e = entry(
        summary="é😀", published=NOW, published_basis="pubDate", authors=("A", "B"), problems=("no_zone",), url=None
    )
    listed(con, "r1", source(), e)
    assert ledger.pending_entries(con, "r1") == [e]


def test_listing_twice_in_a_run_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    entries = [entry("a"), entry("b"), entry("a", entry_id="again")]
    first = listed(con, "r1", source(), *entries)
    assert (first.new, first.known, first.duplicates) == (2, 0, 1)
    before = dump(con)
    assert listed(con, "r1", source(), *entries) == first
    assert dump(con) == before


def test_the_next_night_finds_known_entries(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"), entry("b"))
    end(con, "r1", outcome(entry("a")), outcome(entry("b"), "gone", "fetch"))
    assert queue(con, "r2") == []
    again = listed(con, "r2", source(), entry("a"), entry("b"), entry("c"), now=NOW + timedelta(days=1))
    assert (again.new, again.known) == (1, 2)
    assert reasons(con, "r2") == {"wire/a": "known", "wire/b": "known"}
    assert con.execute("select key[-1:], outcome from entries order by 1").fetchall() == [
        ("a", "loaded"),
        ("b", "gone"),
        ("c", None),
    ]
    assert queue(con, "r2") == ["wire-c"]


def test_a_failure_that_may_pass_is_tried_by_later_nights_and_then_left(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"))
    for night in range(MAX_ATTEMPTS):
        assert queue(con, f"r{night}") == ["wire-a"]
        end(con, f"r{night}", outcome(entry("a"), "timeout", "fetch"))
        assert queue(con, f"r{night}") == [], "not twice in a run"
    assert queue(con, "last") == []
    listed(con, "last", source(), entry("a"))
    assert reasons(con, "last") == {"wire/a": "known"}
    assert con.execute("select outcome from entries").fetchone() == ("timeout",)


def test_what_was_never_tried_does_not_use_up_attempts(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"))
    for night in range(MAX_ATTEMPTS + 1):
        end(con, f"r{night}", outcome(entry("a"), "source_off", "triage"))
    assert queue(con, "on again") == ["wire-a"]


def test_the_same_address_under_two_sources_is_read_once(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"))
    copy = replace(entry("a"), source_id="copier", entry_id="copier-a")
    assert listed(con, "r1", source("copier"), copy).duplicates == 1
    assert queue(con, "r1") == ["wire-a"]
    assert reasons(con, "r1") == {"copier/a": "duplicate_url"}
    late = replace(entry("a"), source_id="late", entry_id="late-a")
    listed(con, "r2", source("late"), late)
    assert reasons(con, "r2") == {"late/a": "known"}


def test_a_changed_headline_is_read_again(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"))
    end(con, "r1", outcome(entry("a")))
    changed = entry("a", title="A new headline")
    assert listed(con, "r2", source(), changed).changed == 1
    assert ledger.pending_entries(con, "r2") == [changed]


def test_the_first_outcome_of_a_run_stands(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"))
    end(con, "r1", outcome(entry("a"), "gone"), outcome(entry("a"), "loaded"))
    end(con, "r1", outcome(entry("a"), "loaded"))
    assert reasons(con, "r1") == {"wire/a": "gone"}
    assert con.execute("select outcome, attempts from entries").fetchone() == ("gone", 1)


def test_a_source_in_trouble_says_since_when(con: duckdb.DuckDBPyConnection) -> None:
    state = "select failing_since_utc is null, silent_since_utc, last_ok_utc, etag from sources"
    day = timedelta(days=1)
    naive = NOW.replace(tzinfo=None)
    listed(con, "r1", source(), entry("a"))
    assert con.execute(state).fetchone() == (True, None, naive, '"1"')
    for night in (1, 2):
        listed(con, f"f{night}", source(), ok=False, reason="timeout", now=NOW + night * day)
    assert con.execute(state).fetchone() == (False, naive + day, naive, '"1"')
    assert con.execute("select failing_since_utc from sources").fetchone() == (naive + day,)
    listed(con, "r4", source(), entry("a"), now=NOW + 4 * day)
    assert con.execute(state).fetchone() == (True, naive + day, naive + 4 * day, '"1"'), "answers, with nothing new"
    listed(con, "r5", source(), entry("b"), now=NOW + 5 * day)
    assert con.execute(state).fetchone() == (True, None, naive + 5 * day, '"1"')
    assert listing.standings(con)["wire"].validators == Validators(etag='"1"')


def test_a_listing_that_fails_half_way_keeps_no_validators(con: duckdb.DuckDBPyConnection) -> None:
    broken = replace(entry("b"), published=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive time"):
        listed(con, "r1", source(), entry("a"), broken)
    assert listing.standings(con) == {}
    assert con.execute("select count(*) from entries").fetchone() == (0,)


def test_a_page_is_asked_for_conditionally_only_where_it_was_read(con: duckdb.DuckDBPyConnection) -> None:
    """A 304 for a page that a killed run had fetched and not stored would lose it."""
    e = entry("a")
    fetch = Fetch(source_id="wire", key=e.key, url=e.key, fetched=NOW, outcome="fetched", status=200, raw_hash="0" * 64)
    fetch = replace(fetch, validators=Validators(etag='"p"'))
    listed(con, "r1", source(), e)
    ledger.save_fetches(con, "r1", [fetch, fetch])
    ledger.save_fetches(con, "r1", [fetch])
    assert con.execute("select count(*) from fetches").fetchall() == [(1,)]
    assert ledger.page_validators(con, [e.key], NOW) == {}
    end(con, "r1", outcome(e))
    assert ledger.page_validators(con, [e.key, "other"], NOW) == {e.key: Validators(etag='"p"')}
    later = NOW + timedelta(seconds=1)
    assert ledger.page_validators(con, [e.key], later) == {}, "now and then it is asked for without conditions"


def test_a_killed_run_is_marked_by_the_next(con: duckdb.DuckDBPyConnection) -> None:
    assert ledger.record_run_start(con, "r2", VERSIONS, NOW) == ["r1"]
    ledger.record_run_finish(con, "r2", NOW, failure="every source failed")
    states = con.execute("select run_id, state, detail from runs order by 1").fetchall()
    assert states == [("r1", "interrupted", ""), ("r2", "failed", "every source failed")]
    with pytest.raises(ValueError, match="never started"):
        ledger.record_run_finish(con, "r9", NOW)


def test_run_counts_are_those_of_the_ledger(con: duckdb.DuckDBPyConnection) -> None:
    listed(con, "r1", source(), entry("a"), entry("b"))
    batch = [finished("a"), Finished(outcome=outcome(entry("b"), "robots", "fetch"))]
    load.save_readings(con, batch, run_id="r1", versions=VERSIONS, now=NOW)
    counts = ledger.run_counts(con, "r1")
    assert counts.outcomes == {"loaded": 1, "robots": 1}
    assert (counts.articles, counts.mentions, counts.event_mentions, counts.events) == (1, 4, 1, 0)
