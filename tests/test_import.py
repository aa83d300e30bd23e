"""Texts that somebody holds, imported: read as a night's own, nothing guessed, nothing twice."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.errors import UserError
from extractors.records import Reading
from flows import importing, publishing
from flows.cli import app
from flows.importing import About, import_files
from tests.warehouse_makers import ON_TOPIC, dump, entry, finished, night, rows, source
from warehouse import checks, connect

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
STORY = (
    "WASHINGTON — The Commerce Department on Monday added Huawei to the Entity List over Nvidia chips for artificial intelligence. "
    "China called the United States' export controls on AI chips economic coercion."
)
PAGE = (
    '<!doctype html><html lang="en"><head><title>US lists Huawei</title><link rel="canonical" href="{url}">'
    '<meta property="og:site_name" content="The Wire Desk"><meta property="article:published_time" content="2025-08-11T09:00:00Z"></head>'
    f"<body><article><h1>US lists Huawei</h1><p>{STORY}</p></article></body></html>"
)
URL = "https://wire.example/lists"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


@pytest.fixture(autouse=True)
def unpublished(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots, files and pages are not the point of these tests, and cost seconds each."""
    monkeypatch.setattr(publishing, "publish", lambda night: None)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def reasons(db: Path, *files: Path, about: About | None = None, now: datetime = NOW) -> list[str]:
    works, _ = import_files(files, about or About(), db, now)
    return [w.outcome.reason for w in works if w.outcome]


def test_a_text_is_an_article_with_what_was_said_of_it_and_nothing_else(db: Path, tmp_path: Path) -> None:
    about = About(url=URL, title="US lists Huawei", published="2025-08-11", publisher="The Wire Desk", licensed=True)
    assert reasons(db, written(tmp_path / "a.txt", STORY), about=about) == ["loaded"]
    assert rows(db, "select url, title, text_basis, published_utc, published_basis, publisher, source_id, problems from articles") == [
        (URL, "US lists Huawei", "imported_text", datetime(2025, 8, 11), "import", "The Wire Desk", "import", ["date_no_time", "date_no_zone"])  # noqa: DTZ001
    ]  # fmt: skip
    assert rows(db, "select kind, place, licensed, record_offset from article_origins") == [
        ("import", str(tmp_path / "a.txt"), True, None)
    ]
    assert ("SANCTION", "2025-08-11") in rows(db, "select type, date from event_mentions")
    with connect.writing(db) as con:
        assert checks.run_checks(con) == []


def test_what_is_left_out_stays_unknown(db: Path, tmp_path: Path) -> None:
    assert reasons(db, written(tmp_path / "a.txt", STORY)) == ["loaded"]
    ((url, title, published, publisher, problems),) = rows(
        db, "select url, title, published_utc, publisher, problems from articles"
    )
    assert (title, published, publisher, problems) == ("", None, None, ["date_missing", "title_missing"])
    assert url.startswith("import:")


@pytest.mark.parametrize("packed", [False, True])
def test_a_saved_page_speaks_for_itself(db: Path, tmp_path: Path, packed: bool) -> None:
    body = PAGE.format(url=URL).encode()
    file = tmp_path / "page.html"
    file.write_bytes(gzip.compress(body) if packed else body)
    assert reasons(db, file) == ["loaded"]
    assert rows(db, "select url, text_basis, published_utc, published_basis, publisher from articles") == [
        (URL, "imported_html", datetime(2025, 8, 11, 9), "meta", "The Wire Desk")  # noqa: DTZ001
    ]


def test_what_the_importer_says_stands_over_the_page(db: Path, tmp_path: Path) -> None:
    page = written(tmp_path / "page.html", PAGE.format(url=URL))
    about = About(
        url="https://desk.example/x", title="Another", published="2025-08-12T10:00:00+02:00", publisher="Desk"
    )
    reasons(db, page, about=about)
    assert rows(db, "select url, title, published_utc, publisher, problems from articles") == [
        ("https://desk.example/x", "Another", datetime(2025, 8, 12, 8), "Desk", [])  # noqa: DTZ001
    ]


def test_a_page_without_an_address_is_known_by_its_bytes(db: Path, tmp_path: Path) -> None:
    page = written(tmp_path / "page.html", PAGE.format(url="/relative"))
    assert reasons(db, page) == ["loaded"] and rows(db, "select url from articles")[0][0].startswith("import:")
    assert reasons(db, page) == ["known"]


def test_importing_twice_changes_nothing(db: Path, tmp_path: Path) -> None:
    files = [written(tmp_path / "a.txt", STORY), written(tmp_path / "p.html", PAGE.format(url=URL))]
    tables = ("articles", "article_revisions", "mentions", "event_mentions", "events", "article_origins")
    reasons(db, *files)
    with connect.writing(db) as con:
        before = dump(con, *tables)
    assert reasons(db, *files, now=datetime(2026, 11, 26, tzinfo=UTC)) == ["known", "known"]
    with connect.writing(db) as con:
        assert dump(con, *tables) == before


