"""Turn trained weights into what ships: ``python -m extractors.language.training.export --weights X.pt --base DIR --out DIR``.

The graph is exported with torch, its matrices are quantised to int8 (dynamic: activations at run time), and both are
compared on a sample, so that a broken export is seen at once.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from extractors.language.training.network import Network
from extractors.language.training.targets import sizes_of
from extractors.language.wordpieces import WordPieces, batch

INPUTS = ("pieces", "mask", "cases", "first")
SAMPLE = [
    ["Nvidia", "said", "in", "Taipei", "that", "it", "would", "resume", "sales", "of", "the", "H20", "."],
    [
        "The",
        "U.S.",
        "Commerce",
        "Department",
        "added",
        "Huawei",
        "to",
        "the",
        "entity",
        "list",
        ",",
        "Reuters",
        "reported",
        "on",
        "Monday",
        ".",
    ],
]


def export(network: Network, base: Path, out: Path) -> float:
    """Write the quantised graph and its companions to ``out``; returns the largest change of a probability by int8."""
    out.mkdir(parents=True, exist_ok=True)
    rows = batch(WordPieces(base / "tokenizer.json").encode(SAMPLE))
    network.eval()
    axes = {name: {0: "batch", 1: "pieces"} for name in INPUTS[:3]} | {"first": {0: "batch", 1: "words"}}
    axes |= {name: {0: "batch", 1: "words"} for name in Network.OUTPUTS}
    axes["arc"][2] = "heads"
    axes["topic"] = {0: "batch"}
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        arguments = tuple(torch.from_numpy(rows[name]) for name in INPUTS)
        torch.onnx.export(
            network,
            arguments,
            str(plain),
            input_names=list(INPUTS),
            output_names=list(Network.OUTPUTS),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        onnx.checker.check_model(str(plain))
        quantize_dynamic(plain, out / "network.onnx", weight_type=QuantType.QInt8, per_channel=True)
        change = _largest_change(plain, out / "network.onnx", rows)
    shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
    np.savez(
        out / "pairs.npz",
        **{
            f"{name}_{kind}": getattr(layer, kind).detach().numpy()
            for name, layer in (("relation", network.rel_out), ("role", network.role_out))
            for kind in ("weight", "bias")
        },
    )
    return change


def _largest_change(plain: Path, quantised: Path, rows: dict[str, np.ndarray]) -> float:
    def names(path: Path) -> np.ndarray:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (logits,) = session.run(["ner"], rows)
        exponent = np.exp(logits - logits.max(-1, keepdims=True))
        return exponent / exponent.sum(-1, keepdims=True)

    return float(np.abs(names(plain) - names(quantised)).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--weights", type=Path, required=True, nargs="+", help="one or more .pt of one vocabulary; several are averaged"
    )
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    vocab = json.loads(args.weights[0].with_suffix(".json").read_text(encoding="utf-8"))["vocab"]
    states = [torch.load(path, weights_only=True) for path in args.weights]
    network = Network(sizes_of(vocab))
    network.load_state_dict({k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]})
    change = export(network, args.base, args.out)
    (args.out / "labels.json").write_text(json.dumps(vocab, ensure_ascii=False) + "\n", encoding="utf-8")
    sizes = {p.name: round(p.stat().st_size / 1e6, 2) for p in sorted(args.out.iterdir())}
    print(f"largest change of a name probability by int8: {change:.3f}; MB: {sizes}")


if __name__ == "__main__":
    main()
