"""Mentions: where a find of the network really begins and ends, and what a document says of a name elsewhere."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.language.agreement import agreed
from extractors.language.edges import in_title, mended
from extractors.language.pipeline import load
from extractors.language.spans import remade
from extractors.language.tokenization import customize


@pytest.fixture(scope="module")
def blank() -> Language:
    nlp = spacy.blank("en")
    customize(nlp)
    nlp.add_pipe("sentencizer")
    return nlp


def span_of(doc: Doc, words: str, label: str) -> Span:
    start = doc.text.index(words)
    found = doc.char_span(start, start + len(words), label=label)
    assert found is not None, f"{words!r} is not whole words"
    return remade(found, "model")


@pytest.mark.parametrize(
    ("text", "find", "label", "names"),
    [
        ("They met Treasury Secretary Mary Ortolan.", "Treasury Secretary Mary Ortolan", "PERSON", ["Mary Ortolan"]),
        ("It is the Secretary of Commerce who signs.", "Commerce", "PERSON", []),
        ("The U.S. Treasury Secretary wrote.", "U.S. Treasury", "ORG", []),
        ("Larkhaven Council Chair Ida Moss said so.", "Larkhaven Council Chair", "ORG", ["Larkhaven Council"]),
        ("The firm hired by Larkhaven of the north left.", "Larkhaven of the", "ORG", ["Larkhaven"]),
        ("It named BIS and Nvidia first.", "BIS and Nvidia", "ORG", ["BIS", "Nvidia"]),
        (
            "It named BIS and People’s Bank of China first.",
            "BIS and People’s Bank of China",
            "ORG",
            ["BIS", "People’s Bank of China"],
        ),
        ("It named Stone and Ash first.", "Stone and Ash", "ORG", ["Stone and Ash"]),
        (
            "The Commerce Department's Bureau of Odd Things wrote.",
            "Commerce Department's Bureau of Odd Things",
            "ORG",
            ["Commerce Department", "Bureau of Odd Things"],
        ),
        ("The office (Trade) Orsa Bureau wrote.", "Trade) Orsa Bureau", "ORG", ["Trade", "Orsa Bureau"]),
        ("Buyers want Orsa T9 GPUs now.", "Orsa T9 GPUs", "PRODUCT", ["Orsa T9"]),
        ("Buyers want Huawei Orsa T9 now.", "Huawei Orsa T9", "PRODUCT", ["Huawei", "Orsa T9"]),
        (
            "A probe under Section 301 of the Trade Act of 1974 began.",
            "Section 301 of the Trade Act of 1974",
            "POLICY",
            ["Section 301", "Trade Act of 1974"],
        ),
        ("It spoke of an export restriction again.", "export restriction", "POLICY", []),
        ("It spoke of the diffusion rule again.", "diffusion rule", "POLICY", ["diffusion rule"]),
        (
            "He funds the Creating Quiet Chips Act now.",
            "Quiet Chips Act",
            "POLICY",
            ["Creating Quiet Chips Act"],
        ),
        (
            "The Larkhaven Defense Authorization Act for Fiscal Year 2031 passed.",
            "Larkhaven Defense Authorization Act",
            "POLICY",
            ["Larkhaven Defense Authorization Act for Fiscal Year 2031"],
        ),
        (
            "Ministers read the Action Plan for Steadying Foreign Investment aloud.",
            "Action Plan",
            "POLICY",
            ["Action Plan for Steadying Foreign Investment"],
        ),
        (
            "A rule, “Further Export Controls: Certain Advanced Items; Corrections”, came out.",
            "Further Export Controls",
            "POLICY",
            ["Further Export Controls: Certain Advanced Items; Corrections"],
        ),
        ("Citizens of the Commonwealth of Virginia voted.", "Virginia", "GPE", ["Commonwealth of Virginia"]),
    ],
)
def test_edges(blank: Language, text: str, find: str, label: str, names: list[str]) -> None:
    assert [s.text for s in mended(span_of(blank(text), find, label))] == names


def test_a_shape_in_the_title_of_a_writing_is_no_policy(blank: Language) -> None:
    doc = blank("Her op-ed “Our Self-Defeating Chip Strategy” was read widely. The Quiet Chip Strategy was not.")
    assert in_title(span_of(doc, "Self-Defeating Chip Strategy", "POLICY"))
    assert not in_title(span_of(doc, "Quiet Chip Strategy", "POLICY"))


def found(blank: Language, text: str, *finds: tuple[str, str]) -> set[tuple[str, str]]:
    doc = blank(text)
    return {(s.text, s.label_) for s in agreed(doc, [span_of(doc, words, label) for words, label in finds])}


def test_an_acronym_has_the_label_of_its_name(blank: Language) -> None:
    text = "The Orsa Quiet Academy (OQA) met. OQA left."
    assert found(blank, text, ("Orsa Quiet Academy", "ORG"), ("OQA", "ALLIANCE")) == {
        ("Orsa Quiet Academy", "ORG"),
        ("OQA", "ORG"),
    }


def test_a_conference_and_its_acronym_are_no_names(blank: Language) -> None:
    text = "At the World Larkhaven Conference (WLC) they spoke. The WLC ends today."
    assert found(blank, text, ("WLC", "ALLIANCE")) == set()


def test_surnames_pairs_and_titles_are_persons(blank: Language) -> None:
    text = "Ida Moss spoke. Later Moss left for the Moss-Quill summit with Attorney General Fenwick."
    names = found(blank, text, ("Ida Moss", "PERSON"))
    assert names == {("Ida Moss", "PERSON"), ("Moss", "PERSON"), ("Quill", "PERSON"), ("Fenwick", "PERSON")}


def test_a_person_cut_short_in_one_place_is_whole_as_in_the_other(blank: Language) -> None:
    text = "Envoy Ida Moss came. Then Ida Moss left."
    doc = blank(text)
    second = doc.char_span(text.rindex("Ida"), text.rindex("Ida") + 3, label="ORG")
    spans = agreed(doc, [span_of(doc, "Ida Moss", "PERSON"), remade(second, "model")])
    assert sorted((s.start_char, s.text, s.label_) for s in spans if len(s) > 1) == [
        (6, "Ida Moss", "PERSON"),
        (26, "Ida Moss", "PERSON"),
    ]


def test_a_known_body_is_not_taken_for_a_policy_by_its_shape() -> None:
    doc = load()("China’s State Administration for Market Regulation (SAMR) opened a probe.")
    assert ("State Administration for Market Regulation", "ORG") in {(e.text, e.label_) for e in doc.ents}
