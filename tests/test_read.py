"""Reading pages: metadata, text, encodings, walls, and near-duplicates. All pages here are invented."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.bylines import split_byline
from extractors.errors import Permanent
from extractors.pages.duplicates import near_duplicates
from extractors.pages.encoding import decode
from extractors.pages.read import read_page
from extractors.records import Page

URL = "https://paper.example/2025/11/07/chips"
NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
PARAGRAPHS = [
    "The Commerce Department on Friday told two chip makers that they need licences to ship accelerators to China, "
    "according to letters that were seen by The Paper and that officials confirmed.",
    "Officials in Beijing called the step a violation of the truce that both sides had signed only a week before, "
    "and said that they would answer it in kind if it was not withdrawn within days.",
    "Analysts said that the letters would reach far beyond the two companies, because their suppliers in Taiwan "
    "and South Korea sell the same parts to others.",
    "“We have seen this before,” said Ann Example, who advises importers in Singapore, adding that her clients had "
    "bought ahead for a year and could wait for a while.",
    "The companies declined to comment, and a spokesman for the department pointed to a rule published in March.",
]


def html(body: str = "", head: str = "", lang: str = "en") -> bytes:
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'.encode()


def prose(paragraphs: list[str] = PARAGRAPHS) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def article(body: str = "", head: str = "", lang: str = "en") -> bytes:
    return html(
        f"<nav><a href='/'>Home</a></nav><article><h1>Chips held back</h1>{body or prose()}</article>", head, lang
    )


def linked(**fields: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Chips held back", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(body: bytes, url: str = URL, content_type: str = "text/html; charset=utf-8") -> Page:
    return read_page(body, url, content_type, NOW)


def reason(body: bytes, **kwargs: Any) -> str:
    with pytest.raises(Permanent) as raised:
        read(body, **kwargs)
    return raised.value.reason


# --- text


def test_text_is_the_paragraphs_without_headline_links_or_appeals() -> None:
    clutter = (
        "<p>By Jane Doe</p><p>Sign up for our newsletter and get the best stories in your inbox.</p>"
        "<p><strong>READ MORE: <a href='/x'>Another headline about something else</a></strong></p>"
        "<blockquote class='twitter-tweet'><p>Something that somebody posted on a platform</p></blockquote>"
        "<figure><img src='a.jpg'><figcaption>A chip, in a picture</figcaption></figure>"
    )
    body = f"<p>{PARAGRAPHS[0]}</p>{clutter}{prose(PARAGRAPHS[1:])}<p>Additional reporting by John Roe</p>"
    page = read(article(body, linked(author={"@type": "Person", "name": "Jane Doe"})))
    assert page.text.split("\n") == PARAGRAPHS
    assert (page.text_basis, page.problems) == ("page", ("date_no_time", "date_no_zone"))


def test_a_linked_sentence_is_the_writers_own() -> None:
    sentence = "The rule of March covers every accelerator above a certain density of performance."
    page = read(article(f"{prose()}<p><a href='/rule'>{sentence}</a></p>"))
    assert sentence in page.text


def test_the_metadatas_text_is_taken_only_where_much_longer() -> None:
    whole = "\n".join(PARAGRAPHS)
    longer = read(article(prose(PARAGRAPHS[:2]), linked(articleBody=whole)))
    assert longer.text == whole
    assert "text_from_metadata" in longer.problems
    assert "text_from_metadata" not in read(article(head=linked(articleBody=whole))).problems


def test_a_stated_text_that_breaks_off_takes_nothing_away() -> None:
    cut = "\n".join(PARAGRAPHS)[:-60] + "..."
    assert read(article(head=linked(articleBody=cut))).text == "\n".join(PARAGRAPHS)


# --- metadata


def test_json_ld_comes_first() -> None:
    head = linked(
        datePublished="2025-11-07T09:30:00-05:00",
        dateModified="2025-11-07T15:00:00Z",
        author=[{"name": "Jane Doe and John Roe"}, {"name": "The Paper"}],
        publisher={"@type": "Organization", "name": "The Paper"},
    ) + (
        "<title>Chips held back - The Paper</title><meta name='author' content='Somebody Else'>"
        "<link rel='canonical' href='/chips?utm_source=x#top'>"
    )
    page = read(article(head=head))
    assert page.title == "Chips held back"
    assert page.authors == ("Jane Doe", "John Roe")
    assert (page.published, page.published_basis) == (datetime(2025, 11, 7, 14, 30, tzinfo=UTC), "json-ld")
    assert page.modified == datetime(2025, 11, 7, 15, tzinfo=UTC)
    assert (page.publisher, page.canonical_url) == ("The Paper", "https://paper.example/chips")
    assert page.language == "en"


def test_json_ld_as_it_is_found_in_the_wild() -> None:
    graph = {"@graph": [
        {"@type": "WebPage", "datePublished": "2025-01-01T00:00:00Z"},
        {"@type": ["Article", "NewsArticle"], "headline": "Chips &amp; held\nback", "author": {"@id": "#jane"}},
        {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
    ]}  # fmt: skip
    text = json.dumps(graph).replace("\\n", "\n")
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", broken</script>'
    page = read(html(prose(), f'{broken}<script type="application/ld+json">//<![CDATA[\n{text}\n//]]></script>'))
    assert page.title == "Chips & held back"
    assert page.authors == ("Jane Doe",)


def test_meta_tags_then_the_page_itself() -> None:
    head = (
        "<meta property='og:title' content='Chips kept back | The Paper'>"
        "<meta property='og:site_name' content='The Paper'>"
        "<meta property='article:published_time' content='2025-11-07T09:30:00Z'>"
    )
    page = read(html(f"<span class='byline'>By Jane Doe</span>{prose()}", head))
    assert (page.title, page.authors, page.published_basis) == ("Chips kept back", ("Jane Doe",), "meta")
    bare = read(html(f"<h1>Chips</h1><time datetime='2025-11-07T09:30:00Z' class='published'>x</time>{prose()}"))
    assert (bare.title, bare.published_basis, bare.authors) == ("Chips", "time-element", ())


def test_a_headline_that_readers_see_beats_one_for_search_engines() -> None:
    head = "<meta property='og:title' content='Chips held back'>" + linked(headline="China chips: latest news today")
    assert read(article(head=head)).title == "Chips held back"


def test_a_day_alone_is_completed_by_a_place_that_has_the_time() -> None:
    head = linked(datePublished="2025-11-07") + "<meta name='pubdate' content='2025-11-07T21:00:00-05:00'>"
    page = read(article(head=head))
    assert (page.published, page.published_basis) == (datetime(2025, 11, 8, 2, tzinfo=UTC), "meta")
    assert "date_no_time" not in page.problems


@pytest.mark.parametrize(
    ("head", "url", "published", "basis", "problem"),
    [
        (linked(datePublished="2025-11-07T09:30"), "/a", datetime(2025, 11, 7, 9, 30, tzinfo=UTC), "json-ld",
         "date_no_zone"),
        (linked(datePublished="2026-11-07T09:30Z"), "/a", None, "none", "date_future"),
        (linked(datePublished="lately"), "/a", None, "none", "date_unparsable"),
        ("", "/2025/11/07/a", datetime(2025, 11, 7, tzinfo=UTC), "url", "date_no_time"),
        ("", "/a-20251107.html", datetime(2025, 11, 7, tzinfo=UTC), "url", "date_no_time"),
        ("", "/a", None, "none", "date_missing"),
    ],
)  # fmt: skip
def test_dates_and_their_basis(head: str, url: str, published: datetime | None, basis: str, problem: str) -> None:
    page = read(article(head=head), url=f"https://paper.example{url}")
    assert (page.published, page.published_basis) == (published, basis)
    assert problem in page.problems


def test_language_is_the_texts_own() -> None:
    german = [
        "Das Handelsministerium hat am Freitag zwei Herstellern mitgeteilt, dass sie für die Ausfuhr von Chips nach "
        "China künftig eine Lizenz brauchen, wie aus Briefen hervorgeht, die der Zeitung vorliegen."
    ] * 2
    page = read(article(prose(german), lang="en"))
    assert page.language == "de"
    assert "language_unsure" in page.problems


# --- encodings


@pytest.mark.parametrize(
    ("body", "content_type", "text", "problems"),
    [
        ("“Tür”".encode(), "", "“Tür”", ()),
        ("“Tür”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“Tür”", ()),
        ("“Tür”".encode("cp1252"), "text/html; charset=utf-8", "“Tür”", ("charset_guessed",)),
        ("“Tür”".encode("cp1252"), "", "“Tür”", ("charset_guessed",)),
        ("“Tür”".encode(), "text/html; charset=nonsense", "“Tür”", ("charset_guessed",)),
        ("\ufeff“Tür”".encode("utf-16-le"), "text/html; charset=utf-8", "“Tür”", ()),
        (b"<meta charset='gb2312'>" + "中国".encode("gb18030"), "", "<meta charset='gb2312'>中国", ()),
        (b"a\x00b\x07c", "", "abc", ("control_characters",)),
    ],
    ids=["utf-8", "latin1", "wrong", "none", "unknown", "bom", "meta", "control"],
)
def test_encodings(body: bytes, content_type: str, text: str, problems: tuple[str, ...]) -> None:
    assert decode(body, content_type) == (text, problems)


# --- walls and other pages that are no article


def test_a_paywalled_page_is_partial() -> None:
    offer = "<p>Subscribe to continue reading. This article is for subscribers of The Paper.</p>"
    said = read(article(prose(PARAGRAPHS[:2]) + offer))
    assert (said.text_basis, said.text) == ("partial", "\n".join(PARAGRAPHS[:2]))
    assert "paywall" in said.problems
    stated = read(article(prose(PARAGRAPHS[:1]), linked(isAccessibleForFree="False")))
    assert stated.text_basis == "partial"


def test_a_paid_article_served_whole_is_whole() -> None:
    assert read(article(prose(PARAGRAPHS * 3), linked(isAccessibleForFree=False))).text_basis == "page"


CONSENT = [
    "We value your privacy.",
    "We and our 210 partners store and access information on your device, such as cookies, and process personal data.",
    "You may accept all, reject all, or manage your choices. Choose an option to continue to The Paper.",
]


@pytest.mark.parametrize("title", ["Chips held back", "Before you continue"])
def test_consent_wall(title: str) -> None:
    assert reason(html(f"<h1>{title}</h1>{prose(CONSENT)}", f"<title>{title}</title>")) == "consent_wall"


def test_a_banner_over_an_article_is_no_wall() -> None:
    page = read(html(f"<div class='cookie-banner'>{prose(CONSENT)}</div><article>{prose()}</article>"))
    assert page.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Page not found | The Paper", "Please try our search, or go back to the front page to see what is new today."),
        ("The Paper", "Sorry, we can't find that page. The story may have moved, or the address may be wrong."),
        ("404 - Error", "The address that you followed leads nowhere at all, so please choose one of the sections."),
    ],
)  # fmt: skip
def test_soft_404(title: str, text: str) -> None:
    assert reason(html(f"<main><h1>{title}</h1><p>{text}</p></main>", f"<title>{title}</title>")) == "soft_404"


def test_an_article_about_missing_things_is_an_article() -> None:
    report = ["Investigators could not find the story that the ministry had denied.", *PARAGRAPHS]
    assert "Investigators" in read(article(prose(report))).text


def test_home_page() -> None:
    teasers = "".join(f"<h2><a href='/{n}'>Headline number {n} of the day</a></h2><p>Short.</p>" for n in range(12))
    front = html(teasers, "<meta property='og:type' content='website'><title>The Paper</title>")
    assert reason(front, url="https://paper.example/") == "home_page"
    assert reason(front, url="https://paper.example/world") == "home_page"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "not_html"),
        (b"%PDF-1.7 ...", "text/html", "not_html"),
        (b'{"error": "no"}', "application/json", "not_html"),
        (b"", "text/html", "not_html"),
        (html("<div id='root'></div>"), "text/html", "not_an_article"),
        (html("<p>Watch.</p>", "<title>Video</title>"), "text/html", "not_an_article"),
    ],
)
def test_pages_without_an_article(body: bytes, content_type: str, expected: str) -> None:
    assert reason(body, content_type=content_type) == expected


def test_no_parser_opens_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    remote = (
        b'<!DOCTYPE html SYSTEM "http://paper.example/x.dtd"><link rel="stylesheet" href="http://paper.example/s.css">'
    )
    assert read(remote + article()).text == "\n".join(PARAGRAPHS)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"<p>", b"<html><body><article>" + prose().encode()]))
def test_wild_bytes_give_a_page_or_a_reason(wild: bytes, prefix: bytes) -> None:
    try:
        page = read_page(prefix + wild, URL, "", NOW)
    except Permanent as error:
        assert error.reason in {"not_html", "not_an_article", "soft_404", "consent_wall", "home_page", "unreadable"}
    else:
        assert "\x00" not in page.text
        page.text.encode("utf-8")


KEYS = ["@type", "@id", "@graph", "author", "name", "headline", "datePublished", "articleBody", "publisher", "isPartOf"]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="<"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(ANY_JSON)
def test_json_ld_of_any_shape_does_no_harm(value: Any) -> None:
    nodes = [{"@type": "NewsArticle", "author": value, "x": value}, value]
    head = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    assert PARAGRAPHS[0] in read(article(head=head)).text


# --- near-duplicates


def test_copies_lead_to_the_earliest_and_independent_reports_stay() -> None:
    whole = "\n".join(PARAGRAPHS)
    texts = [
        ("wire", whole),
        ("paper", whole.replace("Friday", "Nov. 7").replace("declined", "refused")),
        ("half", "\n".join(PARAGRAPHS[:3])),
        ("framed", f"LARKHAVEN (Wire) - {whole} The Larkhaven Courier contributed a sentence to this report."),
        ("other", "Two chip makers need licences to sell to China, the Commerce Department said in letters on Friday."),
        ("short", "Two words"),
        ("empty", ""),
    ]
    assert near_duplicates(texts) == {"paper": "wire", "half": "wire", "framed": "wire"}


def test_a_chain_of_edits_leads_to_its_beginning() -> None:
    words = [f"w{n}" for n in range(100)]
    texts = [(str(n), " ".join(words[n * 25 : n * 25 + 60])) for n in range(3)]
    assert near_duplicates(texts) == {"1": "0", "2": "0"}


def test_a_date_behind_the_names_is_no_name() -> None:
    assert split_byline("By Jade River staff 3 November 2025") == ("Jade River staff",)
    assert split_byline("Kim May Nov. 3, 2025 10:00") == ("Kim May",)
