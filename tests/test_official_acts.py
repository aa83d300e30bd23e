"""Official acts: records of their own, linked to policies and to the events that report them, and to nothing by guess."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from pytest_httpserver import HTTPServer

from extractors.language.knowledge import load_knowledge
from extractors.records import EventMention
from tests import interface_makers as made
from tests import warehouse_makers as wm
from tests.interface_makers import NOW, answered, discover, source
from tests.warehouse_makers import rows
from warehouse import checks, connect, load, official_acts, snapshot
from warehouse.official_acts import BODIES

SENTENCE = "The Commerce Department added Huawei to the Entity List on Friday."
TEXT = f"WASHINGTON — A first line.\n\n{SENTENCE} Huawei and the Chip 4 group said nothing of the H20."


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A warehouse with the knowledge files, as every run leaves it."""
    path = tmp_path / "w.duckdb"
    with connect.writing(path) as con:
        load.save_knowledge(con, load_knowledge(), "1")
    return path


def listed(server: HTTPServer, db: Path, *acts: dict) -> None:
    answered(server, "/api", made.federal_register(acts))
    discover(db, register(server), since=NOW - timedelta(days=60))


def register(server: HTTPServer):
    return source(server, "federal-register", kind="act")


def reported(db: Path, *events: EventMention) -> None:
    """An article of three days after the act that reports ``events``."""
    told = wm.finished(text=TEXT, read=wm.reading(*events, text=TEXT), published=NOW - timedelta(hours=3))
    wm.night(db, told, now=NOW + timedelta(days=3), run_id="night")


def event(**fields) -> EventMention:
    """The Commerce Department puts Huawei on the Entity List, on the day of the register's act."""
    plain = {
        "type": "SANCTION", "direction": "tighten", "trigger": "added", "instrument": "Entity List", "objects": (),
        "actors": ("United States Department of Commerce", "United States"), "targets": ("Huawei", "China"),
        "date": "2025-11-07", "precision": "day", "status": "done",
    }  # fmt: skip
    return wm.event(TEXT, SENTENCE, **plain | fields)


def linked(db: Path) -> list[str | None]:
    """The number of the act that each event is linked to."""
    with connect.writing(db) as con:
        official_acts.link_acts(con)
        sql = """select a.document_number from events e left join official_acts a using (official_act_id)
            order by e.type, e.direction, e.date_from"""
        return [row[0] for row in con.execute(sql).fetchall()]


# --- storing


def test_an_act_is_stored_with_what_its_record_says(httpserver: HTTPServer, db: Path) -> None:
    listed(httpserver, db, made.act("2025-19001"))
    row = rows(db, """select document_number, title, type, action, publication_date, effective_on, agency_slugs, docket_ids,
        on_topic, problems from official_acts""")  # fmt: skip
    assert row == [
        ("2025-19001", "Additions to the Entity List", "Rule", "Final rule.", date(2025, 11, 7), date(2025, 11, 7),
         ["commerce-department", "industry-and-security-bureau"], ["Docket No. 251103-0001"], True, []),
    ]  # fmt: skip
    assert rows(db, "select reason, stage from outcomes") == [("official_act", "sources")]
    assert rows(db, "select kind, depth from sources") == [("act", "page")]


def test_an_act_listed_again_is_known_and_takes_what_its_record_says_now(httpserver: HTTPServer, db: Path) -> None:
    listed(httpserver, db, made.act("2025-19001"))
    httpserver.clear()
    answered(httpserver, "/api", made.federal_register([made.act("2025-19001", effective_on="2025-12-07")]))
    report = discover(db, register(httpserver), now=NOW + timedelta(days=1), since=NOW - timedelta(days=9))[
        "federal-register"
    ]
    assert (report.new, report.reason) == (0, "ok")
    assert rows(db, "select effective_on, first_seen_utc from official_acts") == [
        (date(2025, 12, 7), NOW.replace(tzinfo=None))
    ]
    assert rows(db, "select reason from outcomes order by recorded_utc") == [("official_act",), ("known",)]


def test_unknowns_are_null_with_their_reason_and_a_broken_record_is_said(httpserver: HTTPServer, db: Path) -> None:
    odd = made.act("2025-19002", publication_date="2025-11-31", effective_on=None, abstract=None, docket_ids=None)
    whole = made.federal_register([])
    answered(httpserver, "/api", lambda r: whole(r) | {"count": 2, "results": [odd, {"title": "no number"}]})
    report = discover(db, register(httpserver))["federal-register"]
    assert report.problems == ("list_malformed",)
    found = rows(db, "select publication_date, effective_on, abstract, docket_ids, problems from official_acts")
    assert found == [(None, None, None, [], ["date_unparsable"])]


def test_acts_are_no_reports(httpserver: HTTPServer, db: Path, tmp_path: Path) -> None:
    listed(httpserver, db, made.act("2025-19001"))
    assert rows(db, "select count(*) from articles") == [(0,)]
    assert rows(db, "select count(*) from entries where outcome is null") == [(0,)], "nothing of it waits to be read"
    with connect.writing(db) as con:
        assert checks.run_checks(con) == []
    snapshot.publish(db, tmp_path / "s.duckdb")
    with connect.open_reader(tmp_path / "s.duckdb") as con:
        assert con.execute("select count(*) from skipped_documents").fetchone() == (0,)
        assert con.execute("select articles_read, skipped, state from coverage_by_source_day").fetchall() == [
            (0, 0, "ok")
        ]


