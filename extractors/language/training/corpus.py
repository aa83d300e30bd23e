"""Read the annotated corpus: inline mentions and events in, checked records out.

The format is described in ``corpus/README.md``. Reading is strict: whatever is not exactly as described raises
``CorpusError`` with the file and what to mend, because a corpus with wrong labels is worse than a small one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

CORPUS_DIR = Path(__file__).with_name("corpus")

LABELS = frozenset({"ORG", "ALLIANCE", "POLICY", "PERSON", "GPE", "PRODUCT"})
KINDS = frozenset(
    "wire newspaper analysis official headline thinktank statemedia trade post lawfirm newsletter".split()
)
FAMILIES = frozenset(
    [
        "export_control",
        "sanction_list",
        "tariff",
        "investment_screening",
        "import_or_use_ban",
        "industrial_policy",
        "ai_governance",
        "antitrust_enforcement",
        "talent_and_research",
    ]
)
DIRECTIONS = {
    **dict.fromkeys(
        ["EXPORT_CONTROL", "SANCTION", "TARIFF", "INVESTMENT_SCREENING", "IMPORT_OR_USE_BAN"],
        frozenset({"tighten", "ease"}),
    ),
    "ALLIANCE": frozenset({"form", "join", "leave"}),
}
TYPES = frozenset(
    [
        "EXPORT_CONTROL",
        "SANCTION",
        "TARIFF",
        "INVESTMENT_SCREENING",
        "IMPORT_OR_USE_BAN",
        "ENFORCEMENT",
        "LAW_OR_PLAN",
        "ALLIANCE",
        "DIPLOMACY",
        "FUNDING",
        "PRODUCT",
        "SUPPLY",
        "STATEMENT",
    ]
)
STATUSES = frozenset({"done", "announced", "considered", "denied"})
DATED = frozenset({"day", "week", "month", "quarter", "year"})
EVENT_FIELDS = frozenset(
    [
        "type",
        "direction",
        "actors",
        "targets",
        "instrument",
        "objects",
        "amount",
        "currency",
        "date",
        "precision",
        "status",
        "attribution",
        "trigger",
        "evidence",
        "background",
        "also",
    ]
)

_MENTION = re.compile(r"(?<!\\)\[((?:\\.|[^\[\]\\])+)\]\(([A-Z]+)(?::([^()]+))?\)")
_ESCAPE = re.compile(r"\\([\[\]\\])")


class CorpusError(ValueError):
    """A corpus file is not as its format says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldMention:
    """A mention: code-point offsets into the plain text, label, canonical name."""

    start: int
    end: int
    label: str
    canonical: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldEvent:
    """An event by the ontology; ``start`` and ``end`` are the trigger's offsets in the plain text.

    ``again`` holds the offsets of the triggers by which other sentences tell of the same act (event coreference).
    """

    type: str
    direction: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    instrument: str | None
    objects: tuple[str, ...]
    amount: float | None
    currency: str | None
    date: str | None
    precision: str
    status: str
    attribution: str | None
    trigger: str
    start: int
    end: int
    background: bool
    again: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldArticle:
    """One annotated article; ``text`` is headline, blank line, prose."""

    id: str
    kind: str
    published: dt.date
    on_topic: bool
    families: tuple[str, ...]
    text: str
    mentions: tuple[GoldMention, ...]
    events: tuple[GoldEvent, ...] = field(default=())

    @property
    def split(self) -> str:
        return split_of(self.id)


def split_of(article_id: str) -> str:
    """``train``, ``dev`` or ``test``, from the SHA-256 of the id: stable when the corpus grows."""
    bucket = int(hashlib.sha256(article_id.encode()).hexdigest(), 16) % 10
    return {0: "test", 1: "test", 2: "dev"}.get(bucket, "train")


def read_corpus(folder: Path = CORPUS_DIR) -> Iterator[GoldArticle]:
    """Every article below ``folder``, in the order of the file names. Raises ``CorpusError``."""
    for path in sorted(folder.rglob("*.txt")):
        yield read_article(path)


