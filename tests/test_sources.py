"""Sources: the registry's checks, and readers of feeds and sitemaps as they are found on the web."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.bylines import split_byline
from extractors.errors import Permanent, UserError
from extractors.instants import read_instant
from extractors.records import Listing, RawPage, Source
from extractors.sources import load_sources, parse

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
FEED = Source(id="paper", name="Paper", protocol="feed", url="https://paper.example/feed.xml", publisher="The Paper")
SITEMAP = Source(id="wire", name="Wire", protocol="sitemap", url="https://wire.example/news.xml", depth="headline")
GOOGLE = Source(
    id="gn", name="Google News", protocol="feed", url="https://news.google.com/rss/search?q=x", depth="headline"
)


def read(body: str | bytes, source: Source = FEED, content_type: str = "application/xml") -> Listing:
    raw = body.encode() if isinstance(body, str) else body
    page = RawPage(url=source.url, final_url=source.url, status=200, fetched=NOW, body=raw, content_type=content_type)
    return parse(source, page, NOW)


def rss(items: str, channel: str = "<title>Paper</title><language>en-US</language>") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"{channel}<link>https://paper.example/</link>{items}</channel></rss>"
    )


# --- registry


def toml(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_shipped_sources_load_and_each_states_its_policy() -> None:
    sources = {s.id: s for s in load_sources()}
    assert len(sources) >= 20
    assert all(s.policy for s in sources.values())
    assert sources["reuters-sitemap"].depth == "headline"
    assert sources["abc17news"].independent is False
    assert not any(s.local for s in sources.values())


def test_both_forms_of_table_mean_the_same(tmp_path: Path) -> None:
    body = 'name = "A"\nprotocol = "feed"\nurl = "https://a.example/f"\n'
    named = load_sources(toml(tmp_path, f"[source.a]\n{body}"))
    listed = load_sources(toml(tmp_path, f'[[source]]\nid = "a"\n{body}'))
    assert named == listed == [Source(id="a", name="A", protocol="feed", url="https://a.example/f")]


GOOD = 'id = "a"\nname = "A"\nprotocol = "feed"\nurl = "https://a.example/f"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'[[source]]\n{GOOD}urll = "x"', 'urll: unknown key: did you mean "url"?'),
        ('[[source]]\nid = "a"\nname = "A"\nprotocol = "feed"', '[source "a"] url: is missing'),
        (f"[[source]]\n{GOOD}".replace('"feed"', '"rss"'), "protocol: must be one of feed, sitemap, nyt-search"),
        (f"[[source]]\n{GOOD}\n[[source]]\n{GOOD}", 'two sources have the id "a"'),
        (f"[[source]]\n{GOOD}\n[[source]]\n{GOOD}".replace('"a"', '"b"', 1), "another source has this address"),
        (f"[[source]]\n{GOOD}".replace("https://a.example/f", "ftp://a.example/f"), "url: must be an absolute http"),
        (f"[[source]]\n{GOOD}".replace("https://", "https://me:pw@"), "must not hold a user name or password"),
        (f"[[source]]\n{GOOD}local = true", "local: needs a loopback address"),
        (f"[[source]]\n{GOOD}".replace("https://a.example", "http://127.0.0.1:9"), "add local = true"),
        (f"[[source]]\n{GOOD}".replace("https://a.example", "https://news.google.com"), 'add depth = "headline"'),
        (f"[[source]]\n{GOOD}rate = 0", "rate: must be above 0"),
        (f'[[source]]\n{GOOD}enabled = "yes"', "enabled: must be true or false"),
        (f"[[source]]\n{GOOD}".replace('"a"', '"A b"'), "id: use lower-case letters"),
        (f"[[sources]]\n{GOOD}", 'unknown table "sources"'),
        ("[[source]]\nid = ", "not valid TOML"),
        ("", "no source in it"),
        ("[source]\na = 1", "must be a table"),
    ],
)
def test_mistakes_are_named_with_their_place_and_mend(tmp_path: Path, text: str, says: str) -> None:
    file = toml(tmp_path, text)
    with pytest.raises(UserError) as raised:
        load_sources(file)
    message = str(raised.value)
    assert says in message
    assert message.startswith(str(file))
    assert "\n" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        load_sources(tmp_path / "absent.toml")


# --- feeds


def test_rss_item_becomes_a_full_entry() -> None:
    listing = read(
        rss(
            "<item><title>AT&amp;amp;T &lt;b&gt;sues&lt;/b&gt;</title><link>/a?utm_source=rss</link><guid>g1</guid>"
            "<pubDate>Fri, 07 Nov 2025 08:00:00 -0500</pubDate>"
            "<description>&lt;p&gt;One &amp;amp; two&lt;/p&gt;</description>"
            "<dc:creator>By Ann Doe and Bob Roe</dc:creator><category>Chips</category></item>"
        )
    )
    (entry,) = listing.entries
    assert entry.title == "AT&T sues"
    assert entry.summary == "One & two"
    assert entry.url == "https://paper.example/a?utm_source=rss"
    assert entry.key == "https://paper.example/a"
    assert entry.published == datetime(2025, 11, 7, 13, tzinfo=UTC)
    assert (entry.published_basis, entry.publisher, entry.language) == ("feed", "The Paper", "en")
    assert entry.authors == ("Ann Doe", "Bob Roe")
    assert entry.keywords == ("Chips",)
    assert entry.problems == listing.problems == ()


def test_atom_rdf_and_json_feeds_are_read_alike() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><id>x</id><entry><title>T</title><id>i</id>'
        '<link href="https://paper.example/t"/><published>2025-11-07T08:00:00Z</published></entry></feed>'
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>P</title></channel><item rdf:about="i">'
        "<title>T</title><link>https://paper.example/t</link><dc:date>2025-11-07T08:00:00Z</dc:date></item></rdf:RDF>"
    )
    item = {"id": 7, "title": "T", "url": "https://paper.example/t", "date_published": "2025-11-07T08:00:00Z"}
    jsonfeed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [item]})
    found = {(e.entry_id, e.title, e.key, e.published) for body in (atom, rdf, jsonfeed) for e in read(body).entries}
    assert len(found) == 1


def test_one_guid_on_all_items_identifies_none() -> None:
    items = "".join(f"<item><title>{n}</title><guid isPermaLink='false'>same</guid></item>" for n in "ab")
    first, second = read(rss(items)).entries
    assert first.entry_id != second.entry_id
    assert {"guid_shared", "link_missing", "date_missing"} <= set(first.problems)


def test_a_guid_is_the_key_where_there_is_no_usable_link() -> None:
    items = (
        "<item><title>a</title><guid isPermaLink='false'>7</guid></item>"
        "<item><title>b</title><link>https://paper.example/</link><guid isPermaLink='false'>8</guid></item>"
        "<item><title>c</title><link>javascript:void(0)</link><guid isPermaLink='false'>9</guid></item>"
    )
    entries = read(rss(items)).entries
    assert [e.key for e in entries] == ["paper:7", "paper:8", "paper:9"]
    assert ["link_unusable" in e.problems for e in entries] == [False, True, True]


def test_the_same_story_under_a_new_guid_is_kept_and_marked() -> None:
    items = "".join(
        f"<item><title>{n}</title><guid isPermaLink='false'>{n}</guid><link>https://paper.example/s?utm_medium={n}</link></item>"
        for n in "ab"
    )
    first, second = read(rss(items)).entries
    assert first.key == second.key
    assert "duplicate_link" not in first.problems
    assert "duplicate_link" in second.problems


def test_google_news_gives_headline_and_publisher_only() -> None:
    item = (
        "<item><title>Chips - and China - Reuters</title><link>https://news.google.com/rss/articles/CBMiX?oc=5</link>"
        "<guid isPermaLink='false'>CBMiX</guid><description>&lt;a href='x'&gt;Other - Rival&lt;/a&gt;</description>"
        "<pubDate>Fri, 07 Nov 2025 08:00:00 GMT</pubDate><source url='https://www.reuters.com'>Reuters</source></item>"
    )
    (entry,) = read(rss(item), GOOGLE).entries
    assert (entry.title, entry.publisher, entry.summary) == ("Chips - and China", "Reuters", "")
    assert entry.key == "https://news.google.com/rss/articles/CBMiX"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not_a_feed"),
        (" \n", "not_a_feed"),
        ("<?xml version='1.0'?><!-- c --><!DOCTYPE html><html></html>", "feed_is_html"),
        ("\ufeff<HTML><body>Please enable JavaScript</body></HTML>", "feed_is_html"),
        ("<?xml version='1.0'?><other/>", "not_a_feed"),
        ('{"error": "quota"}', "not_a_feed"),
        ("{broken", "not_a_feed"),
        ('<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"/>', "unsafe_xml"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_answers_that_are_no_feed_fail_with_their_reason(body: str | bytes, reason: str) -> None:
    with pytest.raises(Permanent) as raised:
        read(body, content_type="application/rss+xml")
    assert raised.value.reason == reason


def test_entities_hidden_in_utf16_are_refused() -> None:
    body = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "a">]><rss/>'.encode("utf-16")
    with pytest.raises(Permanent, match="unsafe_xml"):
        read(body)


def test_a_body_that_is_a_file_name_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>secret</title></item>"), encoding="utf-8")
    with pytest.raises(Permanent, match="not_a_feed"):
        read(str(file))


def test_a_feed_cut_off_keeps_what_it_has_and_says_so() -> None:
    listing = read(rss("<item><title>a</title><link>https://paper.example/a</link></item><item><title>b")[:-23])
    assert listing.entries[0].title == "a"
    assert "list_malformed" in listing.problems


def test_an_empty_feed_is_visible_and_a_wrong_charset_is_mended() -> None:
    assert read(rss("")).problems == ("list_empty",)
    latin = rss("<item><title>Tür €</title><link>/a</link></item>").encode("cp1252")
    listing = read(latin, content_type="text/xml; charset=utf-8")
    assert listing.entries[0].title == "Tür €"
    assert "charset_wrong" in listing.problems


def test_feeds_served_as_html_type_are_read_by_what_they_are() -> None:
    assert len(read(rss("<item><title>a</title></item>"), content_type="text/html").entries) == 1


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss version='2.0'><channel><item>", b"<urlset>", b"{"]))
def test_wild_bytes_give_a_listing_or_a_reason(wild: bytes, prefix: bytes) -> None:
    for source in (FEED, SITEMAP):
        try:
            listing = read(prefix + wild, source)
        except Permanent as error:
            assert error.reason in {"not_a_feed", "feed_is_html", "unsafe_xml", "bad_encoding", "too_large"}
        else:
            assert all(e.key and e.entry_id for e in listing.entries)


# --- sitemaps


def sitemap(urls: str) -> str:
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        f'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{urls}</urlset>'
    )


def news(loc: str, title: str = "T", date: str = "2025-11-07T08:00:00Z") -> str:
    return (
        f"<url><loc>{loc}</loc><lastmod>2025-11-09T00:00:00Z</lastmod><image:image><image:title>I</image:title>"
        "</image:image><news:news><news:publication><news:name>Wire</news:name><news:language>en</news:language>"
        f"</news:publication><news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>"
        "<news:keywords>chips, China</news:keywords></news:news></url>"
    )


def test_news_sitemap_entry_plain_and_packed() -> None:
    body = sitemap(news("https://wire.example/world/a"))
    plain, packed = read(body, SITEMAP), read(gzip.compress(body.encode()), SITEMAP)
    assert plain == packed
    (entry,) = plain.entries
    assert (entry.title, entry.publisher, entry.language) == ("T", "Wire", "en")
    assert (entry.published, entry.published_basis) == (datetime(2025, 11, 7, 8, tzinfo=UTC), "sitemap")
    assert entry.keywords == ("chips", "China")


def test_the_address_tells_the_language_where_the_sitemap_says_en_of_all() -> None:
    entries = read(sitemap(news("https://wire.example/es/a") + news("https://wire.example/us/b")), SITEMAP).entries
    assert [e.language for e in entries] == ["es", "en"]


def test_a_plain_sitemap_has_no_titles_and_dates_of_change_only() -> None:
    (entry,) = read(sitemap("<url><loc>/a</loc><lastmod>2025-11-07</lastmod></url>"), SITEMAP).entries
    assert entry.url == "https://wire.example/a"
    assert entry.published_basis == "sitemap-lastmod"
    assert set(entry.problems) == {"title_missing", "date_no_time", "date_no_zone"}


def test_an_index_names_its_children() -> None:
    body = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://wire.example/s?n=1&amp;m=2'
        "</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"
    )
    assert read(body, SITEMAP) == Listing(
        entries=(), more=("https://wire.example/s?n=1&m=2", "https://wire.example/b.xml")
    )


def test_bombs_and_broken_gzip_are_refused() -> None:
    packed = gzip.compress(sitemap(news("https://wire.example/a")).encode())
    for body, reason in ((packed[:-12], "bad_encoding"), (gzip.compress(bytes(60 * 1024 * 1024)), "too_large")):
        with pytest.raises(Permanent) as raised:
            read(body, SITEMAP)
        assert raised.value.reason == reason


def test_a_sitemap_cut_off_says_so() -> None:
    listing = read(sitemap(news("https://wire.example/a") + news("https://wire.example/b"))[:-60], SITEMAP)
    assert listing.entries[0].title == "T"
    assert "list_malformed" in listing.problems


# --- dates and bylines


@pytest.mark.parametrize(
    ("text", "value", "problems"),
    [
        ("2025-11-07T08:00:00+01:00", datetime(2025, 11, 7, 7, tzinfo=UTC), ()),
        ("Fri, 07 Nov 2025 08:00:00 EST", datetime(2025, 11, 7, 13, tzinfo=UTC), ()),
        ("1762502400000", datetime(2025, 11, 7, 8, tzinfo=UTC), ()),
        ("2025-11-07 08:00", datetime(2025, 11, 7, 8, tzinfo=UTC), ("date_no_zone",)),
        ("7 November 2025", datetime(2025, 11, 7, tzinfo=UTC), ("date_no_time", "date_no_zone")),
        ("Fri, 07 Nov 2025 08:00:00 IST", datetime(2025, 11, 7, 8, tzinfo=UTC), ("date_no_zone",)),
        ("2025-11-11T11:59:00Z", datetime(2025, 11, 11, 11, 59, tzinfo=UTC), ()),
        ("2025-11-11T12:01:00Z", None, ("date_future",)),
        ("0001-01-01T00:00:00Z", None, ("date_implausible",)),
        ("Friday", None, ("date_unparsable",)),
        ("November 2025", None, ("date_unparsable",)),
        ("", None, ("date_missing",)),
        (None, None, ("date_missing",)),
    ],
)
def test_dates_are_aware_utc_or_none_with_a_reason(
    text: str | None, value: datetime | None, problems: tuple[str, ...]
) -> None:
    instant = read_instant(text, NOW)
    assert (instant.value, instant.problems) == (value, problems)


@given(
    st.datetimes(datetime(1995, 1, 1), datetime(2025, 11, 10)),  # noqa: DTZ001
    st.sampled_from(["GMT", "UTC", "+0000", "-0500", "+0530", "+0800"]),
)
def test_the_dates_of_feeds_are_read_to_the_second_in_any_zone(moment: datetime, zone: str) -> None:
    offset = timedelta() if zone.isalpha() else datetime.strptime(zone, "%z").utcoffset()
    expected = moment.replace(microsecond=0, tzinfo=UTC) - (offset or timedelta())
    for written in (f"{moment:%a, %d %b %Y %H:%M:%S} {zone}", f"{moment.day} {moment:%b %Y %H:%M:%S} {zone}"):
        assert read_instant(written, NOW).value == expected


@given(st.text(max_size=60))
def test_no_text_breaks_the_date_reader(text: str) -> None:
    instant = read_instant(text, NOW)
    assert instant.value is None or (instant.value.tzinfo is UTC and instant.value <= NOW + timedelta(hours=24))
    assert instant.value is not None or instant.problems


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Doe and Bob Roe, Political Editor", ("Ann Doe", "Bob Roe")),
        ("ANN DOE | ann.doe@paper.example", ("ANN DOE",)),
        ("Martin L. King, Jr.", ("Martin L. King Jr",)),
        ("admin", ()),
        ("Ann Doe, ann doe", ("Ann Doe",)),
        ("Byron Andrews", ("Byron Andrews",)),
    ],
)
def test_bylines(byline: str, names: tuple[str, ...]) -> None:
    assert split_byline(byline) == names
