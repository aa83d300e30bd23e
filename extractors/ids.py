"""Deterministic ids: the same input gives the same id on every machine, in every run."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url, url_query_cleaner

NAMESPACE = uuid.UUID("6f1d7c52-8a43-5b0e-9f0a-2c7d1f4b9e30")

# Parameters that say how a reader came to a page, not which page it is. From the public lists of the ClearURLs rules and of
# publishers' own share links.
TRACKING = (
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_name utm_cid utm_reader utm_social "
    "fbclid gclid gclsrc dclid msclkid yclid twclid igshid mc_cid mc_eid mkt_tok ref_src ref_url "
    "cmpid CMP cmp ito smid smtyp partner emc rss feedName feedType ocid icid ncid sr_share guccounter guce_referrer "
    "guce_referrer_sig _ga _gl __twitter_impression at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 "
    "traffic_source taid spm share_id xtor s_cid wt_mc WT.mc_id mod reflink"
).split()


def canonical_url(url: str) -> str:
    """``url`` in one form: lower-case scheme and host, no default port, tracking parameters or fragment, sorted query.

    Raises ``ValueError`` where it is no absolute http(s) address.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"no absolute http(s) address: {url[:200]!r}")
    host = parts.hostname.lower()
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    if parts.port and parts.port != default:
        host = f"{host}:{parts.port}"
    bare = urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))
    cleaned = url_query_cleaner(bare, TRACKING, remove=True, unique=False) if parts.query else bare
    return canonicalize_url(cleaned, keep_blank_values=False)


def make_id(kind: str, *parts: object) -> str:
    """A UUID5 of ``kind`` and ``parts``; ``None`` and ``""`` are kept apart."""
    joined = "\x1f".join("\x00" if part is None else str(part) for part in (kind, *parts))
    return str(uuid.uuid5(NAMESPACE, joined))


def article_id(canonical: str) -> str:
    """The id of the article at a canonical URL, whatever its versions."""
    return make_id("article", canonical)


def content_hash(title: str, text: str) -> str:
    """SHA-256 (hex) of title and text, in Unicode NFC: two versions of an article differ in it."""
    return hashlib.sha256(
        unicodedata.normalize("NFC", f"{title}\n\n{text}").encode("utf-8", "surrogatepass")
    ).hexdigest()


def bytes_hash(body: bytes) -> str:
    """SHA-256 (hex) of raw bytes: the address of a raw page."""
    return hashlib.sha256(body).hexdigest()
