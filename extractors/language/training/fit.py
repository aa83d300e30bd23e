"""Train the network: ``python -m extractors.language.training.fit --help``.

Two stages, both on CPU: open corpora teach general language (tags, trees, names), then this project's corpus teaches its
labels and triggers, with open data mixed in so that nothing is forgotten. Everything is seeded; versions and settings are
written beside the weights.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from extractors.language.training.augment import augmented
from extractors.language.training.corpus import read_corpus
from extractors.language.training.examples import Example, annotated, docs_of, open_names, treebank
from extractors.language.training.network import Network
from extractors.language.training.targets import IGNORE, Targets, sizes_of, vocabulary
from extractors.language.wordpieces import Pieces, WordPieces, batch

NEW_HEADS = 10.0  # how much faster than the rest they learn
# Nineteen words in twenty tell of no event, and six in seven are in no name: without weights the heads learn to say so.
NO_TRIGGER_WEIGHT = 0.2
NAME_WEIGHT = 1.3
# Matrix products in bfloat16 where the CPU has them: a step takes 1.0 s instead of 1.6 (EPYC, 2 threads).
HALF = torch.backends.cpu.get_cpu_capability() == "AVX512" and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def losses(network: Network, inputs: dict[str, np.ndarray], targets: dict[str, Tensor]) -> dict[str, Tensor]:
    """The loss of every task that the batch has targets for."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
        out = network(*(torch.from_numpy(inputs[name]) for name in ("pieces", "mask", "cases", "first")))
    logits = {name: values.float() for name, values in zip(Network.OUTPUTS, out, strict=True)}
    found: dict[str, Tensor] = {}
    if "ner" in targets:
        said = targets["ner"].any(-1)
        scores = F.log_softmax(logits["ner"], -1).masked_fill(~targets["ner"], -1e9).logsumexp(-1)
        weights = torch.where(targets["ner"][..., 0], 1.0, NAME_WEIGHT)[said]
        found["ner"] = -(scores[said] * weights).sum() / weights.sum()
    for task in ("trigger", "status", "undated", "tag", "morph", "lemma"):
        if task in targets and (targets[task] != IGNORE).any():
            weight = torch.ones(logits[task].shape[-1])
            if task == "trigger":
                weight[0] = NO_TRIGGER_WEIGHT
            found[task] = F.cross_entropy(
                logits[task].transpose(1, 2), targets[task], weight=weight, ignore_index=IGNORE
            )
    if "role" in targets:
        scored = network.roles(logits["role_trigger"], logits["role_argument"], targets["role"][:, :3])
        found["role"] = F.cross_entropy(scored, targets["role"][:, 3])
    if "topic" in targets:
        told = targets["topic"] != IGNORE
        found["topic"] = F.binary_cross_entropy_with_logits(logits["topic"][told], targets["topic"][told])
    if "head" in targets:
        padding = torch.from_numpy(np.arange(inputs["first"].shape[1])[None] >= _lengths(targets)[:, None])
        arcs = logits["arc"].masked_fill(padding[:, None, :], -1e4)
        found["arc"] = F.cross_entropy(arcs.transpose(1, 2), targets["head"], ignore_index=IGNORE)
        relations = network.relations(logits["rel_dep"], logits["rel_head"], targets["head"].clamp(min=0))
        known = torch.where(targets["head"] == IGNORE, IGNORE, targets["relation"])
        found["relation"] = F.cross_entropy(relations.transpose(1, 2), known, ignore_index=IGNORE)
        told = targets["sent"] != IGNORE
        found["sent"] = F.binary_cross_entropy_with_logits(logits["sent"][told], targets["sent"][told])
    return found


def _lengths(targets: dict[str, Tensor]) -> np.ndarray:
    return (targets["sent"] != IGNORE).sum(1).numpy()


def batches(
    pool: list[tuple[Example, Pieces]], size: int, rng: random.Random
) -> Iterator[list[tuple[Example, Pieces]]]:
    """One epoch of batches of like length."""
    rng.shuffle(pool)
    for k in range(0, len(pool), size * 20):
        rows = sorted(pool[k : k + size * 20], key=lambda row: len(row[1].ids))
        groups = [rows[i : i + size] for i in range(0, len(rows), size)]
        rng.shuffle(groups)
        yield from groups


