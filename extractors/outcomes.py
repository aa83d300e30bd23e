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
    "off_topic_bytes": "the page's bytes name not all of the United States, China and AI, so it was not read",
    "off_topic_quick": "a quick reading of the page was off topic, so it was not read in full",
    "headline_only": "the source allows or offers no page; headline and summary were read",
    "partial": "only a teaser was offered (paywall); it was read and marked",
    # stored as records of their own, and counted as no report
    "official_act": "stored as an official act",
    "post": "a post was read and stored",
    "post_off_topic": "a post was stored without text extraction: not about the rivalry over AI",
    # seen before
    "known": "seen in an earlier run and unchanged",
    "not_modified": "the server says that the page has not changed",
    "duplicate_url": "another entry of this run has the same canonical URL",
    "before_since": "published before the day that the run was asked to begin at",
    "source_off": "its source has since been taken out of the sources file or switched off",
    # nothing to read
    "no_link": "the entry has no usable link and no text",
    "consent_wall": "the page is a consent or cookie wall",
    "soft_404": "the page says that it was not found, with status 200",
    "home_page": "the link led to the publisher's front page",
    "not_an_article": "no article text was found in the page",
    "not_html": "the answer is no HTML page",
    "redirect": "the record of a WARC file is a redirect, and holds no page",
    "language": "the text is not English",
    "unreadable": "the page could not be read",
    "reader_timeout": "reading the page took longer than a page may",
    "reader_crashed": "the process that read the page died",
    "reader_memory": "reading the page took more memory than a page may",
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
    # the list of a source
    "feed_is_html": "an HTML page came where a feed or sitemap was expected",
    "not_a_feed": "the answer is no feed or sitemap",
    "unsafe_xml": "the answer declares XML entities, which can be made to grow without end",
    "invalid_json": "the answer is not the JSON that the interface documents",
    "api_error": "the interface answered with an error message in place of a list",
    "truncated": "it answered, and more was there than was listed",
    "off": "the source needs a key and none is set, so it was not asked",
}

PROBLEMS: dict[str, str] = {
    # dates
    "date_missing": "no date was given",
    "date_no_zone": "the date names no time zone; UTC was assumed",
    "date_no_time": "only a day was given; midnight was taken",
    "date_future": "the date lies more than 24 hours ahead, so it was left out",
    "date_implausible": "the date lies before the web, so it was left out",
    "date_unparsable": "the date could not be read",
    # entries of a list
    "title_missing": "the entry or page has no title",
    "link_missing": "the entry has no link",
    "link_unusable": "the link is no http(s) address of a page",
    "guid_shared": "several entries bear the same id, so it identifies none",
    "duplicate_link": "an earlier entry of the same list has this link",
    # lists
    "list_empty": "the list has no entries",
    "list_malformed": "the list is not well-formed: entries may be missing",
    "charset_wrong": "the list is not in the character set that it declares",
    "cap_reached": "the interface lists no more than its cap, and the time cannot be split further",
    "window_cut": "the interface does not reach back to the time that was asked for",
    "index_cut": "the list has more pages than one night asks for",
    "page_failed": "a later page of the list could not be had",
    # pages
    "control_characters": "NUL or control characters were taken out",
    "charset_guessed": "the page's character set is not declared, or wrongly",
    "paywall": "only a teaser of the article is offered",
    "text_from_metadata": "the text is that of the page's own metadata (JSON-LD): the visible one is much shorter",
    "language_unsure": "the language of the text is uncertain",
}

RETRIED: frozenset[str] = frozenset(
    {
        "robots_unavailable",
        "timeout",
        "unreachable",
        "rate_limited",
        "server_error",
        "before_since",
        "source_off",
        # A machine short of time or memory does this to any page; one that always does it is left after some nights.
        "reader_timeout",
        "reader_crashed",
    }
)
FINAL: frozenset[str] = frozenset(REASONS) - RETRIED
