"""The Guardian's Open Platform (https://open-platform.theguardian.com/documentation/search): headline and full text.

The text comes with the list, so no page is fetched. A page holds 200 at most, and the answer says how many pages there are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from extractors.bylines import split_byline
from extractors.errors import Permanent
from extractors.records import Listing, RawPage, Source, Window
from extractors.sources import api
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import paragraphs, plain_text

PER_PAGE = 200


def addresses(source: Source, window: Window) -> tuple[str, ...]:
    """The first page of a search over the window's days; ``source.url`` carries the words sought."""
    first, last = api.days_of(window)
    asked = {"from-date": first.isoformat(), "to-date": last.isoformat(), "order-by": "newest"}
    return (api.with_query(source.url, asked | {"show-fields": "all", "page-size": PER_PAGE, "page": 1}),)


def parse(page: RawPage, source: Source, now: datetime) -> Listing:
    """One page. Raises ``Permanent`` with ``api_error``, ``feed_is_html`` or ``invalid_json``."""
    answer = api.as_dict(api.document(page).get("response"))
    if answer.get("status") != "ok":
        raise Permanent("api_error", api.said(answer.get("message")) or "no response in the answer")
    found = api.as_list(answer.get("results"))
    results = [value for value in found if isinstance(value, dict)]
    number, pages = (api.as_number(answer.get(name)) for name in ("currentPage", "pages"))
    more, problems = (), [] if len(results) == len(found) else ["list_malformed"]
    if number is None or pages is None:
        problems.append("page_failed")
    elif number < pages:
        more = (api.with_query(page.url, {"page": number + 1}),)
    entries = build_entries((_item(value) for value in results), source, now, page.final_url)
    return Listing(entries=entries, problems=tuple(problems), more=more)


def _item(value: dict[str, Any]) -> Item:
    fields = api.as_dict(value.get("fields"))
    return Item(
        title=plain_text(api.as_text(value.get("webTitle")), html=False),
        link=api.as_text(value.get("webUrl")) or None,
        guid=api.as_text(value.get("id")) or None,
        summary=plain_text(api.as_text(fields.get("trailText")), html=True),
        stamp=api.as_text(value.get("webPublicationDate")) or None,
        stamp_basis="guardian",
        authors=split_byline(plain_text(api.as_text(fields.get("byline")), html=False)),
        language="en",
        text=paragraphs(api.as_text(fields.get("bodyText"))),
    )
