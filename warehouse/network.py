"""The actor network as GraphML, which Gephi, igraph, networkx and Cytoscape read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from lxml import etree

from warehouse.cells import cell, xml_text
from warehouse.documented import read_documented

EXPORTS = Path(__file__).with_name("exports")
NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
CHUNK = 1000
TYPES = {"BOOLEAN": "boolean", "BIGINT": "long", "INTEGER": "int", "DOUBLE": "double"}  # anything else is a string


def write_graphml(con: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Writes the nodes and edges of ``exports/network_*.sql`` as ``path``, and returns it.

    A pair has an edge for each kind of act and status. All edges are written as directed, since networkx and others
    refuse a mixed graph; the ends of one with basis ``together`` are in alphabetical order, which means nothing. An
    unknown has no ``data`` element. Characters that XML can't hold are written U+FFFD.
    """
    nodes, edges = (read_documented(EXPORTS / f"network_{part}.sql").sql for part in ("nodes", "edges"))
    with etree.xmlfile(str(path), encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("graphml", nsmap={None: NAMESPACE}):
            _write_keys(con, file, "node", nodes)
            _write_keys(con, file, "edge", edges)
            with file.element("graph", id="actors", edgedefault="directed"):
                for row in _rows(con, nodes):
                    _write(file, "node", {"id": xml_text(row.pop("node"))}, row)
                for row in _rows(con, edges):
                    ends = {"source": xml_text(row.pop("from_node")), "target": xml_text(row.pop("to_node"))}
                    _write(file, "edge", ends, row)
    return path


def _write_keys(con: duckdb.DuckDBPyConnection, file: Any, element: str, sql: str) -> None:
    for name, kind, *_ in con.execute(f"describe {sql}").fetchall():
        if not name.endswith("node"):
            key = {"id": f"{element}-{name}", "for": element, "attr.name": name}
            file.write(etree.Element("key", key | {"attr.type": TYPES.get(kind, "string")}))


def _write(file: Any, element: str, attributes: dict[str, str], row: dict[str, Any]) -> None:
    made = etree.Element(element, attributes)
    for name, value in row.items():
        if value is not None:
            etree.SubElement(made, "data", key=f"{element}-{name}").text = xml_text(cell(value))
    made.tail = "\n"
    file.write(made)


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of a query, a chunk at a time; ``con`` must not be asked anything else before the last."""
    con.execute(sql)
    names = [column[0] for column in con.description]
    while chunk := con.fetchmany(CHUNK):
        for row in chunk:
            yield dict(zip(names, row, strict=True))
