"""The network: a small residual net of plain convolutions over the picture, and another one along the line."""

import torch
from torch import nn

SIDE = 64
CHANNELS = 3
TRACE_POINTS = 96
TRACE_FEATURES = 7
# Kernel and step of the convolutions along the trace: 96, 48, 24 and 12 points.
TRACE_STEPS = [(5, 1), (5, 2), (3, 1), (3, 2), (3, 1), (3, 2), (3, 1)]


class Conv(nn.Module):
    """Convolution, batch norm and an optional ReLU. Padded by half the kernel on all sides."""

    def __init__(self, inputs: int, outputs: int, kernel, stride=1, relu: bool = True):
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        self.conv = nn.Conv2d(inputs, outputs, (height, width), stride, (height // 2, width // 2), bias=False)
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
    """Rasters [n, 3, 64, 64] on 0..1 and traces [n, 96, 7] to logits [n, words]."""

    def __init__(self, preset: dict, words: int):
        super().__init__()
        widths, blocks, head = preset["widths"], preset["blocks"], preset["head"]
        body: list[nn.Module] = [Conv(CHANNELS, widths[0], 5, 2)]
        for stage, count in enumerate(blocks):
            body.append(Conv(widths[stage], widths[stage + 1], 3, 2))
            body += [Block(widths[stage + 1], gated=stage > 0) for _ in range(count)]
        body.append(Conv(widths[-1], head, 1))
        self.body = nn.Sequential(*body)
        # A picture of one row, whose channels are the trace's features.
        along = zip([TRACE_FEATURES, *preset["trace"]], preset["trace"], TRACE_STEPS)
        self.line = nn.Sequential(*(Conv(i, o, (1, kernel), (1, step)) for i, o, (kernel, step) in along))
        self.dropout = nn.Dropout(preset["dropout"])
        self.last = nn.Linear(head + preset["trace"][-1], words)

    def forward(self, rasters, traces):
        picture = self.body(rasters).mean((2, 3))
        line = self.line(traces.permute(0, 2, 1).unsqueeze(2)).mean((2, 3))
        return self.last(self.dropout(torch.cat([picture, line], 1)))


def build(preset: dict, words: int) -> Net:
    return Net(preset, words).to(memory_format=torch.channels_last)
