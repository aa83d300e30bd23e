"""The corpus: its markup is read strictly, its marks survive augmentation, and it is all valid."""

import random

import pytest

from extractors.language.training.augment import capital_headline, names_of, renamed
from extractors.language.training.corpus import (
    CorpusError,
    GoldArticle,
    parse_article,
    parse_markup,
    read_corpus,
    split_of,
)
from extractors.language.training.scoring import Hits, interval, of_matching
from extractors.language.training.validate import unmarked_again

ARTICLE = """+++
id = "wire-0001"
kind = "wire"
published = 2025-08-12
on_topic = true
families = ["export_control"]
+++
[Orsa Micro](ORG) wins a licence for [China](GPE)

The [Commerce Department](ORG:United States Department of Commerce) on Friday granted [Orsa](ORG:Orsa Micro) a licence \\[sic\\].

+++
[[events]]
type = "EXPORT_CONTROL"
direction = "ease"
actors = ["United States Department of Commerce", "United States"]
targets = ["Orsa Micro"]
date = "2025-08-08"
precision = "day"
status = "done"
trigger = "granted"
evidence = "on Friday granted"
"""


@pytest.fixture(scope="module")
def corpus() -> list[GoldArticle]:
    return list(read_corpus())


def test_an_article_is_read_with_its_offsets() -> None:
    article = parse_article(ARTICLE)
    assert [article.text[m.start : m.end] for m in article.mentions] == [
        "Orsa Micro",
        "China",
        "Commerce Department",
        "Orsa",
    ]
    assert article.mentions[2].canonical == "United States Department of Commerce"
    assert article.text.endswith("a licence [sic].\n")
    (event,) = article.events
    assert article.text[event.start : event.end] == "granted"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("(GPE)", "(PLACE)", "unknown label"),
        ('direction = "ease"', 'direction = "form"', "direction"),
        ('evidence = "on Friday', 'evidence = "on Monday', "evidence occurs 0 times"),
        ('precision = "day"', 'precision = "unknown"', "precision"),
        ('families = ["export_control"]', 'families = ["exports"]', "unknown families"),
        ("\\\\[sic", "[sic", "stray bracket"),
    ],
)
def test_what_is_wrong_is_refused(old: str, new: str, fault: str) -> None:
    source = ARTICLE.replace(old.replace("\\\\", "\\"), new)
    assert source != ARTICLE
    with pytest.raises(CorpusError, match=fault):
        parse_article(source)


def test_a_name_marked_once_and_bare_elsewhere_is_found() -> None:
    article = parse_article(ARTICLE.replace("[Orsa](ORG:Orsa Micro)", "Orsa Micro"))
    assert "Orsa Micro" in unmarked_again(article)[0]


def test_the_corpus_is_large_and_clean(corpus: list[GoldArticle]) -> None:
    assert len(corpus) >= 400
    assert [line for a in corpus for line in unmarked_again(a)] == []
    parts = [a.split for a in corpus]
    assert min(parts.count("test"), 3 * parts.count("dev")) >= 0.15 * len(corpus)
    labels = {m.label for a in corpus for m in a.mentions}
    assert labels == {"ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT"}
    assert sum(bool(a.events) for a in corpus) >= 250


def test_the_split_of_an_id_never_moves() -> None:
    assert [split_of(i) for i in ("wire-0001", "wire-0002", "news-1001", "trade-0005")] == [
        "train",
        "test",
        "train",
        "test",
    ]


def test_renaming_keeps_marks_and_triggers(corpus: list[GoldArticle]) -> None:
    train = [a for a in corpus if a.split == "train"]
    pools = {label: names_of(train, label) for label in ("ORG", "PERSON", "PRODUCT")}
    rng = random.Random(0)
    changed = 0
    for article in train:
        other = renamed(article, rng, pools)
        changed += other.text != article.text
        assert len(other.mentions) == len(article.mentions)
        for mention in other.mentions:
            surface = other.text[mention.start : mention.end]
            assert surface == surface.strip() != ""
        for event in other.events:
            assert other.text[event.start : event.end] == event.trigger
    assert changed > len(train) / 2


def test_a_capital_headline_keeps_every_offset() -> None:
    text = "Straße to “Chip 4”\n\nbody"
    assert len(capital_headline(text)) == len(text)
    assert capital_headline(text).startswith("STRAßE TO “CHIP 4”")


def test_marks_at_the_edges() -> None:
    text, mentions = parse_markup("[A](ORG) and [B](GPE:Bee)")
    assert (text, [(m.start, m.end) for m in mentions]) == ("A and B", [(0, 1), (6, 7)])


def test_scores_add_up() -> None:
    hits = of_matching([1, 2, 3], [3, 4, 1], lambda a, b: a == b)
    assert hits == Hits(2, 1, 1)
    assert hits.f1 == pytest.approx(2 / 3)
    low, high = interval([hits, Hits(1, 0, 0), Hits(0, 1, 1)])
    assert low <= (hits + Hits(1, 1, 1)).f1 <= high
