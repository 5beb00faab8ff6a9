"""Starts a net from an exported one, to train it further."""

import torch

from artifact import Artifact
from feed import Batch
from net import Conv, Net

# The size of weights in front of a batch norm decides only how fast they turn. This is about what a long run ends with.
TYPICAL = 0.1


@torch.no_grad()
def start(net: Net, artifact: Artifact, batches: list[Batch]):
    """Sets the net to an exported one with as many layers, with batch norms that fit these batches.

    A net with more channels computes the same at first: what the new channels say is weighted by zero.
    """
    weights = artifact.weights

    def pair(name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return weights[f"{name}/weights"].permute(3, 2, 0, 1), weights[f"{name}/bias"]

    # In an exported net, the norms are folded into the convolutions, and 1/255 into the first.
    for name, layer in convolutions(net):
        weight, bias = pair(name)
        widen(layer.conv.weight, weight * 255 if name == "layer0" else weight)
        norm = layer.norm
        for tensor, value in ((norm.weight, 1), (norm.bias, 0), (norm.running_mean, 0), (norm.running_var, 1)):
            tensor.fill_(value)
        norm.bias[: len(bias)] = bias
    for i, layer in enumerate(net.body):
        if getattr(layer, "gate", None) is not None:
            for part in ("squeeze", "excite"):
                weight, bias = pair(f"layer{i}/gate/{part}")
                widen(getattr(layer.gate, part).weight, weight)
                getattr(layer.gate, part).bias[: len(bias)] = bias
    widen(net.last.weight, weights["last/weights"].t())
    net.last.bias.copy_(weights["last/bias"])
    settle(net, batches)
    # As in a net that starts at random, a block adds nothing to new channels at first.
    for name, layer in convolutions(net):
        if name.endswith("/second"):
            norm, known = layer.norm, len(weights[f"{name}/bias"])
            norm.weight[known:] = 0
            norm.bias[known:] = 0


def widen(tensor: torch.Tensor, known: torch.Tensor):
    """Copies weights [outputs, inputs, ...]. Further outputs stay as they are; known outputs ignore further inputs."""
    outputs, inputs = known.shape[:2]
    tensor[:outputs] = 0
    tensor[:outputs, :inputs] = known


def convolutions(net: Net) -> list[tuple[str, Conv]]:
    """All convolutions with a norm, by their names in an exported net."""
    names = {"body": "layer", "line": "line"}
    found = []
    for path, module in net.named_modules():
        if isinstance(module, Conv):
            branch, place, *inner = path.split(".")
            found.append(("/".join([names[branch] + place, *inner]), module))
    return found


def settle(net: Net, batches: list[Batch]):
    """Gives each norm the mean and variance of its inputs, and changes its scale and shift so that its outputs stay."""
    inputs: dict[Conv, list[torch.Tensor]] = {layer: [] for _, layer in convolutions(net)}

    def record(layer: Conv):
        return lambda _, __, output: inputs[layer].append(torch.stack([output.mean((0, 2, 3)), output.square().mean((0, 2, 3))]))

    hooks = [layer.conv.register_forward_hook(record(layer)) for layer in inputs]
    device = net.last.weight.device
    net.eval()
    for batch in batches:
        net(batch.rasters.to(device).float() / 255, batch.traces.to(device))
    net.train()
    for hook in hooks:
        hook.remove()
    for layer, moments in inputs.items():
        mean, square = torch.stack(moments).mean(0)
        variance = (square - mean**2).clamp_min(1e-8)
        norm = layer.norm
        scale = TYPICAL / layer.conv.weight.square().mean((1, 2, 3)).sqrt().clamp_min(1e-6)
        layer.conv.weight.mul_(scale[:, None, None, None])
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale**2)
        norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps) / scale)
        norm.bias.add_(mean)
