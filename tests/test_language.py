"""The language pipeline: what it finds, that it can be taken apart, and that no input breaks it."""

import shutil
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from extractors.errors import UserError
from extractors.events.reading import read_texts
from extractors.language.pipeline import SHIPPED, load
from extractors.language.tokenization import customize
from extractors.language.topic import families, judge, triage

TEXT = (
    "US widens curbs on AI chips for China\n\n"
    "WASHINGTON, Oct 7 (Reuters) - The Commerce Department’s Bureau of Industry and Security (BIS) on Tuesday added Huawei and a unit of "
    "Orsa Microsystems to the entity list, two officials said. China’s foreign ministry denounced the move.\n"
    "Lin Haoran, who leads the newly formed Model Compute Alliance, said Chinese labs would turn to Huawei’s Ascend 910C. “We have no choice,” Lin said."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


def test_names_are_found_and_linked(nlp: Language) -> None:
    doc = nlp(TEXT)
    found = {(e.text, e.label_): e._.entity for e in doc.ents}
    assert found["Commerce Department", "ORG"] == "United States Department of Commerce"
    assert found["BIS", "ORG"] == "Bureau of Industry and Security"
    assert found["entity list", "POLICY"] == "Entity List"
    assert found["foreign ministry", "ORG"] == "Ministry of Foreign Affairs of China"
    assert found["Lin", "PERSON"] == "Lin Haoran"
    assert found["US", "GPE"] == "United States"
    assert ("Model Compute Alliance", "ALLIANCE") in found
    assert ("Orsa Microsystems", "ORG") in found
    assert all(e._.entity_id and e._.method in {"model", "knowledge", "shape", "document"} for e in doc.ents)


def test_it_parses(nlp: Language) -> None:
    doc = nlp("The ministry imposed curbs on exports of gallium.")
    verb = next(t for t in doc if t.text == "imposed")
    assert (verb.lemma_, verb.pos_, verb.dep_) == ("impose", "VERB", "ROOT")
    assert {(t.text, t.dep_) for t in verb.children} >= {("ministry", "nsubj"), ("curbs", "obj")}
    assert len(list(nlp("Beijing objected. Washington did not answer.").sents)) == 2


def test_each_component_can_be_used_on_another_pipeline() -> None:
    other = spacy.blank("en")
    other.add_pipe("alliance_ruler")
    other.add_pipe("policy_ruler")
    doc = other(
        "They joined the Pacific Compute Alliance after Executive Order 14105 and the Secure Chips Act of 2026."
    )
    assert [s.text for s in doc.spans["alliance_shapes"]] == ["Pacific Compute Alliance"]
    assert [s.text for s in doc.spans["policy_shapes"]] == ["Executive Order 14105", "Secure Chips Act of 2026"]


def test_the_pipeline_survives_the_disk(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "copy")
    again = spacy.load(tmp_path / "copy")
    assert [(e.text, e.label_) for e in again(TEXT).ents] == [(e.text, e.label_) for e in nlp(TEXT).ents]


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_dogs"):
        spacy.blank("en").add_pipe("minilm_reader", config={"batch_dogs": 3})


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no spaCy pipeline"):
        load("en_no_such_pipeline")
    broken = tmp_path / "broken"
    shutil.copytree(SHIPPED, broken)
    (broken / "minilm_reader" / "network.onnx").unlink()
    with pytest.raises(UserError, match=r"lacks network\.onnx"):
        load(str(broken))("text")


def test_tokens_split_where_names_end() -> None:
    plain = spacy.blank("en")
    customize(plain)
    words = [t.text for t in plain("U.S.-led talks, the 910D. China–U.S. ties")]
    assert words == ["U.S.", "-", "led", "talks", ",", "the", "910D", ".", "China", "–", "U.S.", "ties"]


WILD = [
    "",
    " \n\n ",
    "word " * 200_000,
    "x" * 300_000,
    "🇨🇳🤖 Huawei 华为公司 发布 昇腾芯片 \u202eמזרח\u202c Nvidia\x00\x07 &amp; co",
    "NVIDIA AND HUAWEI " * 50,
    "Nvidia\r\n\r\nHuawei\tAMD\u2028Intel\ufeff",
]


@pytest.mark.parametrize("text", WILD, ids=range(len(WILD)))
def test_wild_texts_keep_their_offsets(nlp: Language, text: str) -> None:
    (reading,) = read_texts(nlp, [("", text, None)], everything=True)
    assert all(text[m.start : m.end] == m.text for m in reading.mentions)
    assert all(text[e.trigger_start : e.trigger_end] == e.trigger for e in reading.events)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=st.text(max_size=200))
def test_any_text_is_read(nlp: Language, text: str) -> None:
    (reading,) = read_texts(nlp, [("", text, None)], everything=True)
    assert all(text[m.start : m.end] == m.text for m in reading.mentions)


def test_both_halves_are_needed_to_be_on_topic() -> None:
    assert judge(TEXT).on_topic
    soybeans = "China buys U.S. soybeans\n\nChina bought soybeans from American farmers after Washington cut tariffs, traders said."
    chatbot = "OpenAI updates its chatbot\n\nOpenAI said its ChatGPT assistant would talk in a warmer voice, in the United States first."
    for text, missing in ((soybeans, "AI"), (chatbot, "China")):
        verdict = judge(text)
        assert not verdict.on_topic and missing in verdict.reason


def test_headlines_are_triaged() -> None:
    assert triage("U.S. to tighten AI chip exports to China").on_topic
    assert not triage("Local bakery wins prize", "The bread was praised").on_topic


def test_policy_families_need_more_than_a_passing_word() -> None:
    assert "export_control" in families("New export controls on chips\n\nThe export controls cover tools.")
    assert families("A quiet day\n\n" + "Nothing happened. " * 200 + "Tariffs were mentioned.") == ()
