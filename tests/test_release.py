"""What goes with exported tables: types and keys that hold, sums, a citation, and a network that other programs read."""

import csv
import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from flows.settings import Paths
from tests.warehouse_makers import NOW, event, finished, night, reading
from warehouse import connect, snapshot
from warehouse.export import export
from warehouse.network import NAMESPACE

HOSTILE = "\x01\ufffeA & B <c> =1"
READ = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"),  # noqa: DTZ007 - the Z stands for it
}


@pytest.fixture(scope="module")
def release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the sample warehouse."""
    folder = tmp_path_factory.mktemp("release")
    export(Paths(sample).snapshot, folder)
    return folder


@pytest.fixture(scope="module")
def package(release: Path) -> dict[str, Any]:
    return json.loads((release / "datapackage.json").read_text(encoding="utf-8"))


def rows(release: Path, name: str) -> list[dict[str, str]]:
    with (release / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_every_cell_is_of_the_type_that_the_package_states(release: Path, package: dict) -> None:
    for resource in package["resources"]:
        found = rows(release, resource["name"])
        assert len(found) == resource["rows"], resource["name"]
        fields = resource["schema"]["fields"]
        if found:
            assert list(found[0]) == [field["name"] for field in fields]
        for field in fields:
            assert field["description"].strip("; "), f"{resource['name']}.{field['name']} has a description"
            for row in found:
                if row[field["name"]]:
                    READ[field["type"]](row[field["name"]])


def test_keys_are_unique_and_lead_to_rows(release: Path, package: dict) -> None:
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    keys = {
        name: [row[schema["primaryKey"]] for row in rows(release, name)]
        for name, schema in schemas.items()
        if "primaryKey" in schema
    }
    assert {"events", "event_reports", "articles", "mentions", "entities", "policies"} <= set(keys)
    for name, found in keys.items():
        assert len(found) == len(set(found)) and "" not in found, name
    led = 0
    for name, schema in schemas.items():
        for foreign in schema.get("foreignKeys", []):
            owner, column = foreign["reference"]["resource"], foreign["fields"]
            lost = {row[column] for row in rows(release, name)} - set(keys[owner]) - {""}
            assert not lost, f"{name}.{column}"
            led += 1
    assert led > 5


def test_the_sums_are_those_of_every_other_file(release: Path, package: dict) -> None:
    lines = [line.split("  ") for line in (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _, name in lines} == {p.name for p in release.iterdir()} - {"SHA256SUMS"}
    sums = {name: digest for digest, name in lines}
    assert all(hashlib.sha256((release / name).read_bytes()).hexdigest() == sums[name] for name in sums)
    assert {r["path"]: r["hash"] for r in package["resources"]}.items() <= {
        n: f"sha256:{s}" for n, s in sums.items()
    }.items()


def test_the_citation_names_the_snapshot_and_its_versions(release: Path, package: dict) -> None:
    citation = (release / "CITATION.cff").read_text(encoding="utf-8")
    assert citation.startswith("cff-version: 1.2.0\n") and citation.endswith("\n")
    assert f'version: "{package["version"]}"' in citation and "en_rivalry" in citation
    readme = (release / "README.md").read_text(encoding="utf-8")
    assert package["id"] in readme and "| `events.csv` |" in readme and "## Licences" in readme
    for name in ("actors", "quote", "n_independent"):
        assert f"| `{name}` |" in readme


def test_the_network_is_graphml_of_all_edges(release: Path) -> None:
    tree = etree.parse(release / "network.graphml")
    nodes, edges = (tree.findall(f".//{{{NAMESPACE}}}{part}") for part in ("node", "edge"))
    assert [n.get("id") for n in nodes] == [row["node"] for row in rows(release, "network_nodes")]
    listed = rows(release, "network_edges")
    assert [(e.get("source"), e.get("target")) for e in edges] == [(r["from_node"], r["to_node"]) for r in listed]
    assert {e.get("source") for e in edges} | {e.get("target") for e in edges} <= {n.get("id") for n in nodes}
    declared = {key.get("id") for key in tree.findall(f".//{{{NAMESPACE}}}key")}
    assert {data.get("key") for data in tree.iter(f"{{{NAMESPACE}}}data")} <= declared


def test_names_that_xml_has_no_form_for_are_still_a_network(tmp_path: Path) -> None:
    db = tmp_path / "coverage.duckdb"
    meeting = event(type="DIPLOMACY", direction="", actors=("China", "United States"), targets=(), objects=())
    night(db, finished("a", read=reading(event(actors=(HOSTILE,)))), finished("b", read=reading(meeting)))
    snapshot.publish(db, tmp_path / "s.duckdb", now=NOW)
    export(tmp_path / "s.duckdb", tmp_path / "out")
    edges = etree.parse(tmp_path / "out" / "network.graphml").findall(f".//{{{NAMESPACE}}}edge")
    ends = [(e.get("source"), e.get("target"), e.findtext(f"{{{NAMESPACE}}}data[@key='edge-basis']")) for e in edges]
    assert ends == [("\ufffd\ufffdA & B <c> =1", "China", "target"), ("China", "United States", "together")]
    assert not any("directed" in e.attrib for e in edges), "readers refuse a graph that is only partly directed"


def test_each_member_says_whence_it_is_known(release: Path) -> None:
    found = rows(release, "alliance_members")
    assert {row["basis"] for row in found} == {"knowledge", "reported"}
    for row in found:
        assert row["source"] == "alliances.jsonl" if row["basis"] == "knowledge" else row["source"].startswith("http")
        assert bool(row["event_id"]) == (row["basis"] == "reported")


def test_an_empty_warehouse_gives_an_empty_release(tmp_path: Path) -> None:
    connect.open_writer(tmp_path / "w.duckdb").close()
    snapshot.publish(tmp_path / "w.duckdb", tmp_path / "s.duckdb", now=NOW)
    written = export(tmp_path / "s.duckdb", tmp_path / "out")
    assert written.n_events == 0 and written.rows["articles"] == 0
    assert "No run has been made yet" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
