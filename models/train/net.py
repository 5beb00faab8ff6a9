"""The network: a small residual net of plain convolutions, fast in TensorFlow and in wasm."""

import torch
from torch import nn

SIDE = 64
CHANNELS = 3


class Conv(nn.Module):
    """Convolution, batch norm and an optional ReLU. Padded by half the kernel on all sides."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, relu: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x):
        x = self.norm(self.conv(x))
        return torch.relu_(x) if self.relu else x


class Gate(nn.Module):
    """Squeeze and excite (https://arxiv.org/abs/1709.01507): weighs the channels by the content of the whole picture."""

    def __init__(self, width: int):
        super().__init__()
        self.squeeze = nn.Conv2d(width, width // 4, 1)
        self.excite = nn.Conv2d(width // 4, width, 1)

    def forward(self, x):
        whole = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.excite(torch.relu(self.squeeze(whole))))


class Block(nn.Module):
    """Two convolutions with a skip connection. There is no gate at 16 pixels, where it would cost most."""

    def __init__(self, width: int, gated: bool):
        super().__init__()
        self.first = Conv(width, width, 3)
        self.second = Conv(width, width, 3, relu=False)
        self.gate = Gate(width) if gated else None
        # Each block starts as the identity, which allows a high learning rate from the start.
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, x):
        y = self.second(self.first(x))
        if self.gate is not None:
            y = self.gate(y)
        return torch.relu(x + y)


class Net(nn.Module):
    """Rasters [n, 3, 64, 64] on 0..1 to logits [n, words]."""

    def __init__(self, widths: list[int], blocks: list[int], head: int, words: int, dropout: float = 0.0):
        super().__init__()
        body: list[nn.Module] = [Conv(CHANNELS, widths[0], 5, 2)]
        for stage, count in enumerate(blocks):
            body.append(Conv(widths[stage], widths[stage + 1], 3, 2))
            body += [Block(widths[stage + 1], gated=stage > 0) for _ in range(count)]
        body.append(Conv(widths[-1], head, 1))
        self.body = nn.Sequential(*body)
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(head, words)

    def forward(self, x):
        return self.last(self.dropout(self.body(x).mean((2, 3))))


def build(preset: dict, words: int) -> Net:
    net = Net(preset["widths"], preset["blocks"], preset["head"], words, preset["dropout"])
    return net.to(memory_format=torch.channels_last)
