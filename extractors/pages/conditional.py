"""Conditional requests (RFC 9110, 13): a page is asked for only where it has changed."""

from __future__ import annotations

from collections.abc import Mapping

from extractors.records import Validators


def conditions(validators: Validators) -> dict[str, str]:
    """The conditional headers; a validator that could not stand in a header is left out."""
    stated = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in stated.items() if value and value.isascii() and value.isprintable()}


def contradicts(headers: Mapping[str, str], sent: Validators) -> bool:
    """Whether a 304 with ``headers`` itself names another version than the one that was asked about.

    A server whose two validators disagree answers so: it goes by one of them, while the other says that the page is new.
    """
    tag, modified = headers.get("etag"), headers.get("last-modified")
    other_tag = bool(tag and sent.etag) and tag.removeprefix("W/") != sent.etag.removeprefix("W/")
    return other_tag or (bool(modified and sent.last_modified) and modified != sent.last_modified)
