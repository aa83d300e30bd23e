"""The cookbook: every query runs on the sample warehouse, and finds something where the sample has it."""

import re
from pathlib import Path

import pytest

from flows.settings import Paths
from warehouse.query import ask

PAGE = Path(__file__).parent.parent / "docs" / "cookbook.md"
RECIPES = {
    title: query
    for title, text in re.findall(r"^### (.+?)$(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)
    for query in re.findall(r"```sql\n(.*?)```", text, flags=re.S)
}
# The sample newsroom has no official acts, and tells of nothing twice in the same words at two stages.
WITHOUT_ROWS = {"How far did coverage lag the Federal Register?", "What was first considered, and later done?"}


def test_the_cookbook_answers_at_least_twenty_questions() -> None:
    assert len(RECIPES) >= 20 and set(RECIPES) > WITHOUT_ROWS
    assert all(title.endswith("?") for title in RECIPES)


@pytest.mark.slow
@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_gives_rows_within_a_page(title: str, sample: Path) -> None:
    with ask(Paths(sample).snapshot, RECIPES[title]) as answer:
        rows = list(answer.rows)
    assert len(set(answer.columns)) == len(answer.columns)
    assert rows or title in WITHOUT_ROWS
