"""The sample newsroom: what it has of the real web, and how it answers."""

import gzip
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from flows.newsroom.content import last_day, load_publishers, load_stories
from flows.newsroom.server import NewsroomServer, serve

EARLY = datetime(2025, 11, 6, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[NewsroomServer]:
    with serve(last_day()) as server:
        yield server


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_it_has_what_the_real_web_has() -> None:
    stories = load_stories(last_day())
    cases = Counter(s.case for s in stories)
    assert len(stories) >= 30
    assert len(load_publishers()) >= 8
    assert len({s.published.date() for s in stories if s.published}) >= 10
    assert cases["syndicated"] >= 2 and cases["off_topic"] >= 5 and cases["same_event"] == 3
    assert all(cases[c] for c in ("correction", "paywall", "headline_only", "undated", "older_event"))


def test_on_an_earlier_day_later_stories_and_corrections_are_not_there() -> None:
    early, late = load_stories(EARLY), load_stories(last_day())
    assert len(early) < len(late)
    titles = {
        day: next(s.title for s in rows if s.case == "correction") for day, rows in (("early", early), ("late", late))
    }
    assert titles["early"] != titles["late"]


def test_every_channel_lists_its_stories(newsroom: NewsroomServer) -> None:
    for source in newsroom.newsroom.sources(newsroom.base):
        status, _, body = get(source.url)
        assert status == 200
        stories = [s for s in newsroom.newsroom.stories if s.publisher.slug == source.id]
        assert stories and all(s.path.encode() in body for s in stories)


def test_a_conditional_request_gets_304_and_gzip_is_honoured(newsroom: NewsroomServer) -> None:
    path = newsroom.newsroom.stories[0].path
    _, headers, plain = get(newsroom.base + path)
    status, _, body = get(newsroom.base + path, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    _, headers, packed = get(newsroom.base + path, **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == plain


def test_robots_and_missing_pages(newsroom: NewsroomServer) -> None:
    assert b"Disallow: /fennimore-institute/private/" in get(f"{newsroom.base}/robots.txt")[2]
    hidden = next(s for s in newsroom.newsroom.stories if s.case == "headline_only")
    assert get(newsroom.base + hidden.path)[0] == 404
