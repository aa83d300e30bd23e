"""The record of an official act: what a government did, by its own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialAct:
    """A rule or notice as its government publishes it. Dates are those of the record, without a time of day.

    ``agency_slugs`` are the register's own names of the issuing bodies, ``agencies`` the names in words.
    """

    official_act_id: str
    source_id: str
    document_number: str
    title: str
    html_url: str
    type: str | None = None
    action: str | None = None
    abstract: str | None = None
    citation: str | None = None
    publication_date: date | None = None
    effective_on: date | None = None
    agencies: tuple[str, ...] = ()
    agency_slugs: tuple[str, ...] = ()
    docket_ids: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
