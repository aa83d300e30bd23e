"""What ``rivalry doctor`` and ``rivalry status`` say of sources and of the run under way."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows import checking, overview
from flows.settings import Paths
from tests.interface_makers import NOW, discover, source
from warehouse import lock, snapshot

ITEM = "<item><title>Chips</title><link>https://paper.example/a</link></item>"
FEED = f'<rss version="2.0"><channel><title>P</title>{ITEM}</channel></rss>'


def found(paths: Paths, check: str) -> checking.Finding:
    return {f.check: f for f in checking.examine(paths)}[check]


def test_sources_that_fail_or_fall_silent_are_named_with_since_when(
    httpserver: HTTPServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    assert found(paths, "sources").detail == "none asked yet"
    httpserver.no_handler_status_code = 404
    httpserver.expect_request("/feed").respond_with_data(FEED)
    well, ill = source(httpserver, "feed", "/feed", id="wire"), source(httpserver, "feed", "/none", id="herald")
    for day in (0, 1, 10):
        discover(paths.db, well, now=NOW + timedelta(days=day))
    snapshot.publish(paths.db, paths.snapshot)
    assert found(paths, "sources") == checking.Finding("sources", True, "none fails or has gone silent")
    discover(paths.db, well, ill, now=NOW + timedelta(days=16))
    snapshot.publish(paths.db, paths.snapshot)
    said = found(paths, "sources")
    assert not said.ok
    assert "herald fails since 2025-11-26 (gone)" in said.detail and "wire is silent since 2025-11-11" in said.detail
    overview.show_status(paths)
    shown = capsys.readouterr()
    assert "2025-11-11" in shown.out and "failing: herald" in shown.err


def test_who_holds_the_warehouse_is_said_and_whether_they_live(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    assert found(paths, "run").detail == "none under way"
    with lock.run_lock(paths.db):
        assert "is under way" in found(paths, "run").detail
    script = f"from warehouse.lock import run_lock; from pathlib import Path; import os\nwith run_lock(Path({str(paths.db)!r})): os._exit(0)"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=True)
    owner = json.loads(Path(f"{paths.db}.lock").read_text(encoding="utf-8"))
    said = found(paths, "run")
    assert said.ok and said.detail.startswith(f"process {owner['pid']} on ") and "has died" in said.detail
    Path(f"{paths.db}.lock").write_text("nonsense", encoding="utf-8")
    assert not found(paths, "run").ok
