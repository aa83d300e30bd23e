"""The knowledge files: every row is as its README says, and every guard does what its examples show."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from extractors.errors import UserError
from extractors.language.knowledge import DATA_DIR, FILES, Known, load_knowledge

AT_LEAST = {"organizations": 600, "alliances": 80, "policies": 200, "products": 250, "people": 300, "places": 300}
KINDS = {
    "organizations": "government legislature committee agency regulator court military party company university lab think_tank media industry_group international fund exchange state_enterprise",
    "alliances": "intergovernmental consortium coalition joint_venture forum pact regime alliance",
    "products": "chip model system software machine device service",
    "places": "state capital region city",
}  # fmt: skip
FAMILIES = set(
    "export_control sanction_list tariff investment_screening import_or_use_ban industrial_policy ai_governance antitrust_enforcement talent_and_research".split()
)
ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def rows(stem: str) -> list[dict]:
    return [json.loads(line) for line in (DATA_DIR / f"{stem}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("stem", FILES)
def test_files_are_sorted_unique_and_large_enough(stem: str) -> None:
    found = rows(stem)
    ids, names = [r["id"] for r in found], Counter(r["name"] for r in found)
    assert ids == sorted(set(ids))
    assert len(ids) >= AT_LEAST[stem]
    if stem != "places":  # two places may share a name
        assert [n for n, count in names.items() if count > 1] == []


@pytest.mark.parametrize("stem", FILES)
def test_values_are_of_the_vocabulary(stem: str) -> None:
    for row in rows(stem):
        if stem in KINDS:
            assert row["kind"] in KINDS[stem].split(), row["id"]
        if stem == "policies":
            assert row["family"] is None or row["family"] in FAMILIES, row["id"]
        dates = [row.get(k) for k in ("founded", "dissolved", "proposed", "adopted", "in_force", "ended", "released")]
        dates += [m.get(k) for m in row.get("members", []) for k in ("from", "to")]
        assert all(d is None or ISO.fullmatch(d) for d in dates), row["id"]
        assert row["name"] not in row["aliases"], row["id"]


def test_parents_exist() -> None:
    names = {r["name"] for r in rows("organizations")} | {r["name"] for r in rows("places")}
    assert [r["id"] for r in rows("organizations") if r["parent"] and r["parent"] not in names] == []


def guarded() -> list[Known]:
    return [k for k in load_knowledge().by_id.values() if k.guards]


def allows(known: Known, alias: str, sentence: str) -> bool:
    guard = next(g for g in known.guards if g.alias == alias)
    plain = sentence.replace("’", "'")
    name = re.escape(alias.replace("’", "'"))
    return re.search(rf"(?<!\w){name}(?!\w)", plain) is not None and guard.allows(plain, plain)


def test_guards_do_what_their_examples_show() -> None:
    wrong = []
    for known in guarded():
        for guard in known.guards:
            assert guard.yes and guard.no, f"{known.id}: the guard of {guard.alias!r} has no examples"
            wrong += [(known.id, "should match", s) for s in guard.yes if not allows(known, guard.alias, s)]
            wrong += [(known.id, "should not match", s) for s in guard.no if allows(known, guard.alias, s)]
    assert wrong == []


def test_a_surface_shared_by_two_rows_of_a_label_is_guarded() -> None:
    bare = [
        (surface, [k.id for k, _ in found])
        for surface, found in load_knowledge().surfaces.items()
        for label in {k.label for k, _ in found}
        if label != "GPE"
        and sum(k.label == label for k, _ in found) > 1
        and any(g is None for k, g in found if k.label == label)
    ]
    assert bare == []


def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    for stem in FILES:
        (tmp_path / f"{stem}.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "people.jsonl").write_text(
        '{"id": "per:a", "name": "A", "aliases": []}\n{"id": "wrong"}\n', encoding="utf-8"
    )
    with pytest.raises(UserError, match=r"people\.jsonl:2: .*mend the row"):
        load_knowledge(tmp_path)
