"""``rivalry entities``: names that no knowledge file has, with the nearest known ones and the row that would teach them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process, utils
from rich.markup import escape

from extractors.language.knowledge import FILES, load_knowledge
from flows.console import err, out
from warehouse.query import ask

SHOWN_NEAR = 3
SHOWN_FORMS = 6
LIKE = 84.0  # of 100: below, two names share no more than a common word
# The keys of each file after those common to all, as data/README.md describes them; what is unknown is null or empty.
KEYS: dict[str, dict[str, Any]] = {
    "ORG": {"country": None, "kind": None, "parent": None, "sector": None, "acts_for": None, "tickers": [], "chinese": [], "former": []},
    "ALLIANCE": {"kind": None, "members": [], "founded": None, "dissolved": None, "lead": [], "about": None},
    "POLICY": {"issuer": None, "jurisdiction": None, "family": None, "form": None, "official_number": None, "proposed": None,
               "adopted": None, "in_force": None, "ended": None, "about": None},
    "PERSON": {"country": None, "roles": [], "acts_for": None},
    "GPE": {"kind": None, "country": None, "state": None},
    "PRODUCT": {"maker": None, "kind": None, "released": None},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known name like an unknown one: the entity, the surface that is alike, its label, and how alike (0 to 100)."""

    entity: str
    surface: str
    label: str
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """A name that no file has: how often it stands in texts, one place where it does, what is like it, and its row."""

    name: str
    label: str
    n_articles: int
    n_mentions: int
    forms: tuple[str, ...]
    example: str
    example_url: str
    near: tuple[Near, ...]
    file: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The names asked for; how many more there are; how many the files have gained since their texts were read."""

    names: tuple[Unlinked, ...]
    more: int
    known_by_now: int


def unlinked(snapshot: Path, *, label: str | None = None, at_least: int = 1, limit: int = 10) -> Found:
    """The most frequent names of a snapshot that no knowledge file has, in at least ``at_least`` articles.

    Raises ``UserError`` where there is no snapshot, or one of before there was the view ``unlinked_names``.
    """
    wanted = f"n_articles >= {int(at_least)}" + (f" and label = '{label}'" if label else "")
    query = (
        f"select name, label, n_articles, n_mentions, forms, example, example_url from unlinked_names where {wanted}"
    )
    with ask(snapshot, query) as answer:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    fresh = [row for row in rows if not _has(row["name"], row["label"])]
    return Found(
        names=tuple(_unlinked(row) for row in fresh[:limit]),
        more=max(len(fresh) - limit, 0),
        known_by_now=len(rows) - len(fresh),
    )


def _unlinked(row: dict[str, Any]) -> Unlinked:
    (stem,) = (stem for stem, (label, _) in FILES.items() if label == row["label"])
    forms = tuple(row.pop("forms"))
    name, label = row["name"], row["label"]
    near, taught = nearest(name, label), row_of(name, label, forms)
    return Unlinked(**row, forms=forms, near=near, file=f"{stem}.jsonl", row=taught)


def _has(name: str, label: str) -> bool:
    return any(known.label == label for known, _ in load_knowledge().surfaces.get(name, ()))


def nearest(name: str, label: str) -> tuple[Near, ...]:
    """The known names most like ``name``, best first.

    Likeness is that of the sorted words (rapidfuzz ``token_sort_ratio``, Indel distance), so that "Bureau of Orsa" is near
    "Orsa Bureau"; the label may differ, as a name may be known for something else. After them come names of ``label`` of which all
    words stand in the other ("Moss", "Ida Moss").
    """
    spelt = process.extract(
        name, _surfaces(), scorer=fuzz.token_sort_ratio, processor=utils.default_process, score_cutoff=LIKE, limit=20
    )
    within = process.extract(
        name, _surfaces(label), scorer=fuzz.token_set_ratio, processor=utils.default_process, score_cutoff=100, limit=20
    )
    found: dict[str, Near] = {}
    for surface, _, _ in [*spelt, *within]:
        likeness = fuzz.token_sort_ratio(name, surface, processor=utils.default_process)
        for known, _ in load_knowledge().surfaces[surface]:
            near = Near(entity=known.name, surface=surface, label=known.label, likeness=round(likeness, 1))
            found.setdefault(known.id, near)
    return tuple(found.values())[:SHOWN_NEAR]


@cache
def _surfaces(label: str | None = None) -> tuple[str, ...]:
    """The surfaces of the knowledge files: all, or those that a row of ``label`` bears."""
    surfaces = load_knowledge().surfaces.items()
    return tuple(s for s, rows in surfaces if label is None or any(known.label == label for known, _ in rows))


def row_of(name: str, label: str, forms: Iterable[str] = ()) -> dict[str, Any]:
    """The row that would teach the name, with what texts tell; the rest is null or empty for a curator to fill in.

    Forms of several words become aliases. Shorter ones are left out: most need a guard, and surnames are never aliases.
    """
    _, prefix = next(value for value in FILES.values() if value[0] == label)
    aliases = [form for form in dict.fromkeys(forms) if form != name and len(form.split()) > 1]
    return {"id": _free_id(prefix, name), "name": name, "aliases": aliases, "guards": []} | KEYS[label]


def _free_id(prefix: str, name: str) -> str:
    """An id that no row has: the words of the name in ASCII. A name in characters has none, and its id waits for a curator."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = f"{prefix}:{'-'.join(re.findall(r'[a-z0-9]+', plain))}"
    number, found = 2, base
    while found in load_knowledge().by_id:
        number, found = number + 1, f"{base}-{number}"
    return found


def show(found: Found, *, as_json: bool = False) -> None:
    """Print the names: a paragraph each, or JSON Lines."""
    for one in found.names:
        if as_json:
            out.file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        else:
            _paragraph(one)
    if not found.names:
        err.print("no such name: the files have every name that was asked about")
    if found.more:
        err.print(f"and {found.more:,} more; --limit shows them, --label and --at-least choose")
    if found.known_by_now:
        err.print(
            f"left out: {found.known_by_now:,} names that the files have by now; `rivalry reextract` links what was read before"
        )


def _paragraph(one: Unlinked) -> None:
    counts = f"{_counted(one.n_articles, 'article')}, {_counted(one.n_mentions, 'mention')}"
    out.print(f"[bold]{escape(one.name)}[/bold]  {one.label}, {counts}")
    others = [form for form in one.forms if form != one.name]
    more = f" and {len(others) - SHOWN_FORMS} more" if len(others) > SHOWN_FORMS else ""
    lines = {
        "also": ", ".join(others[:SHOWN_FORMS]) + more,
        "as in": one.example,
        "near": ", ".join(_near(near) for near in one.near) or "nothing known",
    }
    for word, line in lines.items():
        if line:
            out.print(f"  {word:5}  {line}", markup=False)
    out.print(f"  in     {one.example_url}", markup=False, soft_wrap=True)
    out.print(f"  add to {one.file}:", markup=False)
    out.print(f"{json.dumps(one.row, ensure_ascii=False)}\n", markup=False, soft_wrap=True)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _near(near: Near) -> str:
    via = "" if near.surface == near.entity else f" by {near.surface}"
    return f"{near.entity}{via} ({near.label}, {near.likeness:.0f})"
