"""Events: cues do what their examples show, one act is one event, and nothing is asserted that the text does not."""

import datetime as dt
import tomllib
from dataclasses import replace

import pytest

from extractors.events.alliances import VERBS, alliance_acts
from extractors.events.antecedents import antecedent
from extractors.events.confidence import confidence, load_weights
from extractors.events.merge import Candidate, merge
from extractors.events.plover import plover_root
from extractors.events.reading import read_texts
from extractors.events.types import CUES, cues, easing
from extractors.language.pipeline import load
from extractors.records import EventMention

MONDAY = dt.date(2025, 8, 11)
EVENT = EventMention(
    type="EXPORT_CONTROL",
    direction="tighten",
    actors=("United States",),
    targets=("China",),
    instrument=None,
    objects=("chips",),
    amount=None,
    currency=None,
    date="2025-08-08",
    precision="day",
    date_basis="weekday",
    status="done",
    attribution=None,
    trigger="banned",
    trigger_start=110,
    trigger_end=116,
    start=100,
    end=180,
    confidence=0.6,
)


@pytest.mark.parametrize("kind", cues())
def test_cues_do_what_their_examples_show(kind: str) -> None:
    row = tomllib.loads(CUES.read_text(encoding="utf-8"))[kind]
    cue = cues()[kind]
    assert row["yes"] and row["no"]
    assert [s for s in row["yes"] if not cue.search(s)] == []
    assert [s for s in row["no"] if cue.search(s)] == []


@pytest.mark.parametrize("kind", easing())
def test_words_of_easing_do_what_their_examples_show(kind: str) -> None:
    row = tomllib.loads(CUES.read_text(encoding="utf-8"))[kind]
    assert row["ease_yes"] and row["ease_no"]
    assert [s for s in row["ease_yes"] if not easing()[kind].search(s)] == []
    assert [s for s in row["ease_no"] if easing()[kind].search(s)] == []


def test_one_act_told_twice_is_one_event_with_its_best_evidence() -> None:
    headline = replace(
        EVENT, start=0, end=40, trigger_start=5, trigger_end=11, date="2025-08-11", precision="inferred", confidence=0.9
    )
    background = replace(EVENT, start=300, end=350, date="2022-10-07")
    merged = merged_of(headline, EVENT, background)
    assert [(c.event.start, c.event.date) for c in merged] == [(100, "2025-08-08"), (300, "2022-10-07")]
    assert [c.signs["told"] for c in merged] == [2.0, 1.0]
    assert merged[0].signs["score"] == 2.0


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "ease"},
        {"actors": ("China",), "targets": ("United States",)},
        {"status": "denied"},
        {"instrument": "A", "type": "SANCTION"},
    ],
)
def test_different_acts_stay_apart(changes: dict) -> None:
    other = replace(EVENT, start=200, end=260, **changes)
    assert len(merged_of(EVENT, other)) == 2


def merged_of(*events: EventMention) -> list[Candidate]:
    rows = [Candidate(e, {"score": 2.0 if e.confidence > 0.8 else 1.0, "headline": 0.0, "told": 1.0}) for e in events]
    return merge(rows, headline_end=50)


def test_confidence_is_a_probability_that_grows_with_the_signs() -> None:
    weak = {"score": -2.0, "told": 1.0}
    strong = {"score": 3.0, "told": 3.0}
    for kind in ("SANCTION", "STATEMENT", "FUNDING"):
        assert 0.0 < confidence(kind, weak) < confidence(kind, strong) < 1.0


def test_nothing_below_the_stated_confidence_is_reported() -> None:
    events = read(
        "Huawei was added to the entity list. Analysts said that sales might fall. Beijing accused Washington."
    )
    assert all(e.confidence >= load_weights()["least"] for e in events)


