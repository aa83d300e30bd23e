"""Names that a user types: the aliases of the knowledge files, and the nearest names to one that is unknown."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from extractors.language.knowledge import load_knowledge
from warehouse.documented import comment
from warehouse.rows import insert

SHOWN = 5
LIKE = 0.75  # Jaro-Winkler similarity (0 to 1) below which a name is no suggestion

ALIASES = "create or replace table entity_aliases (entity_id varchar not null, alias varchar not null)"

ENTITIES = "select entity as name, name_key as key from entity_names"
SOURCES = """
    select source as name, lower(source) as key from source_states
    union select source, lower(source_id) from source_states"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has names: what it is called, and the query for its names with their keys (lower case)."""

    what: str
    sql: str


# The parameters of macros that take a name, by the parameter's own name.
KINDS = {
    "entity_name": Kind("entity", ENTITIES),
    "alliance_name": Kind("alliance", f"{ENTITIES} where label = 'ALLIANCE'"),
    "country": Kind("country", f"{ENTITIES} where label = 'GPE'"),
    "other_country": Kind("country", f"{ENTITIES} where label = 'GPE'"),
    "source_name": Kind("source", SOURCES),
}


def write_aliases(con: duckdb.DuckDBPyConnection) -> None:
    """Stores the aliases of the knowledge files beside the entities that bear them."""
    con.execute(ALIASES)
    known = load_knowledge().by_id.values()
    insert(con, "entity_aliases", [{"entity_id": k.id, "alias": alias} for k in known for alias in k.aliases])
    comment(con, "table", "entity_aliases", "The other names of known entities, by the knowledge files.")
    comment(con, "column", "entity_aliases.entity_id", "the entity")
    comment(con, "column", "entity_aliases.alias", "another name of it, as it stands in texts")


def is_known(con: duckdb.DuckDBPyConnection, parameter: str, name: str) -> bool:
    """Whether a snapshot knows ``name``, in any case, for a ``parameter`` of ``KINDS``."""
    sql = f"select count(*) from ({KINDS[parameter].sql}) where key = lower(trim(?))"
    return bool(con.execute(sql, [name]).fetchall()[0][0])


def nearest(con: duckdb.DuckDBPyConnection, parameter: str, name: str) -> list[str]:
    """The canonical names for a ``parameter`` of ``KINDS`` most like ``name``, best first; none where none is like it.

    Likeness is Jaro-Winkler similarity (Winkler 1990) to the name or an alias.
    """
    sql = f"""
        select name from (select name, max(jaro_winkler_similarity(key, lower(trim(?)))) as likeness
            from ({KINDS[parameter].sql}) group by 1)
        where likeness >= ? order by likeness desc, name limit ?"""
    return [row[0] for row in con.execute(sql, [name, LIKE, SHOWN]).fetchall()]
