"""What the pipeline knows: organisations, alliances, policies, products, people and places, from the files in ``data/``.

One row a line, strictly checked: an error names file and line. To teach the pipeline a name, add a row. The rules for
aliases that also mean other things (guards) are described in ``data/README.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.errors import UserError
from extractors.ids import make_id

DATA_DIR = Path(__file__).with_name("data")
FILES = {
    "organizations": ("ORG", "org"),
    "alliances": ("ALLIANCE", "all"),
    "policies": ("POLICY", "pol"),
    "products": ("PRODUCT", "prd"),
    "people": ("PERSON", "per"),
    "places": ("GPE", "gpe"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """When an ambiguous alias counts: one of ``needs`` in the document, none of ``vetoes`` in the sentence."""

    alias: str
    needs: re.Pattern[str] | None
    vetoes: re.Pattern[str] | None
    yes: tuple[str, ...]
    no: tuple[str, ...]

    def allows(self, document: str, sentence: str) -> bool:
        """Whether the alias counts in a sentence of a document."""
        return self.wanted_in(document) and not self.vetoed_in(sentence)

    def wanted_in(self, document: str) -> bool:
        """Whether the document has one of the words that the alias needs."""
        return self.needs is None or self.needs.search(document) is not None

    def vetoed_in(self, sentence: str) -> bool:
        """Whether the sentence has one of the words that speak against the alias."""
        return self.vetoes is not None and self.vetoes.search(sentence) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One canonical entity. ``state`` is the canonical name of the state that a public body acts for, or a firm's home."""

    id: str
    name: str
    label: str
    kind: str | None
    country: str | None
    state: str | None
    parent: str | None
    wikidata: str | None
    aliases: tuple[str, ...]
    guards: tuple[Guard, ...]
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All rows by id, and for every surface form the rows that it may mean, with the guard where there is one."""

    by_id: dict[str, Known]
    by_name: dict[str, Known]
    surfaces: dict[str, tuple[tuple[Known, Guard | None], ...]]

    def state_of(self, name: str) -> str | None:
        """The canonical state that the bearer of a canonical name acts for or is at home in; a state is its own."""
        known = self.by_name.get(name)
        return known.state if known else None


def _words(rows: list[str]) -> re.Pattern[str] | None:
    if not rows:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(r)}(?!\w)" for r in rows), re.I)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} can't be read ({error}); reinstall rivalry or restore the file") from error
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError(f"{path.name}:{number}: not a JSON object ({error.msg}); mend the line") from error
        yield number, row


def _known(row: dict[str, Any], label: str, prefix: str, states: dict[str, str]) -> Known:
    if not re.fullmatch(rf"{prefix}:[a-z0-9]+(?:-[a-z0-9]+)*", row["id"]):
        raise ValueError(f"id {row['id']!r} is not {prefix}:lower-case-words")
    aliases = tuple(dict.fromkeys([*row.get("aliases", []), *row.get("former", []), *row.get("chinese", [])]))
    for alias in (*aliases, row["name"]):
        if alias != alias.strip() or not alias:
            raise ValueError(f"alias {alias!r} is empty or has white space at its edge")
    guards = []
    for g in row.get("guards", []):
        if g["alias"] not in (*aliases, row["name"]):
            raise ValueError(f"guard for {g['alias']!r}, which is no alias of the row")
        guards.append(
            Guard(
                alias=g["alias"],
                needs=_words(g["needs"]),
                vetoes=_words(g["vetoes"]),
                yes=tuple(g["yes"]),
                no=tuple(g["no"]),
            )
        )
    country = row.get("country")
    return Known(
        id=row["id"],
        name=row["name"],
        label=label,
        kind=row.get("kind"),
        country=country,
        state=row["name"]
        if row.get("kind") == "state"
        else row.get("acts_for") or row.get("state") or states.get(country or ""),
        parent=row.get("parent"),
        wikidata=row.get("wikidata"),
        aliases=aliases,
        guards=tuple(guards),
        row=row,
    )


@cache
def load_knowledge(folder: Path = DATA_DIR) -> Knowledge:
    """All knowledge files of ``folder``. Raises ``UserError`` naming file and line."""
    by_id: dict[str, Known] = {}
    by_name: dict[str, Known] = {}
    surfaces: dict[str, list[tuple[Known, Guard | None]]] = {}
    states = {row["country"]: row["name"] for _, row in _rows(folder / "places.jsonl") if row.get("kind") == "state"}
    for stem, (label, prefix) in FILES.items():
        for number, row in _rows(folder / f"{stem}.jsonl"):
            try:
                known = _known(row, label, prefix, states)
                if known.id in by_id:
                    raise ValueError(f"id {known.id} stands twice")
            except (KeyError, TypeError, ValueError) as error:
                fault = f"missing key {error}" if isinstance(error, KeyError) else str(error)
                raise UserError(f"{stem}.jsonl:{number}: {fault}; mend the row") from error
            by_id[known.id] = known
            by_name.setdefault(known.name, known)
            guards = {g.alias: g for g in known.guards}
            for surface in dict.fromkeys((known.name, *known.aliases)):
                surfaces.setdefault(surface, []).append((known, guards.get(surface)))
    return Knowledge(by_id, by_name, {s: tuple(rows) for s, rows in surfaces.items()})


def unknown_id(label: str, name: str) -> str:
    """The stable id of an entity that no file knows: by label and case-folded name."""
    return f"new:{make_id('entity', label, ' '.join(name.casefold().split()))}"
