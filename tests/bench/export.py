"""What leaves a warehouse at size: a CSV release beside DuckDB's own COPY of the same rows, other forms, and the page.

``RIVALRY_BENCH_ARTICLES`` sets the size (see ``tests.bench.warehouse``).
"""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path
from time import perf_counter

import duckdb

from tests.bench.figures import Figure
from tests.bench.warehouse import ARTICLES
from tests.warehouse_generator import generate
from warehouse import snapshot
from warehouse.connect import WRITER_CONFIG
from warehouse.export import THREADS, export, read_queries
from warehouse.report import write_report

TIMES = 3
MB = 1024


def measure() -> list[Figure]:
    """Seconds of each, the best of three, and the share of COPY's speed that the CSV release reaches."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db, published = folder / "big.duckdb", folder / "snapshot.duckdb"
        generate(db, ARTICLES)
        snapshot.publish(db, published)
        # In turns, so that what else the machine does meets both alike.
        both = [(*_release(published, folder, "csv"), _copy(published, folder)) for _ in range(TIMES)]
        tables, whole, bare = (min(times) for times in zip(*both, strict=True))
        rows = sum(export(published, folder / "rows").rows.values())
        figures = [
            Figure(name=f"CSV tables, {rows:,} rows", value=tables, unit="s", beside="COPY", beside_value=bare),
            Figure(name="their speed as a share of COPY's", value=bare / tables, unit="", goal=0.8),
            Figure(name="CSV release, with network, sums and README", value=whole, unit="s"),
        ]
        for form in ("parquet", "jsonl"):
            figures.append(Figure(name=f"{form} release", value=_release(published, folder, form)[1], unit="s"))
        begun = perf_counter()
        write_report(published, folder / "page.html")
        figures.append(Figure(name="page", value=perf_counter() - begun, unit="s"))
        size = (folder / "page.html").stat().st_size / MB
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
        figures.append(Figure(name="size of the page", value=size, unit="KB"))
        figures.append(Figure(name="peak memory of all", value=peak, unit="MB", goal=2048, least=False))
    return figures


def _release(published: Path, folder: Path, form: str) -> tuple[float, float]:
    """Seconds until the last table is written, and until the release is whole."""
    begun = perf_counter()
    written: list[float] = []
    export(published, folder / form, form, done=lambda _: written.append(perf_counter() - begun))
    return written[-1], perf_counter() - begun


def _copy(published: Path, folder: Path) -> float:
    """Seconds in which DuckDB writes the rows of every query by itself, lists and times as it likes."""
    out = folder / "copy"
    out.mkdir(exist_ok=True)
    begun = perf_counter()
    with duckdb.connect(str(published), read_only=True, config=WRITER_CONFIG | {"threads": THREADS}) as con:
        for query in read_queries():
            con.execute(f"copy ({query.sql}) to '{out / query.name}.csv' (format csv, header)")
    return perf_counter() - begun