def fit(
    network: Network,
    targets: Targets,
    pools: Sequence[tuple[list[tuple[Example, Pieces]], float]],
    *,
    rate: float,
    seed: int,
    size: int = 16,
    warmup: int = 60,
    fresh: Sequence[str] = (),
) -> None:
    """Train on ``pools`` of (examples, epochs), their batches mixed; AdamW with linear decay from ``rate``.

    ``fresh`` names the heads that start at random in a network that is otherwise trained: they learn faster, so that the rest can
    learn slowly and keep what it knows.
    """
    rng = random.Random(seed)
    schedule: list[list[tuple[Example, Pieces]]] = []
    for pool, epochs in pools:
        whole: list[list[tuple[Example, Pieces]]] = []
        while len(whole) * size < epochs * len(pool):
            whole += list(batches(pool, size, rng))
        schedule += whole[: max(1, round(epochs * len(pool) / size))]
    rng.shuffle(schedule)
    new = set(fresh)
    groups = [
        {
            "params": [p for n, p in network.named_parameters() if (n.split(".")[0] in new) == is_new],
            "peak": rate * (NEW_HEADS if is_new else 1),
        }
        for is_new in (False, True)
    ]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], lr=rate, weight_decay=0.01)
    network.train()
    begun, running = time.monotonic(), {}
    for step, rows in enumerate(schedule):
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * min(1.0, (step + 1) / warmup) * (1 - step / len(schedule))
        inputs = batch([pieces for _, pieces in rows])
        found = losses(network, inputs, targets.of([e for e, _ in rows], inputs["first"].shape[1]))
        torch.stack(list(found.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        for name, loss in found.items():
            running[name] = 0.95 * running.get(name, loss.item()) + 0.05 * loss.item()
        if step % 100 == 99 or step + 1 == len(schedule):
            shown = " ".join(f"{k} {v:.3f}" for k, v in sorted(running.items()))
            print(f"step {step + 1}/{len(schedule)} {time.monotonic() - begun:.0f} s  {shown}", flush=True)


def open_examples(folder: Path) -> tuple[list[Example], list[Example]]:
    """Trees and names of the open corpora in ``folder``."""
    trees = list(treebank(docs_of(folder / "ud_train.spacy")))
    names = [e for path in sorted(folder.glob("ner_train_*.spacy")) for e in open_names(docs_of(path))]
    return trees, names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=["general", "domain"])
    parser.add_argument(
        "--base", type=Path, required=True, help="folder of the base model (model.safetensors, tokenizer.json)"
    )
    parser.add_argument(
        "--corpora", type=Path, required=True, help="folder of the converted open corpora (DocBin files)"
    )
    parser.add_argument("--start", type=Path, help="weights of the general stage, for the domain stage")
    parser.add_argument("--out", type=Path, required=True, help="where the weights (.pt) and settings (.json) go")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=float, nargs=3, metavar=("TREES", "NAMES", "OURS"), default=None)
    parser.add_argument("--rate", type=float, default=None)
    parser.add_argument(
        "--everything", action="store_true", help="train on the dev part too; the test part stays apart"
    )
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    pieces = WordPieces(args.base / "tokenizer.json")
    trees, names = open_examples(args.corpora)
    vocab = vocabulary(trees)
    network = Network(sizes_of(vocab))

    def ready(examples: Sequence[Example]) -> list[tuple[Example, Pieces]]:
        return list(zip(examples, pieces.encode([e.words for e in examples]), strict=True))

    pools, fresh = [ready(trees), ready(names)], []
    if args.stage == "general":
        network.encoder.load_base(args.base / "model.safetensors")
        epochs, rate = args.epochs or (3, 2, 0), args.rate or 2e-4
    else:
        random_state = network.state_dict()
        trained = torch.load(args.start, weights_only=True)
        # The name head starts anew: open corpora never told alliances, policies and products apart, and its bias against them stays.
        kept = {
            k: v
            for k, v in trained.items()
            if k in random_state and v.shape == random_state[k].shape and not k.startswith("ner.")
        }
        network.load_state_dict(random_state | kept)
        fresh = sorted({k.split(".")[0] for k in random_state if k not in kept})
        splits = {"train", "dev"} if args.everything else {"train"}
        problems: list[str] = []
        articles = [a for a in read_corpus() if a.split in splits]
        ours = list(annotated(augmented(articles, random.Random(args.seed)), problems))
        print(
            f"{len(articles)} articles, {len(ours)} chunks, {len(problems)} mentions not aligned",
            *problems[:20],
            sep="\n  ",
        )
        pools.append(ready(ours))
        epochs, rate = args.epochs or (1.5, 0.4, 5), args.rate or 1e-4
    print(f"{args.stage}: chunks {[len(p) for p in pools]}, epochs {epochs}, rate {rate}, seed {args.seed}", flush=True)
    fit(
        network,
        Targets(vocab),
        [(p, e) for p, e in zip(pools, epochs, strict=False) if e],
        rate=rate,
        seed=args.seed,
        fresh=fresh,
    )
    torch.save(network.state_dict(), args.out.with_suffix(".pt"))
    settings = {
        "stage": args.stage,
        "seed": args.seed,
        "epochs": epochs,
        "rate": rate,
        "torch": torch.__version__,
        "bfloat16": HALF,
        "vocab": vocab,
    }
    args.out.with_suffix(".json").write_text(
        json.dumps(settings, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
