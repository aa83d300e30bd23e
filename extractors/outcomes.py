"""The reasons with which a document can end, each with what it means: the ledger counts these and nothing else.

Exactly one outcome is recorded for each document in each run. ``FINAL`` reasons are not tried again by a later night; the
others are.
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    # loaded
    "loaded": "read and stored; on topic, so names and events were extracted",
    "revised": "a new version of a known article was stored beside the old one",
    "off_topic": "read and stored without text extraction: not about the rivalry over AI",
    "off_topic_headline": "headline and summary were off topic, so the page was not fetched",
    "headline_only": "the source allows or offers no page; headline and summary were read",
    "partial": "only a teaser was offered (paywall); it was read and marked",
    # seen before
    "known": "seen in an earlier run and unchanged",
    "not_modified": "the server says that the page has not changed",
    "duplicate_url": "another entry of this run has the same canonical URL",
    # nothing to read
    "no_link": "the entry has no usable link and no text",
    "consent_wall": "the page is a consent or cookie wall",
    "soft_404": "the page says that it was not found, with status 200",
    "home_page": "the link led to the publisher's front page",
    "not_an_article": "no article text was found in the page",
    "not_html": "the answer is no HTML page",
    "language": "the text is not English",
    "unreadable": "the page could not be read",
    # not fetched
    "robots": "the site's robots.txt does not allow it",
    "robots_unavailable": "robots.txt could not be had, so the page was left alone for now",
    "refused_address": "the address is private, or not this source's",
    "too_large": "the page is larger than the limit",
    "timeout": "no whole answer within the deadline",
    "unreachable": "no connection to the server",
    "redirect_loop": "too many redirects",
    "bad_encoding": "the body's compression is broken",
    "rate_limited": "the server asked to slow down (429) more often than it was tried",
    "server_error": "the server failed (5xx) more often than it was tried",
    "client_error": "the server refused (4xx)",
    "gone": "the page is gone (404, 410)",
}

RETRIED: frozenset[str] = frozenset(
    {"robots_unavailable", "timeout", "unreachable", "rate_limited", "server_error"}
)
FINAL: frozenset[str] = frozenset(REASONS) - RETRIED
