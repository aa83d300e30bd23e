"""``rivalry dictionary``: what can be asked of a snapshot, and what each part of it is."""

from __future__ import annotations

from flows.console import out, table
from warehouse.dictionary import KINDS, Entry


def list_all(entries: list[Entry]) -> None:
    """Print every macro, view and table with its first sentence."""
    for kind, title in KINDS.items():
        rows = [(entry.name, entry.about.partition(". ")[0].rstrip(".")) for entry in entries if entry.kind == kind]
        table(title, ["name", "what it is"], rows, whole=("name",))


def describe(entry: Entry) -> None:
    """Print what one of them is, with its parameters and columns."""
    out.print(f"{entry.call}  ({entry.kind})", style="bold", markup=False)
    out.print(entry.about, markup=False)
    out.print()
    if entry.parameters:
        rows = [(p.name, p.about) for p in entry.parameters]
        table("parameters", ["parameter", "what it is"], rows, whole=("parameter",))
    if entry.columns:
        rows = [(c.name, c.type, c.about) for c in entry.columns]
        table("columns", ["column", "type", "what it is"], rows, whole=("column", "type"))
