"""Prefect logs a traceback for every exception; for errors that a user can mend, one line says more.

``plain_errors`` takes the traceback out of such records, or the whole record where the command line says the line itself.
"""

from __future__ import annotations

import logging

from extractors.errors import RunFailed, StageError, UserError

EXPECTED = (UserError, RunFailed, StageError)
LOGGERS = ("prefect.flow_runs", "prefect.task_runs", "prefect.engine")


class _Plain(logging.Filter):
    def __init__(self, said_elsewhere: bool) -> None:
        super().__init__()
        self.said_elsewhere = said_elsewhere

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if not isinstance(error, EXPECTED):
            return True
        record.exc_info = record.exc_text = None
        record.msg, record.args = "%s", (error,)
        return not self.said_elsewhere


def plain_errors(*, said_elsewhere: bool = False) -> None:
    """Install the filter on Prefect's run loggers, in place of an earlier one."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for old in [f for f in logger.filters if isinstance(f, _Plain)]:
            logger.removeFilter(old)
        logger.addFilter(_Plain(said_elsewhere))
    quiet_retries()


def quiet_retries() -> None:
    """A retry is no news: what it came to is an outcome, or a source's report."""
    logging.getLogger("stamina").setLevel(logging.ERROR)
