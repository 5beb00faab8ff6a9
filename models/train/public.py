"""Runs public networks on Google's bitmaps of 28 x 28 pixels in PyTorch, as teachers. TensorFlow.js calls their format layers models."""

import json
from pathlib import Path

import torch
from torch.nn import functional

from artifact import weights_of

# One of these is beside model.json and lists the words in the network's order.
LISTS = {"class.json": json.loads, "class_names.txt": str.splitlines}

# The only values of these settings that are supported. Others would give wrong probabilities without an error.
SUPPORTED = {
    "Conv2D": {"padding": "same", "dilation_rate": [1, 1], "data_format": "channels_last"},
    "MaxPooling2D": {"padding": "valid", "pool_size": [2, 2], "strides": [2, 2]},
    "ReLU": {"max_value": None, "negative_slope": 0, "threshold": 0},
}

# The softmax is left out: logits are returned.
ACTIVATIONS = {"linear": lambda x: x, "softmax": lambda x: x, "relu": torch.relu, "tanh": torch.tanh}


class PublicNetwork:
    """A network as Keras saved it: convolutions, batch norms, sums, pooling and dense layers."""

    def __init__(self, folder: Path, words: list[str], device: str = "cpu"):
        model = json.loads((folder / "model.json").read_text())
        topology = model["modelTopology"]
        self.layers = topology.get("model_config", topology)["config"]["layers"]
        for layer in self.layers:
            check(folder, layer["class_name"], layer["config"])
        known = words_of(folder)
        missing = [word for word in words if word not in known]
        if missing:
            raise ValueError(f"{folder} has no word {missing[0]}")
        self.order = torch.tensor([known.index(word) for word in words], device=device)
        self.weights = {
            name: (value.permute(3, 2, 0, 1) if value.ndim == 4 else value).to(device)
            for name, value in weights_of(folder, model).items()
        }

    @torch.no_grad()
    def logits(self, bitmaps: torch.Tensor) -> torch.Tensor:
        """Bitmaps [n, 1, 28, 28] on 0..1 to logits [n, words], in the order of `words`."""
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
            return ACTIVATIONS[config["activation"]](convolve(x, weight("kernel"), weight("bias"), config["strides"][0]))
        if kind == "BatchNormalization":
            moments = weight("moving_mean"), weight("moving_variance")
            return functional.batch_norm(x, *moments, weight("gamma"), weight("beta"), eps=config["epsilon"])
        if kind == "ReLU":
            return torch.relu(x)
        if kind == "Add":
            return sum(inputs[1:], x)
        if kind == "MaxPooling2D":
            return functional.max_pool2d(x, 2)
        if kind == "Flatten":
            return x.permute(0, 2, 3, 1).flatten(1)
        if kind == "GlobalAveragePooling2D":
            return x.mean((2, 3))
        if kind == "Dense":
            return ACTIVATIONS[config["activation"]](x @ weight("kernel") + weight("bias"))
        raise ValueError(f"layers of type {kind} are not supported")


def words_of(folder: Path) -> list[str]:
    """The network's words, in its order."""
    for name, read in LISTS.items():
        if (folder / name).exists():
            return [word.strip().replace("_", " ") for word in read((folder / name).read_text())]
    raise FileNotFoundError(f"{folder} has no list of words: {' or '.join(LISTS)}")


def check(folder: Path, kind: str, config: dict):
    """Raises ValueError for a layer with settings that would be ignored."""
    expected = SUPPORTED.get(kind, {})
    if kind == "Conv2D":
        expected = expected | {"strides": [config["strides"][0]] * 2}
    for key, value in expected.items():
        if config.get(key, value) != value:
            raise ValueError(f"{folder}: {config['name']} has {key} {config[key]}, only {value} is supported")


def convolve(x: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor, step: int) -> torch.Tensor:
    """With TensorFlow's SAME padding, whose larger half is at the end if it is odd."""
    total = max((-(-x.shape[-1] // step) - 1) * step + kernel.shape[-1] - x.shape[-1], 0)
    before, after = total // 2, total - total // 2
    # Without a copy of x.
    if before == after:
        return functional.conv2d(x, kernel, bias, step, before)
    return functional.conv2d(functional.pad(x, (before, after, before, after)), kernel, bias, step)
