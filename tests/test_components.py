"""The components are spaCy's: each can be used on any pipeline, refuses a misspelt setting, and goes to disk with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.language.pipeline import ON_TOP, SHIPPED, build, load, model_version
from extractors.language.topic import judge

ALL = ("minilm_reader", *ON_TOP)
CONFIGURED = {"minilm_reader": {"batch_docs": 4, "syntax": False}}
TEXT = (
    "Washington tightens AI chip rules for China\n\nThe Commerce Department added Huawei to the Entity List under Executive Order 14999, "
    "and Ida Moss of the Larkhaven Compute Alliance objected in Beijing."
)


@pytest.fixture(scope="module")
def shipped() -> Language:
    return load()


def names(doc: Doc) -> list[tuple[str, str, str]]:
    return [(e.text, e.label_, e._.entity) for e in doc.ents]


def groups(doc: Doc) -> dict[str, list[tuple[str, str]]]:
    return {key: [(s.text, s.label_) for s in group] for key, group in doc.spans.items()}


@pytest.mark.parametrize("factory", ALL)
def test_each_factory_says_what_it_sets(factory: str) -> None:
    assert Language.get_factory_meta(factory).assigns
    assert factory in (SHIPPED.parent / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_the_rulers_find_names_without_a_network() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    for factory in ON_TOP:
        nlp.add_pipe(factory)
    doc = nlp(TEXT)
    assert ("Huawei", "ORG", "Huawei") in names(doc)
    assert ("Larkhaven Compute Alliance", "ALLIANCE", "Larkhaven Compute Alliance") in names(doc)
    assert ("Executive Order 14999", "POLICY", "Executive Order 14999") in names(doc)
    assert doc._.verdict == judge(TEXT)


def test_the_names_of_another_model_are_linked() -> None:
    @Language.component("another_model")
    def another_model(doc: Doc) -> Doc:
        start = next(t.i for t in doc if t.text == "Ida")
        doc.ents = [Span(doc, start, start + 2, label="PERSON")]
        return doc

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("another_model")
    for factory in ON_TOP:
        nlp.add_pipe(factory)
    assert {("Ida Moss", "PERSON", "Ida Moss"), ("Huawei", "ORG", "Huawei")} <= set(names(nlp(TEXT)))


def test_the_reader_leaves_what_another_model_said() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("minilm_reader", config={"names": False, "syntax": False})
    doc = nlp("Huawei slept. Ida Moss did not.")
    assert doc.ents == () and [t.dep_ for t in doc] == [""] * len(doc)
    assert len(list(doc.sents)) == 2 and "triggers" in doc.spans


@pytest.mark.parametrize("factory", ALL)
def test_a_misspelt_setting_is_refused(factory: str) -> None:
    with pytest.raises(ValueError, match="no_such_setting"):
        spacy.blank("en").add_pipe(factory, config={"no_such_setting": 1})


def test_a_setting_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_docs"):
        spacy.blank("en").add_pipe("minilm_reader", config={"batch_docs": "many"})


@pytest.mark.parametrize("factory", ALL)
def test_each_factory_runs_alone_goes_to_disk_and_comes_back(factory: str, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(factory, config=CONFIGURED.get(factory, {}))
    nlp.to_disk(tmp_path / "copy")
    again = spacy.load(tmp_path / "copy")
    assert again.pipe_names == [factory]
    kept = again.config["components"][factory]
    assert {key: kept[key] for key in CONFIGURED.get(factory, {})} == CONFIGURED.get(factory, {})
    for before, after in zip(nlp.pipe([TEXT, "", "\n"]), again.pipe([TEXT, "", "\n"]), strict=True):
        assert before.text == after.text
        assert groups(before) == groups(after)


def test_settings_come_back_in_the_component_itself(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("minilm_reader", config=CONFIGURED["minilm_reader"])
    nlp.to_disk(tmp_path / "copy")
    reader = spacy.load(tmp_path / "copy").get_pipe("minilm_reader")
    assert (reader.batch_docs, reader.syntax, reader.names) == (4, False, True)


def test_what_is_built_is_what_is_shipped(shipped: Language, tmp_path: Path) -> None:
    build(SHIPPED / "minilm_reader").to_disk(tmp_path / "built")
    built = spacy.load(tmp_path / "built")
    assert built.pipe_names == shipped.pipe_names
    assert names(built(TEXT)) == names(shipped(TEXT))
    size = sum(p.stat().st_size for p in (tmp_path / "built").rglob("*") if p.is_file())
    assert size < 45e6, "a version stays in the history for good"


def test_batches_read_as_single_texts_do(shipped: Language) -> None:
    texts = [TEXT, "Huawei slept.", "", TEXT.replace("Huawei", "Orsa Quillon")]
    assert [names(d) for d in shipped.pipe(texts, batch_size=3)] == [names(shipped(t)) for t in texts]


def test_several_processes_read_the_same(shipped: Language) -> None:
    texts = [TEXT, "Nvidia met Huawei in Beijing."]
    assert [[(e.text, e.label_) for e in d.ents] for d in shipped.pipe(texts, n_process=2, batch_size=1)] == [
        [(e.text, e.label_) for e in shipped(t).ents] for t in texts
    ]


def test_the_shipped_pipeline_says_which_it_is(shipped: Language) -> None:
    meta = json.loads((SHIPPED / "meta.json").read_text(encoding="utf-8"))
    assert model_version(shipped) == f"en_rivalry-{meta['version']}"
    analysis = shipped.analyze_pipes(pretty=False)
    assert not any(analysis["problems"].values()), "each component has what it needs from those before it"


def test_spacy_alone_loads_the_shipped_folder() -> None:
    """By the entry points, from elsewhere: without the stages that fetch, store or run. (spaCy itself loads httpx.)"""
    code = (
        f"import sys, spacy; nlp = spacy.load({str(SHIPPED)!r}); doc = nlp('Nvidia met Huawei.')\n"
        "heavy = ('warehouse', 'flows', 'prefect', 'duckdb', 'torch', 'feedparser', 'extractors.pages', 'extractors.sources')\n"
        "print([e.text for e in doc.ents], [m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.strip().splitlines()[-1] == "['Nvidia', 'Huawei'] []"
