"""Interfaces as they are documented, served on this machine, and a night's discovery over them."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.records import Source, SourceReport, Versions, Window
from flows import discovering
from flows.night import Night
from flows.settings import Paths
from warehouse import connect, ledger

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
KEY = "s3cr3t-key-of-nobody"


def source(server: HTTPServer, protocol: str, path: str = "/api?q=chips", **fields: Any) -> Source:
    """A source on ``server``, fast enough for a test."""
    plain = {"id": protocol, "name": protocol.title(), "protocol": protocol, "url": server.url_for(path)}
    return Source(**plain | {"rate": 500.0, "local": True, "requests": 300} | fields)


def night(db: Path, *sources: Source, now: datetime = NOW, since: datetime | None = None) -> Night:
    """A run that has begun, without a model."""
    versions = Versions(extractor="1", model="m", ontology="1")
    made = Night(
        run_id=f"r{now:%Y%m%d%H%M}", now=now, paths=Paths(db), sources={s.id: s for s in sources}, versions=versions,
        since=since,
    )  # fmt: skip
    with connect.writing(db) as con:
        ledger.record_run_start(con, made.run_id, versions, now)
    return made


def discover(
    db: Path, *sources: Source, now: datetime = NOW, since: datetime | None = None, window: Window | None = None
) -> dict[str, SourceReport]:
    """What a night's discovery reports of each source."""
    reports = discovering.discover(night(db, *sources, now=now, since=since), window)
    return {r.source_id: r for r in reports}


def answered(server: HTTPServer, path: str, answer: Callable[[Request], Any]) -> list[Request]:
    """Serve ``answer`` at ``path``, as JSON unless it is a response; returns the requests as they come."""
    seen: list[Request] = []

    def handle(request: Request) -> Response:
        seen.append(request)
        found = answer(request)
        return found if isinstance(found, Response) else Response(json.dumps(found), content_type="application/json")

    server.expect_request(path).respond_with_handler(handle)
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    return seen


def nyt(hits: Sequence[tuple[str, date]]) -> Callable[[Request], Any]:
    """Article Search over ``hits`` (slug, day): 10 a page, 100 pages, the days asked for."""

    def answer(request: Request) -> Any:
        first, last = (datetime.strptime(request.args[n], "%Y%m%d").date() for n in ("begin_date", "end_date"))  # noqa: DTZ007
        found = [(slug, day) for slug, day in hits if first <= day <= last]
        page = int(request.args["page"])
        if page > 99:
            return Response("page must be below 100", status=400)
        documents = [nyt_document(slug, day) for slug, day in found[page * 10 : page * 10 + 10]]
        return {"status": "OK", "response": {"docs": documents, "metadata": {"hits": len(found), "offset": page * 10}}}

    return answer


def nyt_document(slug: str, day: date) -> dict[str, Any]:
    return {
        "_id": f"nyt://article/{slug}", "web_url": f"https://paper.example/{day:%Y/%m/%d}/{slug}.html",
        "abstract": "China and chips.", "snippet": "China and chips.", "lead_paragraph": "WASHINGTON — More of it.",
        "headline": {"main": f"Chips for China: {slug}"}, "keywords": [{"name": "subject", "value": "Chips", "rank": 1}],
        "pub_date": f"{day}T08:00:00+0000", "byline": {"original": "By Ann Doe and Bob Roe"}, "word_count": 900,
    }  # fmt: skip


def gdelt(articles: Sequence[tuple[str, datetime]]) -> Callable[[Request], Any]:
    """GDELT DOC over ``articles`` (address, seen): no more than 250, and no word of the rest."""

    def answer(request: Request) -> Any:
        start, end = (
            datetime.strptime(request.args[name], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for name in ("STARTDATETIME", "ENDDATETIME")
        )
        found = [
            {"url": url, "title": f"China and AI chips at {url[-4:]}", "seendate": f"{seen:%Y%m%dT%H%M%SZ}",
             "domain": "paper.example", "language": "English", "sourcecountry": "United States"}
            for url, seen in articles if start <= seen <= end
        ]  # fmt: skip
        return {"articles": found[:250]} if found else {}

    return answer


def guardian(results: Sequence[dict[str, Any]], size: int = 200) -> Callable[[Request], Any]:
    """The Guardian's search over ``results``, ``size`` a page whatever was asked."""

    def answer(request: Request) -> Any:
        page, pages = int(request.args["page"]), -(-len(results) // size) or 1
        listed = list(results[(page - 1) * size : page * size])
        return {
            "response": {"status": "ok", "total": len(results), "pages": pages, "currentPage": page, "results": listed}
        }

    return answer


def guardian_result(slug: str, text: str, when: datetime = NOW - timedelta(hours=5), **fields: str) -> dict[str, Any]:
    return {
        "id": f"world/{slug}", "webTitle": f"China and chips: {slug}", "webUrl": f"https://guarded.example/world/{slug}",
        "webPublicationDate": f"{when:%Y-%m-%dT%H:%M:%SZ}", "sectionName": "World",
        "fields": {"bodyText": text, "byline": "Ann Doe", "trailText": "<p>On chips</p>"} | fields,
    }  # fmt: skip


def federal_register(acts: Sequence[dict[str, Any]], size: int = 1000, cap: int = 10_000) -> Callable[[Request], Any]:
    """The Federal Register over ``acts``: results and count end at ``cap``, an unknown agency is a 400."""

    def answer(request: Request) -> Any:
        if request.args.get("conditions[agencies][]", "industry-and-security-bureau") == "no-such-agency":
            return Response('{"errors": {"agencies": "no-such-agency is not valid"}}', status=400)
        first, last = (request.args[f"conditions[publication_date][{end}]"] for end in ("gte", "lte"))
        found = [a for a in acts if first <= a["publication_date"] <= last][:cap]
        page = int(request.args["page"])
        listed = found[(page - 1) * size : page * size]
        return {"count": len(found), "total_pages": -(-len(found) // size), "results": listed}

    return answer


def act(number: str, **fields: Any) -> dict[str, Any]:
    """A rule by the Bureau of Industry and Security as the register gives it."""
    plain = {
        "document_number": number, "title": "Additions to the Entity List", "type": "Rule", "action": "Final rule.",
        "abstract": "In this rule, BIS adds 12 entities under the destination of China, People's Republic of (China).",
        "citation": f"90 FR {number[-5:]}", "publication_date": "2025-11-07", "effective_on": "2025-11-07",
        "html_url": f"https://register.example/documents/2025/11/07/{number}/additions-to-the-entity-list",
        "docket_ids": ["Docket No. 251103-0001"],
        "agencies": [
            {"raw_name": "DEPARTMENT OF COMMERCE", "name": "Commerce Department", "slug": "commerce-department"},
            {"raw_name": "Bureau of Industry and Security", "name": "Industry and Security Bureau",
             "slug": "industry-and-security-bureau"},
        ],
    }  # fmt: skip
    return plain | fields
