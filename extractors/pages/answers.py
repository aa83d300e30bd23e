"""What an HTTP status means for a document, and how long a server asks to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from extractors.errors import Permanent, Retryable, StageError
from extractors.pages.policy import redact

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def failure_of(status: int, url: str, after: float | None) -> StageError | None:
    """The failure that ``status`` stands for, or ``None`` for a full answer (200, 203).

    ``url`` is for people; ``after`` is the wait in seconds that the server asked for, if it did.
    """
    detail = redact(f"HTTP {status} from {url}")
    if status in {200, 203}:
        return None
    if status == 429:
        return Retryable("rate_limited", detail, after=after)
    if status == 408:
        return Retryable("timeout", detail, after=after)
    if status >= 500:
        return Retryable("server_error", detail, after=after)
    if status in {404, 410}:
        return Permanent("gone", detail)
    if status >= 400:
        return Permanent("client_error", detail)
    # 202 and 204 bring no page yet or at all, 206 a part that was not asked for.
    return Permanent("client_error", f"{detail}: no whole page in the answer")


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, a number or an HTTP date; ``None`` where there is none to be read.

    ``now`` is aware. A date that has passed gives 0.
    """
    if not header:
        return None
    value = header.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def charset_of(content_type: str) -> str | None:
    """The charset parameter of a Content-Type header, lower case, or ``None``."""
    match = _CHARSET.search(content_type)
    return match[1].lower() if match else None
