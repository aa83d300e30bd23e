"""Names that no file has: counted, shown where they stand, with what is like them and a row that loads."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractors.language.knowledge import DATA_DIR, FILES, load_knowledge
from extractors.records import Reading
from flows.cli import app
from flows.naming import nearest, row_of
from flows.settings import Paths
from tests.warehouse_makers import ON_TOPIC, finished, mention, night
from warehouse import open_snapshot, snapshot
from warehouse.rows import records

runner = CliRunner()

LONG = "word " * 60
FIRST = f"A first line 😀\n{LONG}Orsa Quillon Inc. sold chips to Ida Moss. Bram Vell saw it. {LONG}\nThe last line."
SECOND = "Orsa Quillon met Ida Moss, and Orsa left.\nHuawei did not come.\nZell 😀 came"


def found_in(text: str, *names: tuple[str, str, str, str]) -> Reading:
    made = [mention(surface, label, entity_id, entity, text) for surface, label, entity_id, entity in names]
    return Reading(verdict=ON_TOPIC, mentions=tuple(made))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("entities") / "w.duckdb"
    orsa, moss = ("ORG", "new:orsa", "Orsa Quillon"), ("PERSON", "new:moss", "Ida Moss")
    vell, zell = ("PERSON", "new:vell", "Bram Vell"), ("GPE", "new:zell", "Zell")
    first = found_in(FIRST, ("Orsa Quillon Inc.", *orsa), ("Ida Moss", *moss), ("Bram Vell", *vell))
    told = (
        ("Orsa Quillon", *orsa),
        ("Orsa", *orsa),
        ("Ida Moss", *moss),
        ("Huawei", "ORG", "new:h", "Huawei"),
        ("Zell", *zell),
    )
    second = found_in(SECOND, *told)
    night(db, finished("a", read=first, text=FIRST), finished("b", read=second, text=SECOND))
    snapshot.publish(db, Paths(db).snapshot)
    return db


def asked(db: Path, *arguments: str):
    return runner.invoke(app, ["entities", "--db", str(db), *arguments])


def test_the_view_counts_and_quotes(published: Path) -> None:
    with open_snapshot(Paths(published).snapshot) as con:
        rows = {row["name"]: row for row in records(con, "from unlinked_names")}
    assert list(rows) == ["Orsa Quillon", "Ida Moss", "Bram Vell", "Huawei", "Zell"], "the most frequent first"
    orsa = rows["Orsa Quillon"]
    assert (orsa["label"], orsa["n_articles"], orsa["n_mentions"]) == ("ORG", 2, 3)
    assert sorted(orsa["forms"]) == ["Orsa", "Orsa Quillon", "Orsa Quillon Inc."]
    for row in rows.values():
        plain = row["example"].strip("…")
        assert any(plain in text for text in (FIRST, SECOND)) and "\n" not in plain
        assert any(form in plain for form in row["forms"])
        assert row["example_url"].startswith("https://wire.example/")
    before, name, after = rows["Bram Vell"]["example"].partition("Bram Vell")
    assert name and before[0] == after[-1] == "…" and len(before) == len(after) == 161, (
        "a long line is cut at both sides"
    )
    assert rows["Zell"]["example"] == "Zell 😀 came", "a line's start and a text's end are no cuts"


def test_names_are_chosen_by_label_and_count(published: Path) -> None:
    taken = [json.loads(line) for line in asked(published, "--json").stdout.splitlines()]
    assert [row["name"] for row in taken] == ["Orsa Quillon", "Ida Moss", "Bram Vell", "Zell"]
    persons = asked(published, "--json", "--label", "person", "--at-least", "2").stdout
    assert [json.loads(line)["name"] for line in persons.splitlines()] == ["Ida Moss"]
    limited = asked(published, "--limit", "1")
    assert "and 3 more; --limit shows them" in " ".join(limited.stderr.split())
    none = asked(published, "--at-least", "3")
    assert none.exit_code == 0 and none.stdout == "" and "no such name" in none.stderr


def test_a_name_that_a_file_has_by_now_is_left_out_and_counted(published: Path) -> None:
    shown = asked(published)
    assert "Huawei" not in shown.stdout
    assert "left out: 1 names that the files have by now" in " ".join(shown.stderr.split())


def test_what_a_curator_sees(published: Path) -> None:
    shown = asked(published, "--label", "ORG").stdout
    assert "Orsa Quillon  ORG, 2 articles, 3 mentions" in shown
    assert "also   Orsa, Orsa Quillon Inc." in shown and "add to organizations.jsonl:" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("{")]
    assert json.loads(line)["aliases"] == ["Orsa Quillon Inc."], "a short form needs a guard first"
    prose = [line for line in shown.splitlines() if not line.startswith(("{", "  in "))]
    assert all(len(line) <= 80 for line in prose)


def test_faults_of_the_user_are_one_line(tmp_path: Path) -> None:
    missing = asked(tmp_path / "none.duckdb")
    assert missing.exit_code == 2 and "there is no snapshot" in missing.stderr
    assert asked(tmp_path / "none.duckdb", "--label", "FIRM").exit_code == 2


@pytest.mark.parametrize(
    ("name", "label", "known"),
    [
        ("Comerce Department", "ORG", "United States Department of Commerce"),
        ("Trump", "PERSON", "Donald Trump"),
        ("CHIPS and Science Act of", "POLICY", "CHIPS and Science Act"),
        ("Bureau of Security and Industry", "ORG", "Bureau of Industry and Security"),
    ],
)
def test_the_nearest_known_name_is_offered(name: str, label: str, known: str) -> None:
    assert known in {near.entity for near in nearest(name, label)}


def test_nothing_is_offered_where_nothing_is_like_it() -> None:
    assert nearest("Zzyx Qwrtplk", "ORG") == ()


def test_the_rows_load_and_have_the_keys_of_their_files(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA_DIR, tmp_path / "data"))
    for stem, (label, _) in FILES.items():
        row = row_of(f"Orsa {label}", label, ("Orsa", f"Orsa {label} Inc."))
        rows = [json.loads(line) for line in (DATA_DIR / f"{stem}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert set(row) <= {key for r in rows for key in r}
        text = "\n".join(json.dumps(r) for r in sorted([*rows, row], key=lambda r: r["id"]))
        (folder / f"{stem}.jsonl").write_text(text + "\n", encoding="utf-8")
    known = load_knowledge(folder).by_name
    assert {(label, known[f"Orsa {label}"].label) for label, _ in FILES.values()} == {(k, k) for k, _ in FILES.values()}
    assert known["Orsa ORG"].aliases == ("Orsa ORG Inc.",)


def test_an_id_is_never_given_twice() -> None:
    assert row_of("Huawei", "ORG")["id"] == "org:huawei-2"
    assert row_of("Électronique d'Orsa", "ORG")["id"] == "org:electronique-d-orsa"


@settings(max_examples=20, deadline=None)
@given(name=st.text(min_size=1, max_size=40))
def test_any_name_can_be_looked_at(name: str) -> None:
    assert len(nearest(name, "ORG")) <= 3
    assert json.loads(json.dumps(row_of(name, "ORG")))["name"] == name
