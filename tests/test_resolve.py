"""Events across articles: what joins and what does not, and the same events however the reports came in."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.language.knowledge import load_knowledge
from extractors.records import EventMention
from flows.newsroom import content
from flows.newsroom.content import last_day, load_stories
from tests.warehouse_makers import NOW, VERSIONS, article, dump, event, finished, night, reading, rows, source
from warehouse import connect, ledger, load, resolve
from warehouse.agreement import Claim, agree, claim_id, claim_of
from warehouse.checks import run_checks
from warehouse.identity import date_range
from warehouse.load import Finished
from warehouse.placing import Claims, place

EXPECTED = Path(content.__file__).with_name("expected.toml")
EVENTS = ("events", "event_reports", "event_claims", "event_mentions")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coverage.duckdb"


def claim(**fields: object) -> Claim:
    return of(event(**fields))


def of(said: EventMention) -> Claim:
    days = date_range(said.date, said.precision) or (None, None)
    row = {name: getattr(said, name) for name in said.__slots__} | {"date_from": days[0], "date_to": days[1]}
    found = claim_of(row)
    return replace(found, claim_id=claim_id(found))


# what is one event

DAY = {"date": "2026-11-09", "precision": "day"}
BARE = {"objects": (), "targets": ("China",)}
FIRM = {"type": "FUNDING", "direction": "", "actors": ("OpenAI",), "actor_countries": ("United States",)}
LISTED = {"type": "SANCTION", "targets": ("Huawei", "China"), "objects": (), "instrument": "Entity List"}


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ({}, {"actors": ("Bureau of Industry and Security",)}),
        ({}, {"objects": ("h20s", "A800")}),
        ({"objects": ("Chip",)}, {"objects": ("chips",)}),
        ({}, {"precision": "inferred", "date": "2026-11-11"}),
        ({"precision": "inferred", "date": "2026-11-10"}, {}),
        ({"precision": "inferred", "date": "2026-11-10"}, {"precision": "inferred", "date": "2026-11-12"}),
        ({}, {"precision": "month", "date": "2026-11"}),
        ({}, {"precision": "week", "date": "2026-W46"}),
        ({}, {"target_countries": (), "targets": ()}),
        (BARE, BARE | {"actors": ("White House",)}),
        ({}, {"objects": ()}),
        (LISTED, LISTED | {"targets": ("Huawei", "SMIC", "China")}),
        (LISTED, LISTED | {"actors": (), "actor_countries": ()}),
        (FIRM | {"amount": 5e9, "currency": "USD"}, FIRM | {"amount": 5.1e9, "currency": "USD", "objects": ()}),
    ],
)
def test_reports_that_agree_are_one_event(first: dict, later: dict) -> None:
    assert agree(claim(**first), claim(**later))


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ({}, {"direction": "ease"}),
        ({}, {"type": "SANCTION"}),
        ({}, {"date": "2026-11-10"}),
        ({}, {"precision": "inferred", "date": "2026-11-13"}),
        ({}, {"precision": "inferred", "date": "2026-11-07"}),
        ({"precision": "inferred"}, {"date": "2026-11-07"}),
        ({"precision": "month", "date": "2026-11"}, {}),
        ({}, {"precision": "month", "date": "2026-10"}),
        ({}, {"precision": "year", "date": "2026"}),
        ({}, {"precision": "unknown", "date": None}),
        ({}, {"objects": ("A800",)}),
        ({"objects": ()}, {}),
        ({}, {"objects": (), "precision": "inferred"}),
        ({}, {"targets": ("Russia",), "target_countries": ("Russia",)}),
        ({}, {"actors": ("China",), "actor_countries": ("China",)}),
        ({}, {"actors": (), "actor_countries": ()}),
        ({"instrument": "Entity List"}, {"instrument": "Affiliates Rule"}),
        (LISTED, LISTED | {"targets": ("SMIC", "China")}),
        (FIRM, FIRM | {"actors": ("Anthropic",)}),
        (FIRM | {"amount": 5e9, "currency": "USD"}, FIRM | {"amount": 6e9, "currency": "USD"}),
        (FIRM | {"targets": ("Nvidia",), "objects": ("H20",)}, FIRM | {"targets": ("Nvidia",), "objects": ("B30A",)}),
        (FIRM | {"objects": ("chips",)}, FIRM | {"objects": ("chips", "H20")}),
        ({"type": "STATEMENT", "precision": "inferred"}, {"type": "STATEMENT", "date": "2026-11-08"}),
        (BARE | {"precision": "inferred"}, BARE | {"precision": "inferred", "date": "2026-11-10"}),
    ],
)
def test_reports_that_do_not_agree_are_two(first: dict, later: dict) -> None:
    assert not agree(claim(**first), claim(**later))


def test_a_claim_is_what_is_said_and_not_how_surely_or_by_whom() -> None:
    one = claim()
    assert one.claim_id == claim(confidence=0.1, status="denied", attribution="Reuters").claim_id
    assert one.claim_id == claim(actors=("United States", "DEPARTMENT OF COMMERCE")).claim_id
    assert one.claim_id != claim(objects=("H20", "A800")).claim_id != claim(precision="inferred").claim_id


names = st.lists(st.sampled_from(["H20", "A800", "chips"]), max_size=2, unique=True).map(tuple)
states = st.lists(st.sampled_from(["China", "United States"]), max_size=2, unique=True).map(tuple)
dates = st.one_of(
    st.integers(3, 12).map(lambda n: {"date": f"2026-11-{n:02}", "precision": "day"}),
    st.integers(3, 12).map(lambda n: {"date": f"2026-11-{n:02}", "precision": "inferred"}),
    st.sampled_from(
        [
            {"date": "2026-11", "precision": "month"},
            {"date": "2026-W46", "precision": "week"},
            {"date": "2026", "precision": "year"},
            {"date": None, "precision": "unknown"},
        ]
    ),
)
said = st.builds(
    lambda objects, actors, when, kind, firm: event(
        type=kind,
        objects=objects,
        actors=actors,
        actor_countries=actors,
        targets=("China", *firm),
        **when,
    ),
    names,
    states,
    dates,
    st.sampled_from(["EXPORT_CONTROL", "STATEMENT"]),
    st.sampled_from([(), ("Huawei",)]),
)


@given(one=said, other=said)
def test_claims_that_agree_share_a_mark_by_which_they_are_found(one: EventMention, other: EventMention) -> None:
    first, later = of(one), of(other)
    if agree(first, later):
        assert first.marks & later.marks


# how reports are counted


def test_reports_of_one_event_join_and_its_date_is_the_most_exact(db: Path) -> None:
    inferred = event(precision="inferred", date="2026-11-10", date_basis="publication", confidence=0.95)
    vague = event(precision="month", date="2026-11", objects=("H20", "A800"), confidence=0.9)
    night(db, finished("a", read=reading(inferred)), finished("b", "times"), finished("c", "paper", reading(vague)),
          sources=(source(), source("times"), source("paper")))  # fmt: skip
    assert rows(db, "select n_reports, n_outlets, n_independent, date, precision, confidence from events") == [
        (3, 3, 3, "2026-11-09", "day", 0.95)
    ]
    assert rows(db, "select count(distinct claim_id), count(distinct event_id) from event_claims") == [(3, 1)]


def test_contradicting_reports_stay_visible(db: Path) -> None:
    night(
        db, finished("a"), finished("b", "times", reading(event(status="denied"))), sources=(source(), source("times"))
    )
    assert rows(db, "select statuses, n_reports from events") == [(["denied", "done"], 2)]


def test_reports_are_counted_by_outlet_and_copies_once(db: Path) -> None:
    later = NOW + timedelta(hours=1)
    batch = [
        finished("a"),
        finished("b", read=reading(event(status="announced", confidence=0.95))),
        finished("c", "times", published=later),
        finished("d", "paper", published=later, copy_of=article("a").article_id),
        finished("e", "copier"),
    ]
    night(db, *batch, sources=(source(), source("times"), source("paper"), source("copier", independent=False)))
    assert rows(db, "select n_reports, n_outlets, n_independent, statuses, status, confidence from events") == [
        (5, 4, 2, ["announced", "done"], "announced", 0.95)
    ]
    flagged = (
        "select a.source_id from event_reports r join articles a using (article_id) where r.independent order by 1"
    )
    assert rows(db, flagged) == [("times",), ("wire",)]
    with connect.writing(db) as con:
        assert run_checks(con) == []


def test_an_event_that_only_a_republisher_reports_counts_once(db: Path) -> None:
    src = source("copier", independent=False)
    night(db, finished("a", "copier"), finished("b", "copier"), sources=(src,))
    assert rows(db, "select n_reports, n_independent from events") == [(2, 1)]


# ids


def hours(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def told_on(day: str) -> EventMention:
    return event(precision="inferred", date=day, date_basis="publication")


def test_later_reports_never_change_an_id(db: Path) -> None:
    night(db, finished("a", read=reading(told_on("2026-11-10")), published=hours(0)))
    before = rows(db, "select event_id from events")
    other = reading(event(objects=("H20", "chips"), actors=("White House",)))
    night(db, finished("b", read=other, published=hours(1)), run_id="r2", now=hours(2))
    night(db, finished("c", read=reading(told_on("2026-11-12")), published=hours(50)), run_id="r3", now=hours(51))
    assert rows(db, "select event_id from events") == before
    assert rows(db, "select n_reports from events") == [(3,)]


def test_an_id_that_gives_way_to_an_earlier_report_still_leads_to_the_event(db: Path) -> None:
    night(db, finished("b", read=reading(told_on("2026-11-12")), published=hours(50)), now=hours(51))
    ((old,),) = rows(db, "select event_id from events")
    night(db, finished("a", published=hours(0)), run_id="r2", now=hours(60))
    ((new,),) = rows(db, "select event_id from events")
    assert new != old
    assert rows(db, f"select event_id from event_claims where claim_id = '{old}'") == [(new,)]


def test_a_report_that_goes_takes_its_claim_with_it(db: Path) -> None:
    night(db, finished("a", published=hours(0)), finished("b", read=reading(told_on("2026-11-10")), published=hours(1)))
    night(db, finished("a", read=reading(event(objects=("A800",))), published=hours(0)), run_id="r2", now=hours(2))
    found = rows(db, "select objects, precision, n_reports from events order by 1")
    assert found == [(["A800"], "day", 1), (["H20"], "inferred", 1)]
    with connect.writing(db) as con:
        assert run_checks(con) == []


def test_only_touched_events_are_rebuilt(db: Path) -> None:
    night(db, finished("a"), finished("b", read=reading(event(objects=("A800",)))))
    with connect.writing(db) as con:
        assert resolve.resolve(con) == 0
        load.save_readings(con, [finished("b")], run_id="r2", versions=VERSIONS, now=NOW)
        assert resolve.resolve(con) == 1
        assert con.execute("select objects, n_reports from events").fetchall() == [(["H20"], 2)]


documents = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.sampled_from(["wire", "times", "copier"]),
        st.lists(said, min_size=1, max_size=3),
        st.integers(0, 100) | st.none(),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda d: d[:2],
)


def batch_of(plan: list[tuple]) -> list[Finished]:
    batch = []
    for name, src, events, hour, is_copy in plan:
        published = None if hour is None else hours(hour)
        original = article("a", "wire").article_id if is_copy else None
        fields = {"published": published, "copy_of": original, "first_seen": NOW}
        batch.append(finished(name, src, reading(*events), **fields))
    return batch


def built(plans: list[list[tuple]]) -> tuple[dict, dict]:
    """The rows of events after ``plans``, a night each, and after rebuilding them from scratch."""
    with duckdb.connect() as con:
        connect.migrate(con)
        ledger.record_run_start(con, "r1", VERSIONS, NOW)
        for plan in plans:
            load.save_readings(con, batch_of(plan), run_id="r1", versions=VERSIONS, now=NOW)
            resolve.resolve(con)
        step_by_step = dump(con, *EVENTS)
        resolve.resolve(con, everything=True)
        return step_by_step, dump(con, *EVENTS)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[tuple], list[list[tuple]]]:
    """Documents, and the same ones in any order and split into any nights."""
    plan = draw(documents)
    shuffled = draw(st.permutations(plan))
    cuts = sorted(draw(st.lists(st.integers(0, len(plan)), max_size=3)))
    return plan, [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(plan)], strict=True)]


@settings(max_examples=15, deadline=None)
@given(arrived=arrivals())
def test_any_order_of_arrival_and_any_split_into_nights_give_the_same_events(arrived: tuple) -> None:
    plan, nights = arrived
    at_once, rebuilt = built([plan])
    assert rebuilt == at_once
    assert built(nights) == (at_once, at_once)


@settings(max_examples=10, deadline=None)
@given(nights=st.lists(documents, min_size=1, max_size=4))
def test_articles_that_are_read_anew_leave_the_events_of_their_last_reading(nights: list) -> None:
    last = {plan[:2]: plan for plans in nights for plan in plans}
    step_by_step, rebuilt = built(nights)
    assert step_by_step == rebuilt == built([list(last.values())])[0]


# placing, without a database: many more cases

timed = st.tuples(said, st.integers(0, 60) | st.none())


def placed_by_steps(steps: list[list[Claim]], gone: Sequence[Claim] = ()) -> dict[str, str]:
    """Where the claims belong after they came in ``steps`` and the ``gone`` ones went."""
    claims = Claims(look_up=lambda asked: {name: [o for o in claims.known if o != name] for name in asked})
    for step in steps:
        came = {c.claim_id: c for c in step}
        new = [name for name in came if name not in claims.events]
        moved = [name for name in came if name not in new and came[name].rank != claims.known[name].rank]
        claims.known |= came
        claims.events |= place(claims, new, moved, [])
    leaving = [c.claim_id for c in gone if c.claim_id in claims.events]
    claims.events |= place(claims, [], [], leaving)
    return {name: event for name, event in claims.events.items() if name not in leaving}


def claims_of(plan: list[tuple]) -> list[Claim]:
    found = {}
    for told, hour in plan:
        published = None if hour is None else hours(hour).replace(tzinfo=None)
        made = replace(of(told), first_published=published)
        found.setdefault(made.claim_id, made)
    return list(found.values())


@settings(max_examples=150, deadline=None)
@given(plan=st.lists(timed, max_size=14), data=st.data())
def test_claims_are_placed_alike_however_they_come_go_or_move(plan: list, data: st.DataObject) -> None:
    claims = claims_of(plan)
    at_once = placed_by_steps([claims])
    shuffled = data.draw(st.permutations(claims))
    assert placed_by_steps([[c] for c in shuffled]) == at_once
    early = data.draw(st.lists(st.sampled_from(claims), unique=True)) if claims else []
    first = [replace(c, first_published=None) for c in early]
    assert placed_by_steps([first, shuffled]) == at_once, "some were first known without their time"
    extra = [c for c in claims_of(data.draw(st.lists(timed, max_size=4))) if c.claim_id not in at_once]
    assert placed_by_steps([shuffled, extra], extra) == at_once, "what came and went leaves no trace"


@settings(max_examples=100, deadline=None)
@given(plan=st.lists(timed, max_size=12), later=st.lists(timed, max_size=6))
def test_claims_published_later_never_move_one(plan: list, later: list) -> None:
    before = [replace(c, first_published=c.first_published or NOW.replace(tzinfo=None)) for c in claims_of(plan)]
    known = {c.claim_id for c in before}
    after = [replace(c, first_published=None) for c in claims_of(later) if c.claim_id not in known]
    both = placed_by_steps([[*after, *before]])
    assert {name: both[name] for name in known} == placed_by_steps([before])


@given(plan=st.lists(timed, max_size=12))
def test_an_event_bears_the_id_of_a_claim_that_all_its_others_agree_with(plan: list) -> None:
    claims = {c.claim_id: c for c in claims_of(plan)}
    for name, founder in placed_by_steps([list(claims.values())]).items():
        assert name == founder or agree(claims[founder], claims[name])


# the sample newsroom, as a careful reader reads it

TOGETHER = (
    ("EXPORT_CONTROL", "2025-11-06", {"b30a-blocked-wire", "b30a-ledger", "huang-no-active-talks"}),
    ("SANCTION", "2025-09-12", {"lists-versus-ownership", "smic-third-quarter", "nvidia-antitrust-limbo"}),
    ("FUNDING", "2024-05", {"big-fund-three-scale", "pinewater-chips-act"}),
    ("EXPORT_CONTROL", "2025-11-07", {"mofcom-suspends-october-controls", "us-critical-minerals-list"}),
    ("DIPLOMACY", "2025-10-30", {"busan-truce-fact-sheet", "blackwell-kept-home"}),
)


def reader_claims() -> Iterator[tuple[str, Claim]]:
    """Each event that the reader found, by the article that reports it; a copy reports what its original does."""
    stories = {story.id: story for story in load_stories(last_day())}
    articles = {row["id"]: row for row in tomllib.loads(EXPECTED.read_text(encoding="utf-8"))["article"]}
    state_of = load_knowledge().state_of
    for name, row in articles.items():
        published = stories[name].published
        for told in articles[row.get("same_as", name)].get("event", []):
            days = date_range(told.get("date"), told.get("precision", "unknown")) or (None, None)
            fields = {"direction": "", "instrument": None, "objects": [], "amount": None, "currency": None} | told
            fields |= {
                f"{role}_countries": [s for n in told[f"{role}s"] if (s := state_of(n))] for role in ("actor", "target")
            }
            made = claim_of(
                fields | {"date_from": days[0], "date_to": days[1], "precision": told.get("precision", "unknown")}
            )
            moment = published.astimezone(UTC).replace(tzinfo=None) if published else None
            yield name, replace(made, claim_id=claim_id(made), first_published=moment)


def test_reports_of_one_event_in_the_sample_newsroom_join_and_different_ones_do_not() -> None:
    reports = list(reader_claims())
    first: dict[str, Claim] = {}
    for _, made in sorted(reports, key=lambda report: report[1].rank):
        first.setdefault(made.claim_id, made)
    events = placed_by_steps([list(first.values())])
    told_by: dict[str, set[str]] = {}
    for name, made in reports:
        told_by.setdefault(events[made.claim_id], set()).add(name)
    for kind, day, names in TOGETHER:
        joined = [told for event, told in told_by.items() if first[event].type == kind and names <= told]
        assert joined, f"{kind} of {day} is split: {names}"
    days = {event: {str(first[c].date_from) for c, e in events.items() if e == event and first[c].stated
                    and first[c].date_from == first[c].date_to} for event in told_by}  # fmt: skip
    assert all(len(found) <= 1 for found in days.values()), "no event has two stated days"
    assert len(reports) == 219 and 150 <= len(told_by) <= 160
