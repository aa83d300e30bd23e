"""The two kinds of failure that stages tell apart, and the errors a user can cause.

``Retryable`` may succeed if tried again (a timeout, a 503); ``Permanent`` won't (a 404, a page that can't be read). Both
carry a reason code, which is what outcomes count, and a detail for people. ``UserError`` is a usage or configuration error:
its message is one line that says what is wrong and how to mend it; the command line prints it and exits 2.
"""

from __future__ import annotations


class StageError(Exception):
    """A document or source failed in a stage.

    ``reason`` is a short code such as ``http_404``; ``detail`` one line for people, free of secrets.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Retryable(StageError):
    """Worth trying again; ``after`` is the number of seconds that the server asked to wait, if it did."""

    def __init__(self, reason: str, detail: str = "", *, after: float | None = None) -> None:
        super().__init__(reason, detail)
        self.after = after


class Permanent(StageError):
    """Trying again changes nothing."""


class UserError(Exception):
    """Something that the user can mend; the message says what and how, in one line."""


class RunFailed(Exception):
    """A run could not do its work (every source failed, the disk is full); the message says why, in one line."""


class EverySourceFailed(RunFailed):
    """No source of a run answered: nothing was read, and what was stored before still stands."""
