"""Posts on X: archived JSON Lines and recent search, both in the shape of API v2.

https://docs.x.com/x-api/posts/search/introduction. A line of an archive is one answer (``data``, ``includes.users``), or one
post as archivers flatten it, with its ``author`` inside. A post's text is the entry's ``text``; it has no headline, so the
title says who posted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from extractors.errors import Permanent
from extractors.records import FeedEntry, Listing, RawPage, Source, Window
from extractors.sources import api
from extractors.sources.entries import Item, build_entries
from extractors.sources.texts import language_code, paragraphs, plain_text

PER_PAGE = 100
# Seven days, less the minutes that a night may take until it asks.
REACH = timedelta(days=7) - timedelta(minutes=30)
# The interface refuses an end that is not at least ten seconds past.
_SETTLED = timedelta(seconds=30)
_ASKED = {
    "max_results": PER_PAGE,
    "tweet.fields": "created_at,author_id,lang,entities",
    "expansions": "author_id",
    "user.fields": "username,name",
}


def search_addresses(source: Source, window: Window) -> tuple[str, ...]:
    """The first page of a search over the window; ``source.url`` carries the query."""
    time = {"start_time": _stamp(window.start), "end_time": _stamp(window.end - _SETTLED)}
    return (api.with_query(source.url, _ASKED | time),)


def parse_search(page: RawPage, source: Source, now: datetime) -> Listing:
    """One page. Raises ``Permanent`` with ``api_error``, ``feed_is_html`` or ``invalid_json``."""
    answer = api.document(page)
    if not isinstance(answer.get("data"), list) and "meta" not in answer:
        message = answer.get("detail") or answer.get("title") or answer.get("errors") or "no posts in the answer"
        raise Permanent("api_error", api.said(str(message)))
    token = api.as_text(api.as_dict(answer.get("meta")).get("next_token"))
    more = (api.with_query(page.url, {"next_token": token}),) if token else ()
    posts, problems = _gathered([answer])
    return Listing(entries=_entries(posts, source, now, page), problems=problems, more=more)


def parse_archive(page: RawPage, source: Source, now: datetime) -> Listing:
    """A file of JSON Lines; a line that holds no post makes the list ``list_malformed`` and the others stand.

    Raises ``Permanent`` with ``invalid_json`` where no line can be read.
    """
    lines = [line for line in page.body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    answers = [found for line in lines if (found := _line(line)) is not None]
    if lines and not answers:
        raise Permanent("invalid_json", f"none of {len(lines):,} lines is a JSON object")
    posts, problems = _gathered(answers)
    if len(answers) < len(lines) and "list_malformed" not in problems:
        problems = (*problems, "list_malformed")
    entries = _entries(posts, source, now, page)
    return Listing(entries=entries, problems=problems if entries else (*problems, "list_empty"))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _line(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _gathered(answers: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Posts with their author inside, and what was wrong."""
    posts, odd = [], False
    for answer in answers:
        data = answer.get("data")
        listed = (
            data if isinstance(data, list) else [data] if isinstance(data, dict) else [answer] if "id" in answer else []
        )
        users = {
            api.as_text(user.get("id")): user for user in _objects(api.as_dict(answer.get("includes")).get("users"))
        }
        good = [post for post in _objects(listed) if api.as_text(post.get("id")) and api.as_text(post.get("text"))]
        odd = odd or len(good) < len(listed) or ("data" not in answer and not listed and "meta" not in answer)
        posts += [{"author": users.get(api.as_text(post.get("author_id")))} | post for post in good]
    return posts, ("list_malformed",) if odd else ()


def _objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in api.as_list(value) if isinstance(item, dict))


def _entries(posts: list[dict[str, Any]], source: Source, now: datetime, page: RawPage) -> tuple[FeedEntry, ...]:
    return build_entries((_item(post) for post in posts), source, now, page.final_url)


def _item(post: dict[str, Any]) -> Item:
    author = api.as_dict(post.get("author"))
    user, name = (plain_text(api.as_text(author.get(key)), html=False) for key in ("username", "name"))
    # An address without the name leads to the same post.
    link = f"https://x.com/{user or 'i'}/status/{api.as_text(post['id'])}"
    who = f"{name} (@{user})" if name and user else f"@{user}" if user else "an unnamed account"
    return Item(
        title=f"Post by {who}",
        link=link,
        guid=api.as_text(post["id"]),
        stamp=api.as_text(post.get("created_at")) or None,
        stamp_basis="x",
        publisher=f"@{user}" if user else None,
        authors=(name or f"@{user}",) if name or user else (),
        language=_language(api.as_text(post.get("lang"))),
        text=paragraphs(api.as_text(post["text"])),
    )


def _language(code: str) -> str | None:
    # Three letters, such as "und" or "qme", say that no language was found: only hashtags, media or a link.
    found = language_code(code)
    return found if found and len(found) == 2 else None
