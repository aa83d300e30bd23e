"""The warehouse at size: publishing, and each dashboard view, macro and cookbook query beside its goal of 150 ms.

``RIVALRY_BENCH_ARTICLES`` sets the size, by default 50,000 articles and 100,000 events; the goals are for 5,000,000.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from extractors.errors import UserError
from tests.bench.figures import Figure
from tests.test_cookbook import RECIPES
from tests.warehouse_generator import generate
from tests.warehouse_makers import finished, night
from warehouse import open_snapshot, snapshot
from warehouse.query import answers
from warehouse.views import read_views

ARTICLES = int(os.environ.get("RIVALRY_BENCH_ARTICLES", "50000"))
TIMES = 20
LONGEST_MS = 5000.0  # time for one question: what is slower is asked fewer times, or ended
GOAL_MS = 150.0
NIGHT = 1000
# Views that a dashboard asks for a page of; the others are asked by a key, as the macros and the cookbook do.
DASHBOARD = [view.name for view in read_views() if view.order]


def measure() -> list[Figure]:
    """Seconds of a publication, the cost of a night, and the 95th percentile of each question in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        db, empty, published = (Path(folder) / name for name in ("big.duckdb", "empty.duckdb", "snapshot.duckdb"))
        generate(db, ARTICLES)
        begun = perf_counter()
        snapshot.publish(db, published)
        figures = [
            Figure(
                name=f"publish, {ARTICLES:,} articles and {2 * ARTICLES:,} events",
                value=perf_counter() - begun, unit="s", goal=60.0, least=False,
                beside="bytes, MB", beside_value=published.stat().st_size / 1e6,
            )
        ]  # fmt: skip
        figures += [_night(db, empty), *_questions(published)]
    return figures


def _night(db: Path, empty: Path) -> Figure:
    into_empty, into_big = _load(empty), _load(db)
    return Figure(
        name=f"a night of {NIGHT:,} articles into it",
        value=into_big, unit="s", goal=1.2 * into_empty, least=False, beside="into an empty one", beside_value=into_empty,
    )  # fmt: skip


def _load(db: Path) -> float:
    batch = [finished(f"night-{n}") for n in range(NIGHT)]
    begun = perf_counter()
    night(db, *batch, run_id="the-night", now=datetime(2026, 11, 21, 2, 0, tzinfo=UTC) + timedelta(hours=1))
    return perf_counter() - begun


def _questions(published: Path) -> list[Figure]:
    asked = {f"view {name}": f"from {name} limit 500" for name in DASHBOARD}
    asked |= {f"cookbook: {title}": query for title, query in RECIPES.items()}
    figures = []
    with open_snapshot(published) as con:
        for name, query in asked.items():
            taken = []
            while len(taken) < TIMES and sum(taken) < LONGEST_MS:
                begun = perf_counter()
                with suppress(UserError):  # ended at the limit, which is then its figure
                    for answer in answers(con, query, seconds=LONGEST_MS / 1000):
                        list(answer.rows)
                taken.append(1000 * (perf_counter() - begun))
            value = sorted(taken)[round(0.95 * (len(taken) - 1))]
            figures.append(Figure(name=name, value=value, unit="ms", goal=GOAL_MS, least=False))
    return figures