# --- policies


def test_an_act_leads_to_the_policies_that_it_makes_or_changes(httpserver: HTTPServer, db: Path) -> None:
    listed(
        httpserver, db, made.act("2025-19001"), made.act("2025-19846", title="Expansion of End-User Controls", citation="90 FR 47201"),
        made.act("2025-19003", title="Sanctions on Some", agencies=[], citation="90 FR 1"),
    )  # fmt: skip
    with connect.writing(db) as con:
        official_acts.link_acts(con)
        sql = """select a.document_number, p.name, l.basis from official_act_policies l join official_acts a using
            (official_act_id) join policies p using (policy_id) order by all"""
        assert con.execute(sql).fetchall() == [
            ("2025-19001", "Entity List", "title"),
            ("2025-19846", "Affiliates Rule", "citation"),
        ]


def test_bodies_are_organisations_that_the_knowledge_files_have() -> None:
    names = {known.name for known in load_knowledge().by_id.values() if known.label == "ORG"}
    assert {body for bodies in BODIES.values() for body in bodies} <= names


# --- events


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (event(), "its instrument is in the title, and the record names China"),
        (event(date="2025-10-29"), "nine days before, as it was filed"),
        (event(status="announced"), "announced"),
        (event(instrument=None, targets=("Huawei",)), "its target is in the abstract"),
    ],
)
def test_an_event_that_agrees_is_linked(httpserver: HTTPServer, db: Path, told: EventMention, why: str) -> None:
    listed(httpserver, db, made.act("2025-19001", abstract="BIS adds Huawei and others of China."))
    reported(db, told)
    assert linked(db) == ["2025-19001"], why


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (event(actors=("United States",)), "the state alone is no issuing body"),
        (event(actors=("Office of Foreign Assets Control",)), "another body"),
        (event(date="2025-10-27"), "eleven days before"),
        (event(date="2025-11-11"), "four days after"),
        (event(date="2025-11", precision="month"), "no day"),
        (event(date=None, precision="unknown"), "no date"),
        (event(status="considered"), "only considered, and the rule is final"),
        (event(status="denied"), "denied"),
        (event(direction="ease"), "the title only adds"),
        (event(type="STATEMENT", direction=""), "no measure"),
        (event(instrument=None), "nothing of the substance agrees"),
        (event(instrument="Unverified List"), "another instrument"),
        (event(targets=("Japan",), target_countries=("Japan",)), "aimed at a country that the record does not name"),
    ],
)
def test_an_event_that_does_not_agree_is_not_linked(
    httpserver: HTTPServer, db: Path, told: EventMention, why: str
) -> None:
    listed(httpserver, db, made.act("2025-19001"))
    reported(db, told)
    assert linked(db) == [None], why


def test_where_two_acts_agree_none_is_chosen_unless_one_names_the_target(httpserver: HTTPServer, db: Path) -> None:
    listed(httpserver, db, made.act("2025-19001"), made.act("2025-19002", html_url="https://register.example/2"))
    reported(db, event())
    assert linked(db) == [None]
    httpserver.clear()
    named = made.act("2025-19002", html_url="https://register.example/2", abstract="BIS adds Huawei of China.")
    answered(httpserver, "/api", made.federal_register([named]))
    discover(db, register(httpserver), now=NOW + timedelta(days=4), since=NOW - timedelta(days=9))
    assert linked(db) == ["2025-19002"]


def test_a_proposed_rule_is_what_is_considered(httpserver: HTTPServer, db: Path) -> None:
    listed(httpserver, db, made.act("2025-19001", type="Proposed Rule", action="Proposed rule."))
    reported(db, event(), event(status="considered", date="2025-11-06"))
    assert linked(db) == ["2025-19001", None]


def test_linking_again_changes_nothing_and_a_link_that_no_longer_holds_goes(httpserver: HTTPServer, db: Path) -> None:
    listed(httpserver, db, made.act("2025-19001"))
    reported(db, event())
    assert linked(db) == linked(db) == ["2025-19001"]
    with connect.writing(db) as con:
        con.execute("update official_acts set publication_date = '2025-01-01'")
    assert linked(db) == [None]


# --- the view


def test_the_view_shows_which_acts_were_missed_and_how_late_coverage_came(
    httpserver: HTTPServer, db: Path, tmp_path: Path
) -> None:
    listed(
        httpserver, db, made.act("2025-19001"),
        made.act("2025-19002", title="Revisions to the Unverified List", html_url="https://register.example/2"),
        made.act("2025-18003", title="Old Rule", publication_date="2025-09-20", html_url="https://register.example/3"),
    )  # fmt: skip
    reported(db, event())
    linked(db)
    snapshot.publish(db, tmp_path / "s.duckdb")
    with connect.open_reader(tmp_path / "s.duckdb") as con:
        found = coverage(con)
    assert found == {
        "2025-19001": (True, 1, 1, 3, 2, ["Entity List"]),
        "2025-19002": (False, 0, 0, None, 2, ["Unverified List"]),
        "2025-18003": (False, 0, 0, None, 0, []),
    }, "the last was not missed: nobody watched"


def coverage(con: duckdb.DuckDBPyConnection) -> dict[str, tuple]:
    sql = (
        "select document_number, covered, n_events, n_reports, lag_days, runs_near, policies from official_act_coverage"
    )
    return {row[0]: row[1:] for row in con.execute(sql).fetchall()}
