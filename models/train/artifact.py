"""Runs an exported model in PyTorch, node by node, to cross-check the engines on the same file.

    python3 models/train/artifact.py [DIR] < inputs > probabilities

Inputs are float32: all traces (TRACE_POINTS x TRACE_FEATURES each), then all rasters (SIDE x SIDE x CHANNELS each, 0..255).
Probabilities are float32 too, one per word. With --check it prints the accuracies on the validation split instead.
"""

import argparse
import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from feed import RASTER, ROOT, TRACE, held_out
from net import CHANNELS, SIDE, TRACE_FEATURES, TRACE_POINTS

DTYPES = {"float32": np.float32, "int32": np.int32, "uint8": np.uint8, "float16": np.float16}


def weights_of(folder: Path, model: dict) -> dict[str, torch.Tensor]:
    """The weights of a network that TensorFlow.js loads, as `model`, its model.json, describes them."""
    [group] = model["weightsManifest"]
    data = b"".join((folder / path).read_bytes() for path in group["paths"])
    weights, at = {}, 0
    for entry in group["weights"]:
        stored = entry.get("quantization")
        dtype = np.dtype(DTYPES[stored["dtype"] if stored else entry["dtype"]])
        count = int(np.prod(entry["shape"], dtype=int))
        value = np.frombuffer(data, dtype, count, at)
        at += value.nbytes
        if stored and stored["dtype"] == "uint8":
            value = value.astype(np.float32) * np.float32(stored["scale"]) + np.float32(stored["min"])
        value = value.astype(np.int64 if entry["dtype"] == "int32" else np.float32)
        weights[entry["name"]] = torch.from_numpy(value.reshape(entry["shape"]))
    if at != len(data):
        raise ValueError(f"{folder}: {len(data)} bytes of weights, model.json describes {at}")
    return weights


class Artifact:
    def __init__(self, folder: Path, device: str = "cpu"):
        model = json.loads((folder / "model.json").read_text())
        self.nodes = model["modelTopology"]["node"]
        weights = weights_of(folder, model)
        self.weights = {name: value.to(device) for name, value in weights.items()}
        self.words = [each["word"] for each in json.loads((folder / "words.json").read_text())["words"]]

    @torch.no_grad()
    def run(self, rasters: torch.Tensor, traces: torch.Tensor, output: str = "logits") -> torch.Tensor:
        """`rasters` [n, SIDE, SIDE, CHANNELS] on 0..255, `traces` [n, TRACE_POINTS, TRACE_FEATURES], on the weights' device."""
        values = {"ink": rasters.float(), "trace": traces.unsqueeze(1)}
        for node in self.nodes:
            if node["op"] == "Const":
                values[node["name"]] = self.weights[node["name"]]
            elif node["op"] != "Placeholder":
                values[node["name"]] = self._step(node["op"], node["attr"], [values[name] for name in node["input"]])
        return values[output]

    def _step(self, op: str, attr: dict, inputs: list[torch.Tensor]) -> torch.Tensor:
        x, *rest = inputs
        if op == "_FusedConv2D":
            filters, bias = rest
            stride = [int(step) for step in attr["strides"]["list"]["i"][1:3]]
            # Explicit paddings are half the filter on every side, as SAME ones are with step 1.
            padding = [side // 2 for side in filters.shape[:2]]
            y = functional.conv2d(x.permute(0, 3, 1, 2), filters.permute(3, 2, 0, 1), bias, stride, padding)
            fused = [base64.b64decode(name).decode() for name in attr["fused_ops"]["list"]["s"]]
            return (torch.relu(y) if "Relu" in fused else y).permute(0, 2, 3, 1)
        if op == "Mean":
            return x.mean(tuple(rest[0].tolist()), keepdim=attr["keep_dims"]["b"])
        if op == "ConcatV2":
            return torch.cat([x, *rest[:-1]], int(rest[-1]))
        simple = {
            "AddV2": torch.add,
            "BiasAdd": torch.add,
            "Mul": torch.mul,
            "MatMul": torch.matmul,
            "Relu": torch.relu,
            "Sigmoid": torch.sigmoid,
            "Softmax": lambda value: value.softmax(-1),
        }
        return simple[op](x, *rest)


def check(artifact: Artifact, preset: str, every: int, options: list[str]) -> dict:
    """Top-1, top-3 and top-5 in percent, on whole drawings of both formats."""
    result = {}
    for kind in ("simplified", "raw"):
        drawings = held_out(preset, kind, 1, every if kind == "simplified" else 1, options)
        if not drawings:
            continue
        pairs = zip(drawings.rasters.permute(0, 2, 3, 1).split(256), drawings.traces.split(256))
        logits = torch.cat([artifact.run(*pair) for pair in pairs])
        best = logits.topk(5, 1).indices == drawings.labels[:, None]
        result[kind] = {k: round(100 * best[:, :k].any(1).float().mean().item(), 2) for k in (1, 3, 5)}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "models" / "quickdraw")
    parser.add_argument("--check", metavar="PRESET", help="measure on the validation split of this preset's words")
    parser.add_argument("--every", type=int, default=1, help="with --check, only every Nth drawing")
    parser.add_argument("--data")
    args = parser.parse_args()
    torch.set_num_threads(1)
    artifact = Artifact(args.folder)
    if args.check:
        print(json.dumps(check(artifact, args.check, args.every, ["--data", args.data] if args.data else [])))
        return
    data = torch.from_numpy(np.frombuffer(sys.stdin.buffer.read(), np.float32).copy())
    count, rest = divmod(len(data), TRACE + RASTER)
    if rest:
        raise SystemExit(f"{len(data)} numbers are not a multiple of {TRACE + RASTER}, the size of a trace and a raster")
    traces = data[: count * TRACE].view(-1, TRACE_POINTS, TRACE_FEATURES)
    rasters = data[count * TRACE :].view(-1, SIDE, SIDE, CHANNELS)
    for pair in zip(rasters.split(256), traces.split(256)):
        sys.stdout.buffer.write(artifact.run(*pair, output="probabilities").numpy().tobytes())


if __name__ == "__main__":
    main()