def read(text: str) -> tuple[EventMention, ...]:
    (reading,) = read_texts(load(), [("", text, MONDAY)], everything=True)
    for event in reading.events:
        assert text[event.trigger_start : event.trigger_end] == event.trigger
        assert event.start <= event.trigger_start < event.trigger_end <= event.end
    return reading.events


def test_a_plain_listing_is_read_with_who_whom_and_when() -> None:
    events = read(
        "US adds Chinese chip firms to trade blacklist\n\nThe U.S. Commerce Department on Friday added Huawei and SMIC to its entity list, "
        "citing national security. The move bars American firms from supplying them without a licence."
    )
    listing = next(e for e in events if e.type == "SANCTION")
    assert listing.direction == "tighten"
    assert listing.actors[0] == "United States Department of Commerce" and "United States" in listing.actors
    assert "Huawei" in listing.targets
    assert (listing.date, listing.precision, listing.status) == ("2025-08-08", "day", "done")
    assert listing.instrument == "Entity List"


def test_what_is_only_weighed_is_not_done() -> None:
    events = read(
        "Washington weighs new curbs on AI chips for China\n\nThe Trump administration is considering new restrictions on exports of AI chips to China, "
        "two people familiar with the matter said on Monday."
    )
    assert events
    assert all(e.status != "done" for e in events if e.type == "EXPORT_CONTROL")


def test_a_text_without_events_gives_none() -> None:
    assert read("Nvidia’s H20 chip has 96 gigabytes of memory.") == ()


@pytest.mark.parametrize(
    ("direction", "sentence", "there"),
    [
        (direction, sentence, there)
        for direction, row in tomllib.loads(VERBS.read_text(encoding="utf-8")).items()
        for there, key in ((True, "yes"), (False, "no"))
        for sentence in row[key]
    ],
)
def test_alliance_verbs_do_what_their_examples_show(direction: str, sentence: str, there: bool) -> None:
    acts = [act.direction for act in alliance_acts(load()(sentence))]
    assert acts == ([direction.partition("_")[0]] if there else [])


@pytest.mark.parametrize(
    ("text", "trigger", "name"),
    [
        ("Huawei reported a loss. The company halted shipments to Canada on Friday.", "halted", "Huawei"),
        ("China’s Commerce Ministry met envoys. The ministry said it would ban exports.", "ban", "Commerce Ministry"),
        ("Jensen Huang met Huawei. He accused Beijing of theft.", "accused", "Jensen Huang"),
        ("Huawei sued in Texas. The ministry said nothing and banned exports.", "banned", None),
        ("Huawei reported a loss. The company was fined in Texas.", "fined", None),
        ("Huawei reported a loss. Nvidia halted shipments.", "halted", None),
        ("A company halted shipments to Canada.", "halted", None),
    ],
)
def test_a_pronoun_or_bare_noun_stands_for_the_last_fitting_name(text: str, trigger: str, name: str | None) -> None:
    doc = load()(text)
    start = text.index(trigger)
    meant = antecedent(doc.char_span(start, start + len(trigger)), list(doc.ents))
    assert (meant.text if meant is not None else None) == name


@pytest.mark.parametrize(
    ("kind", "direction", "trigger", "root"),
    [
        ("TARIFF", "ease", "suspended", "CONCEDE"),
        ("SANCTION", "tighten", "added", "SANCTION"),
        ("ENFORCEMENT", "", "opened a probe", "INVESTIGATE"),
        ("ENFORCEMENT", "", "fined", "COERCE"),
        ("ALLIANCE", "leave", "quit", "REDUCE"),
        ("SUPPLY", "", "halted shipments", "REDUCE"),
        ("STATEMENT", "", "vowed", "THREATEN"),
        ("STATEMENT", "", "smeared", "ACCUSE"),
        ("PRODUCT", "", "launched", None),
    ],
)
def test_events_carry_the_root_that_plover_has_for_them(
    kind: str, direction: str, trigger: str, root: str | None
) -> None:
    assert plover_root(kind, direction, trigger) == root
