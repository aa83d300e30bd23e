"""Train the shipped pipeline anew: ``python -m extractors.language.training.reproduce FOLDER`` (what ``make train`` runs).

Fetches and converts the open corpora, trains the stages of ``recipe.toml``, exports the network and builds the pipeline in
``FOLDER/en_rivalry``. Every step leaves its result there and says out of what it was made: run again, after a stop or a change,
it does what is not done or no longer holds. A training stage that is stopped begins anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractors.errors import RunFailed, UserError
from extractors.language.pipeline import build
from extractors.language.training.corpora.convert import convert
from extractors.language.training.corpora.pinned import PINNED, fetch, read_pinned
from extractors.language.training.corpus import corpus_hash
from extractors.language.training.recipe import RECIPE, find_base, fit_arguments, read_recipe

PACKAGES = ("torch", "numpy", "onnx", "onnxruntime", "safetensors", "spacy", "tokenizers")
CODE = Path(__file__).parent
# Modules of the folder that have no say in the weights, and those beside it that have.
NO_SAY = {"recipe.py", "reproduce.py", "export.py", "scoring.py", "validate.py"}
SAY = ("lemma_rules.py", "tokenization.py", "wordpieces.py")


@dataclass(slots=True)
class Workshop:
    """The folder in which it is done, and what each step was made of and took (seconds), as ``training.json`` keeps it."""

    folder: Path
    done: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def record(self) -> Path:
        return self.folder / "training.json"

    def step(self, name: str, result: Path, inputs: Mapping[str, Any], work: Callable[[], object]) -> str:
        """Do ``work`` where ``result`` is missing or was made of other ``inputs``; returns the key of what it was made of."""
        key = hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
        if result.exists() and self.done.get(name, {}).get("key") == key:
            print(f"{name}: done before", flush=True)
            return key
        print(f"{name} ...", flush=True)
        self.done.pop(name, None)
        began = time.monotonic()
        work()
        self.done[name] = {"key": key, "inputs": inputs, "seconds": round(time.monotonic() - began)}
        self._write()
        return key

    def _write(self) -> None:
        """Replaced in one step, so that a stop leaves the old record or the new."""
        part = self.record.with_suffix(".part")
        state = {"versions": _versions(), "steps": self.done}
        part.write_text(json.dumps(state, indent=1, sort_keys=True, default=str) + "\n", encoding="utf-8")
        part.replace(self.record)


def reproduce(folder: Path, *, pinned: Path = PINNED, recipe: Path = RECIPE, threads: int = 2) -> Path:
    """Do every step that is not done; returns the folder of the pipeline.

    Raises ``UserError`` where something must be mended first, ``RunFailed`` where a training stage fails.
    """
    if find_spec("torch") is None:
        raise UserError("torch is missing: run `make train`, which makes an environment with it")
    plan = read_recipe(recipe)
    base = find_base(plan)
    shop = _open(folder)
    corpora = _corpora(shop, pinned)
    weights = folder / "weights"
    weights.mkdir(exist_ok=True)
    modules = [p for p in CODE.glob("*.py") if p.name not in NO_SAY] + [CODE.parent / name for name in SAY]
    made = {"corpora": corpora, "base": plan.sha256, "code": _digest(modules), "corpus": corpus_hash()}
    keys: dict[str | None, str] = {}
    for stage in plan.stages:
        arguments = fit_arguments(stage, base=base, corpora=folder / "corpora", weights=weights, threads=threads)
        inputs = made | {"stage": asdict(stage), "threads": threads, "start": keys.get(stage.start)}
        run = _program("fit", arguments)
        keys[stage.name] = shop.step(f"stage {stage.name}", weights / f"{stage.name}.pt", inputs, run)
    network = folder / "network"
    paths = [str(weights / f"{name}.pt") for name in plan.weights]
    export = _program("export", ["--weights", *paths, "--base", str(base), "--out", str(network)])
    shop.step("export", network, {"weights": [keys[n] for n in plan.weights]}, export)
    return _build(network, folder / "en_rivalry")


def _open(folder: Path) -> Workshop:
    folder.mkdir(parents=True, exist_ok=True)
    shop = Workshop(folder)
    if shop.record.is_file():
        shop.done = json.loads(shop.record.read_text(encoding="utf-8"))["steps"]
    return shop


def _corpora(shop: Workshop, pinned: Path) -> str:
    """The key of the converted corpora."""
    corpora = read_pinned(pinned)
    folders = {corpus.name: fetch(corpus, shop.folder / "downloads") for corpus in corpora}
    target = shop.folder / "corpora"

    def work() -> None:
        shutil.rmtree(target, ignore_errors=True)
        for name, documents, words in convert(folders, target):
            print(f"  {name}: {documents:,} documents, {words:,} words", flush=True)

    code = _digest(p for p in (CODE / "corpora").iterdir() if p.suffix in {".py", ".toml"} and p != pinned)
    inputs = {"files": {c.name: c.sha256 for c in corpora}, "code": code}
    return shop.step("corpora", target, inputs, work)


def _program(module: str, arguments: list[str]) -> Callable[[], None]:
    """A run of one of the training programs in a process of its own, so that its memory is free again after it."""

    def work() -> None:
        command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
        if subprocess.run(command, check=False).returncode:
            raise RunFailed(f"{' '.join(command)} failed; what it said is above, and the next run goes on from here")

    return work


def _build(network: Path, pipeline: Path) -> Path:
    shutil.rmtree(pipeline, ignore_errors=True)
    build(network).to_disk(pipeline)
    return pipeline


def _digest(paths: Iterable[Path]) -> str:
    """SHA-256 (hex) over the bytes of files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"} | {
        name: version(name) for name in PACKAGES
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where everything goes: downloads, corpora, weights, the pipeline")
    parser.add_argument("--threads", type=int, default=2, help="of the processor; other numbers round differently")
    args = parser.parse_args()
    try:
        pipeline = reproduce(args.folder, threads=args.threads)
    except (UserError, RunFailed) as error:
        print(f"rivalry: {error}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    print(f"the pipeline is in {pipeline}; score it: make eval MODEL={pipeline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
