"""``python -m tests.bench [AREA...]``: run the benchmarks and print a table. Exit code 0 whatever the figures: it states, it does not judge."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path

from flows.console import err, table
from tests.bench.figures import Figure

AREAS = sorted(
    m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name not in {"__main__", "figures"}
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("areas", nargs="*", help=f"of {', '.join(AREAS)}; all of them where none is named")
    for area in parser.parse_args().areas or AREAS:
        if area not in AREAS:
            parser.error(f"there is no area {area!r}; there are {', '.join(AREAS)}")
        err.print(f"measuring {area} ...")
        rows = importlib.import_module(f"tests.bench.{area}").measure()
        table(
            area, ["figure", "measured", "goal", "", "instead", "ratio"], [_row(f) for f in rows], right=("measured",)
        )


def _row(figure: Figure) -> tuple[object, ...]:
    goal = "" if figure.goal is None else f"{'≥' if figure.least else '≤'} {figure.goal:,g}"
    beside = "" if figure.beside_value is None else f"{figure.beside}: {figure.beside_value:,.4g}"
    return (
        figure.name,
        f"{figure.value:,.4g} {figure.unit}",
        goal,
        {True: "met", False: "MISSED", None: ""}[figure.met],
        beside,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
    )


if __name__ == "__main__":
    main()
