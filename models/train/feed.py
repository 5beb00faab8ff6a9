"""Reads the output of stream.ts: rasters made by the same code as in the game."""

import json
import queue
import subprocess
import threading
from pathlib import Path

import torch

from net import CHANNELS, SIDE

ROOT = Path(__file__).resolve().parents[2]
RASTER = SIDE * SIDE * CHANNELS


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


def _read(process: subprocess.Popen, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Labels [count], and rasters [count, 3, 64, 64] as bytes, channels last in memory."""
    data = bytearray(count * (2 + RASTER))
    view = memoryview(data)
    at = 0
    while at < len(data):
        got = process.stdout.readinto(view[at:])
        if not got:
            raise RuntimeError(f"the stream ended with {process.wait()} in the middle of a batch")
        at += got
    labels = torch.frombuffer(data, dtype=torch.int16, count=count).long()
    rasters = torch.frombuffer(data, dtype=torch.uint8, offset=2 * count)
    return labels, rasters.view(count, SIDE, SIDE, CHANNELS).permute(0, 3, 1, 2)


class Feed:
    """Endless training batches from number `start` on, a few of them read ahead."""

    def __init__(self, preset: str, start: int, options: list[str]):
        self.process, self.header = _start(["--preset", preset, "--from", str(start), *options])
        self.waiting: queue.Queue = queue.Queue(maxsize=4)
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self):
        try:
            while True:
                self.waiting.put(_read(self.process, self.header["preset"]["batch"]))
        except Exception as error:  # Passed to the trainer, which must not wait for ever.
            self.waiting.put(error)

    def next(self) -> tuple[torch.Tensor, torch.Tensor]:
        batch = self.waiting.get()
        if isinstance(batch, Exception):
            raise batch
        return batch

    def close(self):
        self.process.kill()


def held_out(preset: str, kind: str, share: float, every: int, options: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """The validation split of one format ("simplified", "raw"), each drawing cut to `share` of its ink."""
    args = ["--preset", preset, "--check", kind, "--share", str(share), "--every", str(every)]
    process, header = _start(args + options)
    result = _read(process, header["drawings"])
    process.wait()
    return result
