"""Writes a run's averaged net as the model that the game uses: python3 models/train/export.py [--run DIR] [--out DIR].

The folder gets model.json (a tfjs graph model), weights.bin, and a words.json with only the words; `npm run calibrate` adds
the figures fitted to validation drawings. Batch norms are folded into the convolutions, 1/255 into the first. The largest
weights become bytes until the total is below --most bytes; the others are half floats.
"""

import argparse
import base64
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch

from feed import ROOT, read_header
from net import CHANNELS, SIDE, TRACE_FEATURES, TRACE_POINTS, Block, Conv, Gate, Net, build


def text(value: str) -> dict:
    return {"s": base64.b64encode(value.encode()).decode()}


def ints(*values: int) -> dict:
    return {"list": {"i": [str(value) for value in values]}}


def shape(*sizes: int) -> dict:
    return {"dim": [{"size": str(size)} for size in sizes]}


FLOAT = {"type": "DT_FLOAT"}
INT = {"type": "DT_INT32"}


class Graph:
    """Builds a GraphDef with its weights: names to (array, kind). A kind is exact, large or int."""

    def __init__(self):
        self.nodes: list[dict] = []
        self.weights: dict[str, tuple[np.ndarray, str]] = {}

    def node(self, name: str, op: str, inputs: list[str], **attr) -> str:
        self.nodes.append({"name": name, "op": op, "input": inputs, "attr": attr})
        return name

    def const(self, name: str, value: np.ndarray, kind: str) -> str:
        self.weights[name] = (value, kind)
        dtype = INT if kind == "int" else FLOAT
        # The values themselves are in weights.bin, as in any tfjs model.
        tensor = {"dtype": dtype["type"], "tensorShape": shape(*value.shape)}
        return self.node(name, "Const", [], dtype=dtype, value={"tensor": tensor})

    def conv(self, name: str, x: str, layer: tuple, stride: tuple[int, int], relu: bool, kind: str = "large") -> str:
        """`layer` is a weight in PyTorch's order, [outputs, inputs, height, width], and a bias. `stride`: down, across."""
        weight, bias = layer
        height, width = weight.shape[2:]
        filters = self.const(f"{name}/weights", weight.permute(2, 3, 1, 0).contiguous().numpy(), kind)
        offsets = self.const(f"{name}/bias", bias.numpy(), "exact")
        # PyTorch pads half a kernel on both sides; TensorFlow's SAME pads a step-2 convolution more on the far side.
        down, across = height // 2, width // 2
        padding = {"padding": text("SAME")}
        if max(stride) > 1:
            padding = {"padding": text("EXPLICIT"), "explicit_paddings": ints(0, 0, down, down, across, across, 0, 0)}
        return self.node(
            name,
            "_FusedConv2D",
            [x, filters, offsets],
            T=FLOAT,
            num_args={"i": "1"},
            fused_ops={"list": {"s": [text(op)["s"] for op in (["BiasAdd", "Relu"] if relu else ["BiasAdd"])]}},
            strides=ints(1, *stride, 1),
            dilations=ints(1, 1, 1, 1),
            data_format=text("NHWC"),
            epsilon={"f": 0},
            use_cudnn_on_gpu={"b": False},
            **padding,
        )

    def mean(self, name: str, x: str, keep: bool) -> str:
        axes = self.const(f"{name}/axes", np.array([1, 2], np.int32), "int")
        return self.node(name, "Mean", [x, axes], T=FLOAT, Tidx=INT, keep_dims={"b": keep})


