"""Bad input: no text makes reading crash, offsets count code points of the text as it came, and time grows with its length."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from extractors.events.reading import read_texts
from extractors.language.pipeline import MAX_CHARACTERS, load
from extractors.language.topic import judge, triage
from extractors.records import Reading

PROSE = "The Commerce Department added Huawei to the Entity List on Monday, and Ida Moss objected in Beijing. "
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


def read(nlp: Language, text: str) -> Reading:
    (found,) = read_texts(nlp, [("", text, None)], everything=True)
    for mention in found.mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip() and mention.entity_id
    for event in found.events:
        assert text[event.trigger_start : event.trigger_end] == event.trigger
        assert event.start <= event.trigger_start < event.trigger_end <= event.end <= len(text)
    return found


WORDS = ("Huawei", "Entity List", "U.S.", "export controls", "tariffs", "Nvidia’s", "Section 301", "Ida Moss", "barred")
NOISE = ("\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "🇨🇳", "👩‍💻", "e\u0301", "华为公司", "שלום", "&amp;", "&#8217;",
         "\n", "\r\n", "\t", "\u2028", "\xa0", "“", "((", "...", "-", "￼", "ﬁ", "İ", "ß")  # fmt: skip


def mixtures() -> st.SearchStrategy[str]:
    pieces = st.one_of(st.sampled_from(WORDS), st.sampled_from(NOISE), st.text(max_size=4))
    return st.lists(pieces, max_size=40).map(lambda parts: "".join(parts))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=mixtures(), spaced=st.booleans())
def test_names_among_noise_keep_their_offsets(nlp: Language, text: str, spaced: bool) -> None:
    read(nlp, text.replace("Huawei", " Huawei ") if spaced else text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("🇨🇳👩‍💻 ", " 🤖"),
        ("\u202eמזרח\u202c ", ""),
        ("华为公司发布昇腾芯片。\n", "\n美国商务部。"),
        ("\x00\x07 ", " \x1b[0m"),
        ("&quot;AT&amp;T&quot; &#8212; ", " &nbsp;"),
        ("\ufeff", "\r\n\r\n"),
        ("e\u0301te\u0301 ", ""),
    ],
    ids=["emoji", "right to left", "Chinese", "control", "entities", "byte order mark", "combining"],
)
def test_names_beside_what_is_odd_are_still_found(nlp: Language, before: str, after: str) -> None:
    found = read(nlp, f"{before}The Commerce Department added Huawei to the Entity List.{after}")
    assert {m.text for m in found.mentions} >= {"Commerce Department", "Huawei", "Entity List"}


def test_half_a_character_breaks_nothing(nlp: Language) -> None:
    assert {m.text for m in read(nlp, "\ud800 Huawei slept.").mentions} == {"Huawei"}


def test_letters_misread_by_a_scanner_break_nothing(nlp: Language) -> None:
    read(nlp, "Tl1e C0mmerce Departrnent add ed Huawei t0 the Ent1ty L1st 0n Mon- day , 1n Wash- ington .")


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\u200b", "\x00", ".", "🤖"])
def test_what_holds_no_word_reads_as_nothing(nlp: Language, text: str) -> None:
    found = read(nlp, text)
    assert found.mentions == () and found.events == () and not found.verdict.on_topic


@pytest.mark.parametrize("text", ["x" * MEGABYTE, "华为公司" * (MEGABYTE // 4)], ids=["a word", "characters"])
def test_a_megabyte_without_words_in_one_line_takes_seconds(nlp: Language, text: str) -> None:
    began = time.process_time()
    read(nlp, text)
    assert time.process_time() - began < 20


def test_a_text_past_the_limit_is_read_up_to_it_and_says_so(nlp: Language) -> None:
    found = read(nlp, "y" * MAX_CHARACTERS + " Huawei")
    assert found.mentions == () and "only the first 1000000 characters were read" in found.verdict.reason


def lengths(nlp: Language, component: str) -> Iterator[float]:
    """CPU seconds of a component on a text in one line and on one four times as long."""
    for times in (20, 80):
        doc = nlp.make_doc(PROSE * times)
        for name, run in nlp.pipeline:
            if name == component:
                began = time.process_time()
                run(doc)
                yield time.process_time() - began
                break
            doc = run(doc)


@pytest.mark.parametrize("component", ["minilm_reader", "rivalry_linker"])
def test_time_grows_with_the_length_of_a_text(nlp: Language, component: str) -> None:
    short, long = lengths(nlp, component)
    assert long < 10 * short + 0.2, "four times the text takes about four times the time, not sixteen"


@settings(max_examples=100, deadline=None)
@given(text=mixtures())
def test_any_headline_and_text_has_a_verdict(text: str) -> None:
    for verdict in (judge(text), triage(text, text)):
        assert 0 <= verdict.relevance <= 1 and verdict.reason


def test_a_verdict_on_a_megabyte_takes_a_second_or_two() -> None:
    began = time.process_time()
    assert judge(PROSE * (MEGABYTE // len(PROSE))).reason
    assert time.process_time() - began < 10
