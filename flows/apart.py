"""Run the command in a session of its own, so that Ctrl-C reaches this process alone.

A terminal sends Ctrl-C to every process of its foreground group, Prefect's temporary server included; a flow whose server died before it
waits a minute for it. Stopping the whole session at once is safe: what is stored is stored, and the next run takes up the rest.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

MARK = "RIVALRY_APART"
PATIENCE = 3.0  # seconds between asking the processes to end and ending them


def needed() -> bool:
    """Whether this process is the one that a terminal would interrupt."""
    return sys.stdin.isatty() and MARK not in os.environ


def again() -> int:
    """Run this very command once more, apart; returns its exit code. Raises ``KeyboardInterrupt`` once it has been stopped."""
    command = [sys.executable, "-m", "flows.cli", *sys.argv[1:]]
    child = subprocess.Popen(command, env=os.environ | {MARK: "1"}, start_new_session=True)
    try:
        return child.wait()
    except KeyboardInterrupt:
        _end(child)
        raise


def _end(child: subprocess.Popen) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
    child.wait()