def test_json_lines_carry_their_own_words(db: Path, tmp_path: Path) -> None:
    lines = [
        {"text": STORY, "url": URL, "title": "One", "published": "2025-08-11T09:00:00Z", "authors": ["Robin Sample"]},
        {"text": "The harvest in the valley was the best of the decade, growers said.", "title": "Two"},
        {"text": "Die Ernte im Tal war so gut wie seit zehn Jahren nicht mehr, sagten die Bauern am Montag in der Stadt, und "
                 "sie hoffen auf ein ebenso gutes Jahr, wenn der Regen kommt."},
    ]  # fmt: skip
    file = written(tmp_path / "texts.jsonl", "\n".join(map(json.dumps, lines)))
    assert reasons(db, file, about=About(publisher="Desk")) == ["loaded", "off_topic", "language"]
    assert rows(db, "select title, authors, publisher from articles order by 1") == [
        ("One", ["Robin Sample"], "Desk"),
        ("Two", [], "Desk"),
    ]
    assert rows(db, "select record_offset from article_origins order by 1") == [(1,), (2,)]
    assert len(rows(db, "from outcomes where run_id = (select run_id from runs)")) == 3


def test_a_licensed_text_becomes_the_new_version_of_a_known_headline(db: Path, tmp_path: Path) -> None:
    headline = finished("lists", "wire", Reading(verdict=ON_TOPIC), text="US lists Huawei", text_basis="headline")
    night(db, headline, sources=(source("wire"),))
    assert reasons(db, written(tmp_path / "a.txt", STORY), about=About(url=entry("lists", "wire").url)) == ["revised"]
    assert rows(db, "select text_basis from articles") == [("imported_text",)]
    assert rows(db, "select count(*) from article_revisions") == [(2,)]


def test_a_text_can_belong_to_a_source_of_the_file(db: Path, tmp_path: Path) -> None:
    sources = written(
        tmp_path / "s.toml", '[source.wire]\nname = "Wire"\nprotocol = "feed"\nurl = "https://wire.example/f"\n'
    )
    chosen = importing.source_of("wire", sources)
    works, _ = import_files([written(tmp_path / "a.txt", STORY)], About(), db, NOW, source=chosen)
    assert works[0].outcome and works[0].outcome.source_id == "wire"
    assert rows(db, "select protocol from sources") == [("feed",)]
    with pytest.raises(UserError, match="did you mean 'wire'"):
        importing.source_of("wires", sources)


def test_the_bytes_are_kept(db: Path, tmp_path: Path) -> None:
    reasons(db, written(tmp_path / "a.txt", STORY))
    ((digest,),) = rows(db, "select raw_hash from articles")
    assert list((tmp_path / "w-raw").rglob(f"{digest}.zst"))


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("none.txt", None, [], "there is no file"),
        ("empty.txt", b" \n", [], "is empty"),
        ("latin.txt", b"caf\xe9 and a text", [], "neither HTML nor UTF-8"),
        ("cut.html.gz", gzip.compress(b"<html>" * 99)[:20], [], "can't be read"),
        ("rows.jsonl", b'{"title": "x"}', [], 'no "text"'),
        ("rows.jsonl", b'{"text": "x", "title": 3}', [], '"title" must be a text'),
        ("rows.jsonl", b'{"text": "x", "published": "soon"}', [], "date of publication"),
        ("a.txt", b"text", ["--published", "2099-01-01"], "date of publication"),
        ("a.txt", b"text", ["--url", "ftp://a.example/x"], "must begin with http"),
        ("rows.jsonl", b'{"text": "x"}\n{"text": "y"}', ["--title", "T"], "one by one"),
        ("a.txt", b"text", ["--source", "nobody"], "there is no source"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line_before_anything_is_stored(
    tmp_path: Path, db: Path, name: str, content: bytes | None, options: list[str], said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(app, ["import", str(tmp_path / name), *options, "--db", str(db)])
    assert result.exit_code == 2 and said in result.stderr.replace("\n", " "), result.stderr
    assert not db.exists()


def test_a_page_that_holds_no_article_is_told(db: Path, tmp_path: Path) -> None:
    page = written(tmp_path / "p.html", "<html><body><h1>Page not found</h1><p>Sorry.</p></body></html>")
    result = CliRunner().invoke(app, ["import", str(page), "--db", str(db)])
    assert result.exit_code == 1 and "nothing was imported" in result.stderr
    assert rows(db, "select count(*) from outcomes") == [(1,)]
