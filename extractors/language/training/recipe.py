"""The recipe of the shipped pipeline (``recipe.toml``): its base model and the stages of its training."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from extractors.errors import UserError

RECIPE = Path(__file__).with_name("recipe.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One run of ``training.fit``. ``epochs`` are over trees, names and this project's corpus; ``rate=None`` is the stage's own."""

    name: str
    kind: Literal["general", "domain"]
    epochs: tuple[float, float, float]
    seed: int
    start: str | None = None
    rate: float | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The package with the base model, the SHA-256 (hex) of its weights, the stages in order and those whose weights are averaged."""

    package: str
    sha256: str
    stages: tuple[Stage, ...]
    weights: tuple[str, ...]


def read_recipe(path: Path = RECIPE) -> Recipe:
    """The recipe at ``path``. Raises ``UserError`` where a key is wrong or a stage goes on from one that does not come before it."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        stages = tuple(Stage(**row | {"epochs": tuple(row["epochs"])}) for row in rows["stage"])
        recipe = Recipe(
            package=rows["base"]["package"],
            sha256=rows["base"]["sha256"],
            stages=stages,
            weights=tuple(rows["export"]["weights"]),
        )
    except (KeyError, TypeError) as error:
        raise UserError(f"{path.name}: {error}; see the classes Recipe and Stage for its keys") from error
    known: set[str] = set()
    for stage in stages:
        if stage.start is not None and stage.start not in known:
            raise UserError(
                f"{path.name}: stage {stage.name} goes on from {stage.start!r}, which does not come before it"
            )
        known.add(stage.name)
    if unknown := sorted(set(recipe.weights) - known):
        raise UserError(f"{path.name}: no stage is called {unknown[0]!r}; name stages in export.weights")
    return recipe


def find_base(recipe: Recipe) -> Path:
    """The folder of the base model. Raises ``UserError`` where its package is missing or has other weights than those pinned."""
    spec = find_spec(recipe.package)
    if spec is None or spec.origin is None:
        raise UserError(f"the package {recipe.package} is missing: `make train` installs it")
    folder = Path(spec.origin).with_name("model")
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != recipe.sha256:
        raise UserError(f"{recipe.package} has other weights than those pinned ({found}); install its pinned version")
    return folder


def fit_arguments(stage: Stage, *, base: Path, corpora: Path, weights: Path, threads: int) -> list[str]:
    """The arguments of ``training.fit`` for a stage, whose weights go to ``weights/NAME.pt``."""
    given: dict[str, Any] = {
        "--base": base,
        "--corpora": corpora,
        "--out": weights / stage.name,
        "--seed": stage.seed,
        "--threads": threads,
    }
    if stage.start is not None:
        given["--start"] = weights / f"{stage.start}.pt"
    if stage.rate is not None:
        given["--rate"] = stage.rate
    arguments = [stage.kind, *(str(part) for pair in given.items() for part in pair)]
    arguments += ["--epochs", *map(str, stage.epochs)]
    return [*arguments, "--everything"] if stage.everything else arguments