def corpus_hash(folder: Path = CORPUS_DIR) -> str:
    """SHA-256 over names and contents of the corpus files: pins a score to its gold."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.txt")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_article(path: Path) -> GoldArticle:
    """One corpus file. Raises ``CorpusError`` that names the file and the fault."""
    try:
        return parse_article(path.read_text(encoding="utf-8"), expected_id=path.stem)
    except (CorpusError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: {error if not isinstance(error, KeyError) else f'missing key {error}'}") from error


def parse_article(source: str, *, expected_id: str | None = None) -> GoldArticle:
    """The record in a corpus file's text. Raises ``CorpusError``, ``KeyError``, ``tomllib.TOMLDecodeError``."""
    parts = re.split(r"^\+\+\+[ \t]*$\n?", source, flags=re.M)
    if len(parts) not in (3, 4) or parts[0].strip():
        raise CorpusError("expected +++ header +++ text [+++ events]")
    header = tomllib.loads(parts[1])
    text, mentions = parse_markup(parts[2].strip("\n") + "\n")
    rows = tomllib.loads(parts[3]).get("events", []) if len(parts) == 4 else []
    _check(expected_id is None or header["id"] == expected_id, f"id {header['id']!r} is not the file's name")
    _check(header["kind"] in KINDS, f"unknown kind {header['kind']!r}")
    _check(type(header["published"]) is dt.date, "published is not a date")
    _check(type(header["on_topic"]) is bool, "on_topic is not true or false")
    unknown = set(header["families"]) - FAMILIES
    _check(not unknown, f"unknown families {sorted(unknown)}")
    _check(header["on_topic"] or not header["families"], "an article off topic has no families")
    return GoldArticle(
        id=header["id"],
        kind=header["kind"],
        published=header["published"],
        on_topic=header["on_topic"],
        families=tuple(header["families"]),
        text=text,
        mentions=mentions,
        events=tuple(_event(row, text) for row in rows),
    )


def parse_markup(marked: str) -> tuple[str, tuple[GoldMention, ...]]:
    """Plain text and mentions of a text with ``[surface](LABEL:canonical)`` marks. Raises ``CorpusError``."""
    plain: list[str] = []
    mentions: list[GoldMention] = []
    length = position = 0

    def add(chunk: str) -> None:
        nonlocal length
        chunk = _ESCAPE.sub(r"\1", chunk)
        plain.append(chunk)
        length += len(chunk)

    for match in _MENTION.finditer(marked):
        add(_unmarked(marked[position : match.start()]))
        surface, label, canonical = match.groups()
        _check(label in LABELS, f"unknown label {label!r} in {match[0]!r}")
        _check(surface == surface.strip(), f"white space at the edge of {match[0]!r}")
        _check("\n" not in surface, f"line break in {match[0]!r}")
        start = length
        add(surface)
        name = _ESCAPE.sub(r"\1", canonical or surface).strip()
        mentions.append(GoldMention(start=start, end=length, label=label, canonical=name))
        position = match.end()
    add(_unmarked(marked[position:]))
    return "".join(plain), tuple(mentions)


def _unmarked(chunk: str) -> str:
    stray = re.search(r"(?<!\\)[\[\]]", chunk)
    if stray:
        raise CorpusError(f"stray bracket near {chunk[max(0, stray.start() - 30) : stray.end() + 30]!r}")
    return chunk


def _event(row: dict, text: str) -> GoldEvent:
    name = f"event {row.get('type')} {row.get('trigger')!r}"
    _check(not set(row) - EVENT_FIELDS, f"{name}: unknown fields {sorted(set(row) - EVENT_FIELDS)}")
    _check(row["type"] in TYPES, f"{name}: unknown type")
    direction = row.get("direction", "")
    allowed = DIRECTIONS.get(row["type"])
    _check(direction in allowed if allowed else not direction, f"{name}: direction {direction!r}")
    _check(row["status"] in STATUSES, f"{name}: status {row['status']!r}")
    date, precision = row.get("date") or None, row["precision"]
    _check(precision in DATED | {"inferred", "unknown"}, f"{name}: precision {precision!r}")
    _check((date is None) == (precision == "unknown"), f"{name}: date {date!r} with precision {precision!r}")
    if date:
        try:
            dt.date.fromisoformat(str(date))
        except ValueError as error:
            raise CorpusError(f"{name}: date {date!r} is not YYYY-MM-DD") from error
    start, end = _place(row, text, name)
    again = tuple(_place(other, text, f"{name}, also") for other in row.get("also", ()))
    places = sorted([(start, end), *again])
    _check(all(a[1] <= b[0] for a, b in pairwise(places)), f"{name}: also overlaps another trigger of this event")
    amount, currency = row.get("amount"), row.get("currency") or None
    _check((amount is None) == (currency is None), f"{name}: amount and currency go together")
    return GoldEvent(
        type=row["type"],
        direction=direction,
        actors=tuple(row.get("actors", ())),
        targets=tuple(row.get("targets", ())),
        instrument=row.get("instrument") or None,
        objects=tuple(row.get("objects", ())),
        amount=None if amount is None else float(amount),
        currency=currency,
        date=str(date) if date else None,
        precision=precision,
        status=row["status"],
        attribution=row.get("attribution") or None,
        trigger=row["trigger"],
        start=start,
        end=end,
        background=bool(row.get("background", False)),
        again=again,
    )


def _place(row: dict, text: str, name: str) -> tuple[int, int]:
    """The offsets of a row's trigger, by its evidence."""
    evidence, trigger = row["evidence"], row["trigger"]
    _check(text.count(evidence) == 1, f"{name}: evidence occurs {text.count(evidence)} times: {evidence!r}")
    _check(bool(trigger) and trigger in evidence, f"{name}: trigger is not in evidence {evidence!r}")
    start = text.index(evidence) + evidence.index(trigger)
    return start, start + len(trigger)


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise CorpusError(message)
