"""Threads that share the weights. Each gets its own part of every batch."""

import copy
import queue
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import nn
from torch.nn import functional

# Drawings per part. Batch norm sees one part at a time, and the activations of a part fit the cache.
PART = 64


class Team:
    """Computes gradients and scores.

    PyTorch's own threads meet at a barrier in every operation: when another process takes one of two cores, both wait
    for it, and training was seen to fall to a seventh. Here each thread takes the next part of the batch when it has
    done its last.
    """

    def __init__(self, threads: int, device: str):
        torch.set_num_threads(1)
        self.device = device
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads)
        self.replicas: queue.Queue = queue.Queue()

    def follow(self, net: nn.Module):
        """Makes a replica per thread. It shares weights and batch statistics with `net`, and has its own gradients."""
        for _ in range(self.threads):
            replica = copy.deepcopy(net)
            for mine, theirs in zip(replica.parameters(), net.parameters()):
                mine.data = theirs.data
            for mine, theirs in zip(replica.buffers(), net.buffers()):
                mine.data = theirs.data
            self.replicas.put(replica.train())

    def input(self, rasters: torch.Tensor, side: int) -> torch.Tensor:
        """Converts rasters of bytes to the net's input, scaled down to `side` if given."""
        x = rasters.to(self.device).float().div_(255)
        return x if side == x.shape[-1] else functional.interpolate(x, size=side, mode="area")

    def gradients(
        self, net: nn.Module, rasters: torch.Tensor, labels: torch.Tensor, side: int, smoothing: float
    ) -> float:
        """Computes the gradients of the batch's mean loss into `net`, and returns that loss."""
        size = PART if self.device == "cpu" else len(labels)

        def part(start: int) -> float:
            replica = self.replicas.get()
            x, y = rasters[start : start + size], labels[start : start + size].to(self.device)
            with torch.autocast(self.device, torch.bfloat16):
                logits = replica(self.input(x, side))
            loss = functional.cross_entropy(logits.float(), y, label_smoothing=smoothing) * (len(y) / len(labels))
            loss.backward()
            self.replicas.put(replica)
            return loss.item()

        loss = sum(self.pool.map(part, range(0, len(labels), size)))
        replicas = [self.replicas.get() for _ in range(self.threads)]
        for mine, *theirs in zip(net.parameters(), *(replica.parameters() for replica in replicas)):
            gradients = [p.grad for p in theirs if p.grad is not None]
            mine.grad = sum(gradients[1:], gradients[0])
            for p in theirs:
                p.grad = None
        for replica in replicas:
            self.replicas.put(replica)
        return loss

    def scores(self, net: nn.Module, rasters: torch.Tensor, side: int) -> torch.Tensor:
        """Logits [n, words] of rasters of bytes, on the CPU."""

        @torch.no_grad()
        def part(x: torch.Tensor) -> torch.Tensor:
            with torch.autocast(self.device, torch.bfloat16):
                return net(self.input(x, side)).float().cpu()

        return torch.cat(list(self.pool.map(part, rasters.split(4 * PART))))
