"""How well pages are read: scores against a folder of recorded pages.

    python tests/eval/score_pages.py FOLDER [--show]

FOLDER holds ``gold.jsonl`` (one object a page: page, url, title, authors, published, text) and the pages named there,
gzip-packed HTML. Recorded pages belong to their publishers, so none is part of the project. As a test
(``RIVALRY_PAGES=FOLDER pytest tests/eval/score_pages.py``) it holds the floors below, and is skipped without a folder.
"""

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.errors import StageError
from extractors.pages.read import read_page

FLOORS = {"body F1": 0.97, "title": 0.90, "day": 1.0, "minute": 0.97, "authors F1": 0.90}
_WORD = re.compile(r"\w+")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


@dataclass
class Scores:
    """Sums over pages; ``misses`` says what was wrong where."""

    pages: int = 0
    seconds: float = 0.0
    sums: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, page: str, detail: str) -> None:
        self.sums[name] += value
        if value < 0.97:
            self.misses.append(f"{name:12} {value:.2f} {page} {detail}")

    def mean(self, name: str) -> float:
        return self.sums[name] / max(1, self.pages)


def f1(found: Counter[str], gold: Counter[str]) -> float:
    """F1 of two bags."""
    if not found and not gold:
        return 1.0
    common = sum((found & gold).values())
    return 2 * common / (sum(found.values()) + sum(gold.values()))


def aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def score(folder: Path) -> Scores:
    """Read every page of ``folder`` and score it."""
    scores = Scores()
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        body = gzip.decompress((folder / gold["page"]).read_bytes())
        name = gold["page"].removesuffix(".html.gz")
        scores.pages += 1
        began = time.process_time()
        try:
            page = read_page(body, gold["url"])
        except StageError as error:
            scores.misses.append(f"unread {name} {error}")
            continue
        finally:
            scores.seconds += time.process_time() - began
        bags = [Counter(_WORD.findall(text.lower())) for text in (page.text, gold["text"])]
        detail = f"extra {sum((bags[0] - bags[1]).values())} missing {sum((bags[1] - bags[0]).values())}"
        scores.add("body F1", f1(*bags), name, detail)
        titles = [" ".join((t or "").split()) for t in (page.title, gold["title"])]
        scores.add("title", titles[0] == titles[1], name, f"{titles[0]!r} not {titles[1]!r}")
        alike = titles[0].translate(_QUOTES) == titles[1].translate(_QUOTES)
        scores.add("title, quotes aside", alike, name, "")
        found, right = page.published, aware(gold["published"])
        stamps = f"{found} ({page.published_basis}, {page.problems}) not {right}"
        # A day is the publisher's own day: that of the gold's zone.
        scores.add("day", bool(found) and found.astimezone(right.tzinfo).date() == right.date(), name, stamps)
        scores.add("minute", bool(found) and abs((found - right).total_seconds()) < 60, name, stamps)
        people = [Counter(a.casefold() for a in authors) for authors in (page.authors, gold["authors"])]
        scores.add("authors F1", f1(*people), name, f"{page.authors} not {gold['authors']}")
        scores.add("authors exact", set(people[0]) == set(people[1]), name, "")
    return scores


def test_reading_keeps_its_floors() -> None:
    folder = os.environ.get("RIVALRY_PAGES")
    if not folder or not Path(folder, "gold.jsonl").is_file():
        pytest.skip("no folder of recorded pages (RIVALRY_PAGES)")
    scores = score(Path(folder))
    assert {name: scores.mean(name) for name, floor in FLOORS.items() if scores.mean(name) < floor} == {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="show every page that was read wrong")
    arguments = parser.parse_args()
    if not (arguments.folder / "gold.jsonl").is_file():
        print(f"{arguments.folder}: no gold.jsonl in it: name a folder of recorded pages", file=sys.stderr)
        return 2
    score(arguments.folder)  # once unmeasured: a run loads its models once, not once a page
    scores = score(arguments.folder)
    if arguments.show:
        print("\n".join(sorted(scores.misses)))
    for name in sorted(scores.sums):
        print(f"{name:20} {scores.mean(name):.3f}")
    print(f"{'pages a CPU-second':20} {scores.pages / scores.seconds:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
