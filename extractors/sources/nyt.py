"""The New York Times: Article Search (https://developer.nytimes.com/docs/articlesearch-product/1/overview) and Archive.

Both list the same documents: headline, abstract and first paragraph, never the text. Search gives 10 a page and no more
than 100 pages; a time with more is asked for in halves. Archive gives a whole month in one answer of about 20 MB.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from extractors.bylines import split_byline, unique
from extractors.errors import Permanent
from extractors.records import Listing, RawPage, Source, Window
from extractors.sources import api
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import plain_text

PER_PAGE = 10
LAST_PAGE = 99
CAP = PER_PAGE * (LAST_PAGE + 1)


def search_addresses(source: Source, window: Window) -> tuple[str, ...]:
    """The first page of a search over the window's days, newest first; ``source.url`` carries the words sought."""
    return (_search(source.url, *api.days_of(window)),)


def archive_addresses(source: Source, window: Window) -> tuple[str, ...]:
    """One address for each month that the window touches, oldest first."""
    first, last = api.days_of(window)
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(f"{source.url.rstrip('/')}/{month // 12}/{month % 12 + 1}.json" for month in months)


def parse_search(page: RawPage, source: Source, now: datetime) -> Listing:
    """One page of a search. More hits than the interface lists come back as two halves of the days, in ``more``.

    Raises ``Permanent`` with ``api_error``, ``feed_is_html`` or ``invalid_json``.
    """
    answer = _response(page)
    number = api.as_number(api.query_value(page.url, "page")) or 0
    hits = api.as_number(api.as_dict(answer.get("meta") or answer.get("metadata")).get("hits"))
    if hits is not None and hits > CAP and number == 0 and (split := _halves(page.url)):
        return Listing(entries=(), more=split)
    found = api.as_list(answer.get("docs"))
    # Without a count, a page that is full may have another behind it.
    goes_on = (number + 1) * PER_PAGE < hits if hits is not None else len(found) >= PER_PAGE
    more, problems = (), ()
    if goes_on and number >= LAST_PAGE:
        problems = ("cap_reached",)
    elif goes_on and not found:
        problems = ("page_failed",)
    elif goes_on:
        more = (api.with_query(page.url, {"page": number + 1}),)
    return _listing(found, page, source, now, more, problems)


def parse_archive(page: RawPage, source: Source, now: datetime) -> Listing:
    """A month. Raises ``Permanent`` with ``api_error``, ``feed_is_html`` or ``invalid_json``."""
    found = api.as_list(_response(page).get("docs"))
    return _listing(found, page, source, now, (), () if found else ("list_empty",))


def _search(url: str, first: date, last: date) -> str:
    days = {"begin_date": f"{first:%Y%m%d}", "end_date": f"{last:%Y%m%d}"}
    return api.with_query(url, days | {"sort": "newest", "page": 0})


def _halves(url: str) -> tuple[str, ...]:
    first, last = (_day(api.query_value(url, name)) for name in ("begin_date", "end_date"))
    return tuple(_search(url, *half) for half in api.halves(first, last) or ())


def _day(compact: str) -> date:
    return datetime.strptime(compact, "%Y%m%d").replace(tzinfo=UTC).date()


def _response(page: RawPage) -> dict[str, Any]:
    found = api.document(page)
    if api.as_text(found.get("status")) not in {"", "OK"} or not isinstance(found.get("response"), dict):
        message = found.get("fault") or found.get("errors") or found.get("message") or "no response in the answer"
        raise Permanent("api_error", api.said(message if isinstance(message, str) else str(message)))
    return found["response"]


def _listing(
    found: list[Any], page: RawPage, source: Source, now: datetime, more: tuple[str, ...], problems: tuple[str, ...]
) -> Listing:
    documents = [value for value in found if isinstance(value, dict)]
    if len(documents) < len(found):
        problems = (*problems, "list_malformed")
    entries = build_entries((_item(value) for value in documents), source, now, page.final_url)
    return Listing(entries=entries, problems=problems, more=more)


def _item(value: dict[str, Any]) -> Item:
    headline, byline = api.as_dict(value.get("headline")), api.as_dict(value.get("byline"))
    said = (plain_text(api.as_text(value.get(name)), html=True) for name in ("abstract", "snippet", "lead_paragraph"))
    keywords = (api.as_text(api.as_dict(k).get("value")) for k in api.as_list(value.get("keywords")))
    return Item(
        title=plain_text(api.as_text(headline.get("main")), html=True),
        link=api.as_text(value.get("web_url")) or None,
        guid=api.as_text(value.get("_id")) or api.as_text(value.get("uri")) or None,
        summary="\n\n".join(unique(said)),
        stamp=api.as_text(value.get("pub_date")) or None,
        stamp_basis="nyt",
        authors=unique(split_byline(plain_text(api.as_text(byline.get("original")), html=False))),
        keywords=unique(plain_text(keyword, html=False) for keyword in keywords),
    )
