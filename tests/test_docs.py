"""The documentation: it builds without a warning, its dictionary is fresh, its notebook runs, its examples work."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import pytest

from extractors.events.types import CUES
from extractors.language.knowledge import DATA_DIR, load_knowledge
from extractors.sources.registry import load_sources
from flows.settings import Paths
from tests.warehouse_makers import event, finished, night, reading
from warehouse import connect, open_snapshot, snapshot
from warehouse.dictionary import markdown, read_dictionary
from warehouse.macros import FOLDER as MACROS
from warehouse.macros import create_macros
from warehouse.rows import records
from warehouse.views import FOLDER as VIEWS
from warehouse.views import create_views

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def examples(page: str, language: str) -> list[str]:
    """The code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), flags=re.M | re.S)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("docs") / "w.duckdb"
    china = event(actor_countries=("China",), date="2026-11-08", actors=("China",), target_countries=())
    night(db, finished(read=reading(event(), china)))
    with connect.writing(db) as con:
        con.execute("insert into entities (entity_id, name, label, known) values ('gpe:china', 'China', 'GPE', true)")
    snapshot.publish(db, Paths(db).snapshot)
    return Paths(db).snapshot


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html"]
    built = subprocess.run([*command, str(DOCS), str(tmp_path)], capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    pages = {p.relative_to(DOCS).with_suffix(".html") for p in DOCS.rglob("*.md")}
    assert all((tmp_path / page).is_file() for page in pages)
    assert "organisations linked right" in (tmp_path / "reading.html").read_text(encoding="utf-8")


def test_the_dictionary_is_fresh(published: Path) -> None:
    written = (DOCS / "dictionary.md").read_text(encoding="utf-8")
    assert written == markdown(read_dictionary(published)), (
        "write it anew: rivalry dictionary --markdown > docs/dictionary.md"
    )


@pytest.mark.slow
def test_the_notebook_runs_and_holds_no_output(sample: Path) -> None:
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    program = "\n".join("".join(cell["source"]) for cell in code)
    where = os.environ | {"RIVALRY_SNAPSHOT": str(Paths(sample).snapshot)}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=where, check=False, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"[1-9]\d* of \d+ months were watched", ran.stdout) and "http" in ran.stdout


def test_commands_of_the_docs_exist() -> None:
    from flows.cli import app

    known = {(c.name or c.callback.__name__).replace("_", "-") for c in app.registered_commands if c.callback}
    known |= {group.name for group in app.registered_groups}
    for page in DOCS.rglob("*.md"):
        for command in re.findall(
            r"(?:^\$ .*?|`)(?:\.venv/bin/)?\brivalry ([a-z][\w-]*)", page.read_text(), flags=re.M
        ):
            assert command in known, f"{page.name}: rivalry {command}"


# The worked examples of docs/add


def test_the_source_of_the_guide_is_a_source(tmp_path: Path) -> None:
    (example,) = examples("add/source.md", "toml")
    (tmp_path / "my-sources.toml").write_text(example)
    (found,) = load_sources(tmp_path / "my-sources.toml")
    assert (found.id, found.protocol, found.rate, found.depth) == ("harbour-gazette", "feed", 0.5, "page")


@pytest.mark.parametrize(
    ("page", "file", "names"),
    [
        ("add/organisation.md", ("organizations.jsonl",), {"Quillon Semiconductor"}),
        ("add/policy.md", ("policies.jsonl", "alliances.jsonl"), {"Harbour Chip Rule", "Harbour Chip Forum"}),
    ],
)
def test_the_rows_of_the_guide_are_knowledge(page: str, file: tuple[str, ...], names: set[str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA_DIR, tmp_path / "data"))
    for name, row in zip(file, examples(page, "json"), strict=True):
        rows = [*(folder / name).read_text(encoding="utf-8").splitlines(), row.strip()]
        (folder / name).write_text("\n".join(sorted(rows, key=lambda r: json.loads(r)["id"])) + "\n", encoding="utf-8")
    known = load_knowledge(folder)
    assert names <= set(known.by_name)
    for name in names:
        for guard in known.by_name[name].guards:
            assert all(guard.allows(text, text) for text in guard.yes) and not any(guard.allows(t, t) for t in guard.no)


def test_the_cue_of_the_guide_matches_its_sentences() -> None:
    (example,) = examples("add/event_type.md", "toml")
    ((kind, cue),) = tomllib.loads(example).items()
    assert kind in tomllib.loads(CUES.read_text(encoding="utf-8"))
    pattern = re.compile(cue["cue"], re.I)
    assert all(pattern.search(text) for text in cue["yes"]) and not any(pattern.search(text) for text in cue["no"])


def test_the_views_and_the_macro_of_the_guide_answer(published: Path, tmp_path: Path) -> None:
    plain, stored, macro = examples("add/view.md", "sql")
    found = []
    for n, view in enumerate((plain, stored)):
        views = Path(shutil.copytree(VIEWS, tmp_path / f"views{n}"))
        macros = Path(shutil.copytree(MACROS, tmp_path / f"macros{n}"))
        (views / "events_by_country.sql").write_text(view)
        (macros / "acts_of.sql").write_text(macro)
        copy = tmp_path / f"copy{n}.duckdb"
        shutil.copy(published, copy)
        with duckdb.connect(str(copy)) as con:
            create_views(con, views)
            create_macros(con, macros)
        with open_snapshot(copy) as con:
            found.append(sorted(con.execute("from events_by_country").fetchall()))
            acts = records(con, "from acts_of('China')")
            tables = con.execute(
                "select count(*) from duckdb_tables() where table_name = 'events_by_country'"
            ).fetchall()
            assert tables == [(n,)], "the second is stored"
    assert found[0] == found[1] == [("China", 1), ("United States", 1)]
    assert [act["date"] for act in acts] == ["2026-11-08"]
