"""The house: who may import whom, and what loading a module costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
HTTP_MODULE = Path("extractors/pages/fetch.py")


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(cache_dir=None) == 0


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_httpx_is_imported_in_one_module() -> None:
    importers = {
        path.relative_to(ROOT)
        for package in ("extractors", "warehouse", "flows")
        for path in (ROOT / package).rglob("*.py")
        if "httpx" in imports_of(path)
    }
    assert importers == {HTTP_MODULE}


def test_records_load_nothing_heavy() -> None:
    code = "import sys, extractors.records; print([m for m in ('spacy', 'prefect', 'duckdb', 'httpx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_flow_module_hides_another_package() -> None:
    """Prefect puts ``flows/`` first on ``sys.path`` when it loads an entry point from it."""
    taken = set(sys.stdlib_module_names) | {
        "extractors",
        "warehouse",
        "prefect",
        "duckdb",
        "spacy",
        "typer",
        "rich",
        "httpx",
    }
    names = {p.stem for p in (ROOT / "flows").iterdir() if p.suffix == ".py" or p.is_dir()} - {
        "__init__",
        "__pycache__",
    }
    assert not names & taken


@pytest.mark.parametrize("package", ["extractors", "warehouse", "flows"])
def test_modules_stay_small(package: str) -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in (ROOT / package).rglob("*.py")
        if (n := len(p.read_text().splitlines())) > 300
    }
    assert long == {}
