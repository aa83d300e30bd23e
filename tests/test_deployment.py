"""The deployment as an operator makes it: server, work pool, `prefect deploy --all`, worker, and a run of it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.newsroom.content import last_day
from flows.newsroom.server import serve
from flows.settings import Paths
from tests.newsroom_makers import sources_file
from warehouse import open_snapshot

ROOT = Path(__file__).parents[1]
PREFECT = Path(sys.executable).with_name("prefect")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of a Prefect that knows nothing of the user's own, on a free port."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "RIVALRY_"))}
    return kept | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


@contextmanager
def running(log: Path, env: dict[str, str], *arguments: str) -> Iterator[None]:
    """A Prefect process and its children for the length of the block; what it says goes to ``log``."""
    with log.open("w") as said:
        process = subprocess.Popen(
            [PREFECT, *arguments], cwd=ROOT, env=env, stdout=said, stderr=said, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def prefect(env: dict[str, str], *arguments: str, logs: tuple[Path, ...] = ()) -> str:
    command = [PREFECT, "--no-prompt", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    said = "\n".join([done.stdout, done.stderr, *(log.read_text()[-3000:] for log in logs)])
    assert done.returncode == 0, said
    return done.stdout


def await_health(env: dict[str, str], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{env['PREFECT_API_URL']}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the Prefect server did not start: {log.read_text()[-3000:]}")


@pytest.mark.slow
def test_a_run_of_the_deployment_fills_the_warehouse(env: dict[str, str], tmp_path: Path) -> None:
    server_log, worker_log, db = tmp_path / "server.log", tmp_path / "worker.log", tmp_path / "data" / "w.duckdb"
    with (
        serve(last_day()) as newsroom,
        running(server_log, env, "server", "start", "--host", "127.0.0.1"),
    ):
        await_health(env, server_log)
        prefect(env, "work-pool", "create", "--type", "process", "rivalry")
        assert "nightly/nightly" in prefect(env, "deploy", "--all")
        listed = sources_file(tmp_path / "sources.toml", newsroom, "die-shrink-diary", "jade-river-daily")
        with running(worker_log, env, "worker", "start", "--pool", "rivalry"):
            run = ["deployment", "run", "nightly/nightly", "--watch", "--watch-timeout", "90"]
            run += ["--param", f"db={db}", "--param", f"sources={listed}"]
            said = prefect(env, *run, logs=(server_log, worker_log))
    assert "Completed" in said
    with open_snapshot(Paths(db).snapshot) as con:
        assert con.execute("select state from runs").fetchall() == [("finished",)]
        assert con.execute("select count(*), count(distinct source_id) from articles").fetchone() > (5, 1)
        assert con.execute("select count(*) from mentions").fetchone() > (0,)
    assert Paths(db).page.exists() and (Paths(db).exports / "events.csv").exists()
