"""Public networks on Google's bitmaps of 28 x 28 pixels, to learn from: what TensorFlow.js calls layers models, run in PyTorch."""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

# A folder has model.json, the file of weights that it names, and the words in one of these.
LISTS = {"class.json": json.loads, "class_names.txt": str.splitlines}


class Public:
    """A network as Keras saved it: convolutions of any step, batch norms, sums, pooling and dense layers."""

    def __init__(self, folder: Path, words: list[str], device: str = "cpu"):
        model = json.loads((folder / "model.json").read_text())
        topology = model["modelTopology"]
        self.layers = topology.get("model_config", topology)["config"]["layers"]
        [manifest] = model["weightsManifest"]
        data = b"".join((folder / path).read_bytes() for path in manifest["paths"])
        self.weights, at = {}, 0
        for entry in manifest["weights"]:
            if entry["dtype"] != "float32" or "quantization" in entry:
                raise ValueError(f"{folder}: {entry['name']} is not stored as float32")
            count = int(np.prod(entry["shape"]))
            value = torch.from_numpy(np.frombuffer(data, np.float32, count, at).reshape(entry["shape"]).copy())
            at += 4 * count
            self.weights[entry["name"]] = (value.permute(3, 2, 0, 1) if value.ndim == 4 else value).to(device)
        if at != len(data):
            raise ValueError(f"{folder}: {len(data)} bytes of weights, model.json says {at}")
        known = words_of(folder)
        missing = [word for word in words if word not in known]
        if missing:
            raise ValueError(f"{folder} does not know {', '.join(missing[:3])}")
        self.order = torch.tensor([known.index(word) for word in words], device=device)

    @torch.no_grad()
    def logits(self, bitmaps: torch.Tensor) -> torch.Tensor:
        """Bitmaps [n, 1, 28, 28] on 0..1 to logits [n, words], in the order of the words asked for."""
        values: dict[str, torch.Tensor] = {}
        last = bitmaps
        for layer in self.layers:
            config = layer["config"]
            # Without a list of inputs, each layer's is the one before.
            nodes = layer.get("inbound_nodes")
            inputs = [values[node[0]] for node in nodes[0]] if nodes else [last]
            last = values[config["name"]] = self._step(layer["class_name"], config, inputs)
        return last[:, self.order]

    def _step(self, kind: str, config: dict, inputs: list[torch.Tensor]) -> torch.Tensor:
        x = inputs[0]

        def weight(name: str) -> torch.Tensor:
            return self.weights[f"{config['name']}/{name}"]

        if kind in ("InputLayer", "Dropout"):
            return x
        if kind == "Conv2D":
            return activated(convolve(x, weight("kernel"), weight("bias"), config["strides"][0]), config)
        if kind == "BatchNormalization":
            moments = weight("moving_mean"), weight("moving_variance")
            return functional.batch_norm(x, *moments, weight("gamma"), weight("beta"), eps=config["epsilon"])
        if kind == "ReLU":
            return torch.relu(x)
        if kind == "Add":
            return sum(inputs[1:], x)
        if kind == "MaxPooling2D":
            return functional.max_pool2d(x, config["pool_size"])
        if kind == "Flatten":
            return x.permute(0, 2, 3, 1).flatten(1)
        if kind == "GlobalAveragePooling2D":
            return x.mean((2, 3))
        if kind == "Dense":
            return activated(x @ weight("kernel") + weight("bias"), config)
        raise ValueError(f"a layer {kind} is not known here")


def words_of(folder: Path) -> list[str]:
    """The network's words, in its order."""
    for name, read in LISTS.items():
        if (folder / name).exists():
            return [word.strip().replace("_", " ") for word in read((folder / name).read_text())]
    raise FileNotFoundError(f"{folder} has no list of words: {' or '.join(LISTS)}")


def activated(x: torch.Tensor, config: dict) -> torch.Tensor:
    # The last layer's probabilities stay logits.
    known = {"linear": lambda value: value, "softmax": lambda value: value, "relu": torch.relu, "tanh": torch.tanh}
    return known[config["activation"]](x)


def convolve(x: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor, step: int) -> torch.Tensor:
    """Padded so that no position is lost; TensorFlow pads the end by one more if the sum is odd."""
    size = x.shape[-1]
    total = max((-(-size // step) - 1) * step + kernel.shape[-1] - size, 0)
    before, after = total // 2, total - total // 2
    return functional.conv2d(functional.pad(x, (before, after, before, after)), kernel, bias, step)
