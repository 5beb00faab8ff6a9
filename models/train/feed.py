"""Reads the output of stream.ts: rasters and traces made by the same code as in the game, and bitmaps as Google drew them."""

import json
import math
import queue
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

import torch

from net import CHANNELS, SIDE, TRACE_FEATURES, TRACE_POINTS

ROOT = Path(__file__).resolve().parents[2]
RASTER = SIDE * SIDE * CHANNELS
BITMAP_SIDE = 28
BITMAP = BITMAP_SIDE * BITMAP_SIDE
TRACE = TRACE_POINTS * TRACE_FEATURES


class Batch(NamedTuple):
    """Some drawings, as batch.ts packs them."""

    # [n, 3, 64, 64] bytes, channels last in memory
    rasters: torch.Tensor
    # [n, 96, 7]
    traces: torch.Tensor
    # [n]
    labels: torch.Tensor
    # [n, words] bytes; a row of zeros where there is no soft label
    softs: torch.Tensor
    # [n] bytes: the weight of public networks, 255 for a whole drawing
    public_weights: torch.Tensor
    # [n, 1, 28, 28] bytes; blank without a weight
    bitmaps: torch.Tensor

    def part(self, start: int, size: int) -> "Batch":
        return Batch(*(each[start : start + size] for each in self))


def _start(args: list[str]) -> tuple[subprocess.Popen, dict]:
    command = ["node", "--import", "tsx", "models/train/stream.ts", *args]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{' '.join(command)} ended with {process.wait()}; see its message above")
    return process, json.loads(line)


def read_header(args: list[str]) -> dict:
    """The first line of a stream: the preset and the words."""
    process, header = _start(args)
    process.kill()
    return header


def _read(process: subprocess.Popen, count: int, words: int) -> Batch:
    data = bytearray(count * (4 * TRACE + 2 + words + 1 + BITMAP + RASTER))
    view = memoryview(data)
    at = 0
    while at < len(data):
        got = process.stdout.readinto(view[at:])
        if not got:
            raise RuntimeError(f"the stream ended with {process.wait()} in the middle of a batch")
        at += got
    at = 0

    def take(dtype: torch.dtype, *shape: int) -> torch.Tensor:
        nonlocal at
        tensor = torch.frombuffer(data, dtype=dtype, count=count * math.prod(shape), offset=at).view(count, *shape)
        at += tensor.nbytes
        return tensor

    traces = take(torch.float32, TRACE_POINTS, TRACE_FEATURES)
    labels = take(torch.int16).long()
    softs = take(torch.uint8, words)
    public_weights = take(torch.uint8)
    bitmaps = take(torch.uint8, 1, BITMAP_SIDE, BITMAP_SIDE)
    rasters = take(torch.uint8, SIDE, SIDE, CHANNELS).permute(0, 3, 1, 2)
    return Batch(rasters, traces, labels, softs, public_weights, bitmaps)


class Feed:
    """Endless training batches from number `start` on, a few of them read ahead."""

    def __init__(self, preset: str, start: int, options: list[str]):
        self.process, self.header = _start(["--preset", preset, "--from", str(start), *options])
        self.waiting: queue.Queue = queue.Queue(maxsize=4)
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self):
        try:
            while True:
                self.waiting.put(_read(self.process, self.header["preset"]["batch"], len(self.header["words"])))
        except Exception as error:  # Passed to the trainer, which must not wait for ever.
            self.waiting.put(error)

    def next(self) -> Batch:
        batch = self.waiting.get()
        if isinstance(batch, Exception):
            raise batch
        return batch

    def close(self):
        self.process.kill()


def held_out(preset: str, kind: str, share: float, every: int, options: list[str]) -> Batch | None:
    """The validation split of one format ("simplified", "raw"), each drawing cut to `share` of its ink. None if it is empty."""
    args = ["--preset", preset, "--check", kind, "--share", str(share), "--every", str(every)]
    process, header = _start(args + options)
    count = header["drawings"]
    result = _read(process, count, len(header["words"])) if count else None
    process.wait()
    return result
