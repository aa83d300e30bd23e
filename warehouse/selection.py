"""A part of a snapshot: the events that meet some conditions, and all that hangs on them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date

import duckdb

from extractors.errors import UserError
from warehouse.names import nearest
from warehouse.rows import one
from warehouse.views import in_order, read_views

# Tables of which only the rows of chosen events, or of the articles that report them, are kept.
BY_EVENT = ("events", "event_mentions", "event_reports")
BY_ARTICLE = ("articles", "mentions")
# Views that are computed anew over what is chosen. How well it was watched, and official acts with how all coverage
# reported them, stay as they are.
RECOMPUTED = frozenset(
    "event_parties event_evidence dyad_acts alliance_memberships policy_life_cycles events_by_day events_by_week "
    "tension_by_week".split()
)
# Rows of a series outside the days that were chosen would say that nothing happened on them.
SERIES_DAYS = {"coverage_by_day": "day", "coverage_by_week": "week_start"}

CHOSEN = """
create temp table chosen_events as
select event_id from events
where (len($types) = 0 or list_contains($types, type))
    and ($first is null or date_to >= $first) and ($last is null or date_from <= $last)
    and (len($actors) = 0 or list_has_any(actors, $actors))
    and ($confidence is null or confidence >= $confidence)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Conditions on events, all of which must be met; an empty one chooses everything.

    ``types``: any of these event types. ``first``, ``last``: dates that can lie from the one UTC day to the other,
    which leaves out undated events. ``actors``: any of these acts, by name or alias. ``min_confidence``: 0 to 1.
    """

    types: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    actors: tuple[str, ...] = ()
    min_confidence: float | None = None

    def __bool__(self) -> bool:
        """Whether any condition is set."""
        return self != Selection()

    def __str__(self) -> str:
        """The conditions in words.

        >>> str(Selection(types=("TARIFF", "SANCTION"), min_confidence=0.5))
        'type TARIFF or SANCTION; confidence at least 0.5'
        """
        told = [
            self.types and f"type {' or '.join(self.types)}",
            self.first and f"dated {self.first} or later",
            self.last and f"dated {self.last} or earlier",
            self.actors and f"with {' or '.join(self.actors)} acting",
            self.min_confidence is not None and f"confidence at least {self.min_confidence:g}",
        ]
        return "; ".join(words for words in told if words)


def narrow(con: duckdb.DuckDBPyConnection, selection: Selection) -> int:
    """Lets ``con`` see only what ``selection`` chooses, under the names that it had; returns the number of events.

    Temporary views hide the tables and views of the snapshot, which is left as it is. Raises ``UserError`` for an
    unknown type or actor, with the nearest names, for days in the wrong order, and where no event is chosen.
    """
    if selection.first and selection.last and selection.first > selection.last:
        raise UserError(f"--from {selection.first} is after --to {selection.last}; exchange them")
    chosen = {"types": _types(con, selection.types), "actors": _actors(con, selection.actors)}
    chosen |= {"first": selection.first, "last": selection.last, "confidence": selection.min_confidence}
    con.execute(CHOSEN, chosen)
    (number,) = one(con, "select count(*) from chosen_events")
    if not number:
        raise UserError(f"no event is chosen ({selection}), so nothing was written; {_known(con)}")
    _hide(con, selection)
    return number


def _hide(con: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    (catalog,) = one(con, "select current_database()")
    kept = "semi join chosen_events using (event_id)"
    hidden = {name: f'from "{catalog}".main.{name} {kept}' for name in BY_EVENT}
    hidden |= {name: f'from "{catalog}".main.{name} semi join event_mentions using (article_id)' for name in BY_ARTICLE}
    for name, day in SERIES_DAYS.items():
        first = f"date_trunc('{'week' if day == 'week_start' else 'day'}', date '{selection.first or '0001-01-01'}')"
        last = f"date '{selection.last or '9999-12-31'}'"
        hidden[name] = f'from "{catalog}".main.{name} where {day} between {first} and {last}'
    for name, sql in hidden.items():
        con.execute(f"create temp view {name} as {sql}")
    for view in in_order([view for view in read_views() if view.name in RECOMPUTED]):
        con.execute(f"create temp view {view.name} as {view.sql}")


def _types(con: duckdb.DuckDBPyConnection, given: tuple[str, ...]) -> list[str]:
    known = [row[0] for row in con.execute("select distinct type from tension_weights order by 1").fetchall()]
    found = [name.strip().upper().replace(" ", "_").replace("-", "_") for name in given]
    for name, written in zip(found, given, strict=True):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known
            raise UserError(f"there is no event type {written!r}; the nearest: {', '.join(near)}")
    return found


def _actors(con: duckdb.DuckDBPyConnection, given: tuple[str, ...]) -> list[str]:
    """The canonical names of those that bear one of the names given."""
    found: list[str] = []
    for name in given:
        sql = "select distinct entity from entity_names where name_key = lower(trim(?)) order by 1"
        bearers = [row[0] for row in con.execute(sql, [name]).fetchall()]
        if not bearers:
            near = nearest(con, "entity_name", name)
            offer = f"the nearest: {', '.join(near)}" if near else "none is like it"
            raise UserError(f"the snapshot knows no actor {name!r}; {offer}")
        found += bearers
    return found


def _known(con: duckdb.DuckDBPyConnection) -> str:
    number, first, last = one(con, "select count(*), min(date_from), max(date_to) from events")
    return (
        f"the snapshot has {number:,} events, dated {first} to {last}" if first else "the snapshot has no dated event"
    )
