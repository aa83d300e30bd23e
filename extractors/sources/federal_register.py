"""The Federal Register (https://www.federalregister.gov/developers/documentation/api/v1): what US agencies did, by their own record.

Its results, and the count that it states, are capped at 10,000: a search that reaches the cap is asked for in halves of its
days. An unknown agency is answered with status 400.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from extractors.acts import OfficialAct
from extractors.errors import Permanent
from extractors.ids import make_id
from extractors.records import Listing, RawPage, Source, Window
from extractors.sources import api
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import plain_text

CAP = 10_000
PER_PAGE = 1_000
FIELDS = (
    "document_number", "title", "type", "abstract", "action", "citation", "publication_date", "effective_on", "html_url",
    "docket_ids", "agencies",
)  # fmt: skip
_FROM, _TO = "conditions[publication_date][gte]", "conditions[publication_date][lte]"


def addresses(source: Source, window: Window) -> tuple[str, ...]:
    """The first page of a search over the window's days; ``source.url`` carries the agency and the types of document."""
    fields = "&".join(f"fields[]={name}" for name in FIELDS)
    return (_search(f"{source.url}{'&' if '?' in source.url else '?'}{fields}", *api.days_of(window)),)


def parse(page: RawPage, source: Source, now: datetime) -> Listing:
    """One page: each act as an entry and in ``acts``. A full search comes back as two halves of its days, in ``more``.

    An act without a number, a title or an address is left out of ``acts`` and marked ``list_malformed``. Raises
    ``Permanent`` with ``api_error``, ``feed_is_html`` or ``invalid_json``.
    """
    answer = api.document(page)
    count = api.as_number(answer.get("count"))
    if count is None:
        raise Permanent("api_error", api.said(str(answer.get("errors") or answer)))
    if count >= CAP and (split := _halves(page.url)):
        return Listing(entries=(), more=split)
    number, pages = (api.as_number(text) for text in (api.query_value(page.url, "page"), answer.get("total_pages")))
    more = (api.with_query(page.url, {"page": number + 1}),) if number and pages and number < pages else ()
    found = api.as_list(answer.get("results"))
    acts = [act for value in found if isinstance(value, dict) and (act := _act(value, source))]
    entries = build_entries((_item(act) for act in acts), source, now, page.final_url)
    problems = ["cap_reached"] if count >= CAP else []
    if len(acts) < len(found):
        problems.append("list_malformed")
    return Listing(entries=entries, problems=tuple(problems), more=more, acts=tuple(acts))


def _search(url: str, first: date, last: date) -> str:
    days = {_FROM: first.isoformat(), _TO: last.isoformat()}
    return api.with_query(url, days | {"per_page": PER_PAGE, "order": "newest", "page": 1})


def _halves(url: str) -> tuple[str, ...]:
    first, last = (date.fromisoformat(api.query_value(url, name)) for name in (_FROM, _TO))
    return tuple(_search(url, *half) for half in api.halves(first, last) or ())


def _act(value: dict[str, Any], source: Source) -> OfficialAct | None:
    said = {name: plain_text(api.as_text(value.get(name)), html=True) for name in FIELDS}
    if not (said["document_number"] and said["title"] and said["html_url"]):
        return None
    agencies = [a for a in api.as_list(value.get("agencies")) if isinstance(a, dict)]
    published, effective = _day(said["publication_date"]), _day(said["effective_on"])
    problems = ["date_missing"] if not said["publication_date"] else []
    problems += (
        ["date_unparsable"] if any(said[n] and not _day(said[n]) for n in ("publication_date", "effective_on")) else []
    )
    return OfficialAct(
        official_act_id=make_id("official_act", said["document_number"]),
        source_id=source.id,
        document_number=said["document_number"],
        title=said["title"],
        html_url=said["html_url"],
        type=said["type"] or None,
        action=said["action"] or None,
        abstract=said["abstract"] or None,
        citation=said["citation"] or None,
        publication_date=published,
        effective_on=effective,
        agencies=tuple(api.as_text(a.get("name")) or api.as_text(a.get("raw_name")) for a in agencies),
        agency_slugs=tuple(slug for a in agencies if (slug := api.as_text(a.get("slug")))),
        docket_ids=tuple(filter(None, map(api.as_text, api.as_list(value.get("docket_ids"))))),
        problems=tuple(problems),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _item(act: OfficialAct) -> Item:
    return Item(
        title=act.title,
        link=act.html_url,
        guid=act.document_number,
        summary=act.abstract or "",
        stamp=act.publication_date.isoformat() if act.publication_date else None,
        stamp_basis="federal-register",
        language="en",
    )