def folded(layer: Conv) -> tuple[torch.Tensor, torch.Tensor]:
    """The convolution's weights and bias, with its batch norm folded in."""
    norm = layer.norm
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return layer.conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def equalized(block: Block) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Both convolutions of a block, folded, with equal ranges for the channels between them.

    A channel can grow before a ReLU and shrink after it by the same factor. Bytes then fit all channels equally well
    (cross-layer equalization, https://arxiv.org/abs/1906.04721).
    """
    (first, first_bias), (second, second_bias) = folded(block.first), folded(block.second)
    before = first.abs().amax((1, 2, 3)).clamp_min(1e-8)
    after = second.abs().amax((0, 2, 3)).clamp_min(1e-8)
    factor = torch.sqrt(after / before)
    first, first_bias = first * factor[:, None, None, None], first_bias * factor
    return [(first, first_bias), (second / factor[None, :, None, None], second_bias)]


def graph_of(net: Net) -> Graph:
    graph = Graph()
    x = graph.node("ink", "Placeholder", [], dtype=FLOAT, shape={"shape": shape(-1, SIDE, SIDE, CHANNELS)})
    for i, layer in enumerate(net.body):
        name = f"layer{i}"
        if isinstance(layer, Conv):
            weight, bias = folded(layer)
            # The first weights, divided by 255, are too small for half floats.
            first = (weight / 255, bias) if i == 0 else (weight, bias)
            x = graph.conv(name, x, first, layer.conv.stride, layer.relu, "exact" if i == 0 else "large")
        else:
            pairs = equalized(layer)
            y = graph.conv(f"{name}/first", x, pairs[0], (1, 1), True)
            y = graph.conv(f"{name}/second", y, pairs[1], (1, 1), False)
            if layer.gate is not None:
                y = gate(graph, f"{name}/gate", y, layer.gate)
            total = graph.node(f"{name}/sum", "AddV2", [x, y], T=FLOAT)
            x = graph.node(name, "Relu", [total], T=FLOAT)
    picture = graph.mean("picture", x, keep=False)
    x = graph.node("trace", "Placeholder", [], dtype=FLOAT, shape={"shape": shape(-1, 1, TRACE_POINTS, TRACE_FEATURES)})
    for i, layer in enumerate(net.line):
        x = graph.conv(f"line{i}", x, folded(layer), layer.conv.stride, layer.relu, "exact" if i == 0 else "large")
    line = graph.mean("line", x, keep=False)
    axis = graph.const("both/axis", np.array(1, np.int32), "int")
    x = graph.node("both", "ConcatV2", [picture, line, axis], T=FLOAT, Tidx=INT, N={"i": "2"})
    last = graph.const("last/weights", net.last.weight.t().contiguous().numpy(), "large")
    x = graph.node("last", "MatMul", [x, last], T=FLOAT, transpose_a={"b": False}, transpose_b={"b": False})
    bias = graph.const("last/bias", net.last.bias.numpy(), "exact")
    x = graph.node("logits", "BiasAdd", [x, bias], T=FLOAT, data_format=text("NHWC"))
    graph.node("probabilities", "Softmax", [x], T=FLOAT)
    return graph


def gate(graph: Graph, name: str, x: str, layer: Gate) -> str:
    y = graph.mean(f"{name}/whole", x, keep=True)
    y = graph.conv(f"{name}/squeeze", y, (layer.squeeze.weight, layer.squeeze.bias), (1, 1), True)
    y = graph.conv(f"{name}/excite", y, (layer.excite.weight, layer.excite.bias), (1, 1), False)
    y = graph.node(f"{name}/weights", "Sigmoid", [y], T=FLOAT)
    return graph.node(name, "Mul", [x, y], T=FLOAT)


def packed(weights: dict[str, tuple[np.ndarray, str]], most: int) -> tuple[list[dict], bytes]:
    """The manifest's entries, and the bytes. The largest weights become bytes until the total is at most `most`."""
    size = sum(value.nbytes if kind != "large" else value.size * 2 for value, kind in weights.values())
    as_bytes = set()
    for name in sorted((n for n, (_, kind) in weights.items() if kind == "large"), key=lambda n: -weights[n][0].size):
        if size <= most:
            break
        as_bytes.add(name)
        size -= weights[name][0].size
    if size > most:
        raise SystemExit(f"the weights take {size} bytes even as bytes; at most {most} are allowed")
    entries, parts = [], []
    for name, (value, kind) in weights.items():
        entry = {"name": name, "shape": list(value.shape), "dtype": "int32" if kind == "int" else "float32"}
        if name in as_bytes:
            low, high = float(value.min()), float(value.max())
            step = (high - low) / 255 or 1.0
            # Zero stays exactly zero, so weights without effect stay without effect.
            low = round(low / step) * step
            entry["quantization"] = {"dtype": "uint8", "min": low, "scale": step, "original_dtype": "float32"}
            value = np.clip(np.round((value - low) / step), 0, 255).astype(np.uint8)
        elif kind == "large":
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            value = value.astype(np.float16)
        entries.append(entry)
        parts.append(value.tobytes())
    return entries, b"".join(parts)


def write(path: Path, data: bytes):
    """Writes all or nothing: a reader never sees half a file."""
    half = path.with_name(path.name + ".part")
    half.write_bytes(data)
    os.replace(half, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, default=ROOT / ".cache" / "train" / "full")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "quickdraw")
    parser.add_argument("--name", default="quickdraw-345")
    parser.add_argument("--most", type=int, default=2_900_000, help="most bytes of weights")
    parser.add_argument(
        "--untrained", metavar="PRESET", help="write an untrained net of this preset, to build engines with"
    )
    args = parser.parse_args()
    if args.untrained:
        header = read_header(["--preset", args.untrained, "--check", "simplified", "--every", "1000000"])
        words, preset = header["words"], header["preset"]
        torch.manual_seed(preset["seed"])
        net = build(preset, len(words)).eval()
        for layer in net.modules():  # Blocks start as the identity, which would test nothing.
            if isinstance(layer, Block):
                torch.nn.init.ones_(layer.second.norm.weight)
        name = "untrained"
    else:
        state = torch.load(args.run / "checkpoint.pt", map_location="cpu", weights_only=False)
        words, name = state["words"], args.name
        net = build(state["preset"], len(words)).eval()
        net.load_state_dict(state["average"])
    with torch.no_grad():
        graph = graph_of(net)
    entries, weights = packed(graph.weights, args.most)
    signature = {
        "inputs": {
            "ink": {"name": "ink:0", "dtype": "DT_FLOAT", "tensorShape": shape(-1, SIDE, SIDE, CHANNELS)},
            "trace": {
                "name": "trace:0",
                "dtype": "DT_FLOAT",
                "tensorShape": shape(-1, 1, TRACE_POINTS, TRACE_FEATURES),
            },
        },
        "outputs": {
            "probabilities": {"name": "probabilities:0", "dtype": "DT_FLOAT", "tensorShape": shape(-1, len(words))}
        },
    }
    model = {
        "format": "graph-model",
        "generatedBy": "doodle-derby models/train/export.py",
        "convertedBy": None,
        "signature": signature,
        "modelTopology": {"node": graph.nodes, "library": {}, "versions": {"producer": 1087}},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": entries}],
    }
    topology = json.dumps(model, separators=(",", ":")).encode()
    digest = hashlib.sha256(topology + weights).hexdigest()
    labels = {"model": name, "hash": digest, "words": [{"word": word} for word in words]}
    args.out.mkdir(parents=True, exist_ok=True)
    write(args.out / "model.json", topology)
    write(args.out / "weights.bin", weights)
    write(args.out / "words.json", (json.dumps(labels, indent=1) + "\n").encode())
    print(f"{args.out}: {name}, {len(words)} words, {len(topology) + len(weights)} bytes, {digest[:12]}")


if __name__ == "__main__":
    main()
