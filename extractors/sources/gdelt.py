"""GDELT DOC 2.0 (https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/): addresses and headlines of the last three months.

It lists 250 articles at most and says nothing of the rest: a full answer is asked for again in halves of its time. An error
comes as words with status 200, no articles as an empty object.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from extractors.errors import Permanent
from extractors.records import Listing, RawPage, Source, Window
from extractors.sources import api
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import plain_text

CAP = 250
REACH = timedelta(days=90)
# Its own grain: it takes in news every 15 minutes.
_LEAST = timedelta(minutes=15)
_STAMP = "%Y%m%d%H%M%S"
_LANGUAGES = {"English": "en", "Chinese": "zh", "ChineseT": "zh", "Spanish": "es", "French": "fr", "German": "de"}


def addresses(source: Source, window: Window) -> tuple[str, ...]:
    """A search over the window; ``source.url`` carries the query."""
    return (_search(source.url, window.start, window.end),)


def parse(page: RawPage, source: Source, now: datetime) -> Listing:
    """An answer, whole or, where it is full, as two halves of its time in ``more``.

    The date of an entry is when GDELT saw the article (basis ``gdelt-seen``). Raises ``Permanent`` with ``api_error``,
    ``feed_is_html`` or ``invalid_json``.
    """
    answer = api.document(page)
    if answer and not isinstance(answer.get("articles"), list):
        raise Permanent("api_error", f"no articles in the answer, which has {', '.join(answer)[:100]}")
    found = api.as_list(answer.get("articles"))
    problems = []
    if len(found) >= CAP:
        if split := _halves(page.url):
            return Listing(entries=(), more=split)
        problems.append("cap_reached")
    articles = [value for value in found if isinstance(value, dict)]
    if len(articles) < len(found):
        problems.append("list_malformed")
    entries = build_entries((_item(value) for value in articles), source, now, page.final_url)
    return Listing(entries=entries, problems=tuple(problems))


def _search(url: str, start: datetime, end: datetime) -> str:
    time = {"STARTDATETIME": f"{start:{_STAMP}}", "ENDDATETIME": f"{end:{_STAMP}}"}
    return api.with_query(url, time | {"mode": "artlist", "format": "json", "maxrecords": CAP, "sort": "datedesc"})


def _halves(url: str) -> tuple[str, ...]:
    start, end = (_moment(api.query_value(url, name)) for name in ("STARTDATETIME", "ENDDATETIME"))
    if end - start <= _LEAST:
        return ()
    # Whole seconds: an article seen in the second that both halves hold is listed twice and counted once.
    middle = (start + (end - start) / 2).replace(microsecond=0)
    return _search(url, middle, end), _search(url, start, middle)


def _moment(compact: str) -> datetime:
    return datetime.strptime(compact, _STAMP).replace(tzinfo=UTC)


def _item(value: dict[str, Any]) -> Item:
    return Item(
        title=plain_text(api.as_text(value.get("title")), html=True),
        link=api.as_text(value.get("url")) or None,
        stamp=api.as_text(value.get("seendate")) or None,
        stamp_basis="gdelt-seen",
        publisher=api.as_text(value.get("domain")) or None,
        language=_LANGUAGES.get(api.as_text(value.get("language"))),
    )
