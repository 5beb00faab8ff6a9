"""Threads that share the weights. Each gets its own part of every batch."""

import copy
import queue
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from artifact import Artifact
from feed import Batch
from public import PublicNetwork

# Drawings per part. Batch norm sees one part at a time, and the activations of a part fit the cache.
PART = 64

# Teachers are less sure than they are right. With this power, the log loss of their mean on the validation split is least where at
# least 80 % of the ink is drawn.
OPINION_POWER = 1.15


class Opinion(NamedTuple):
    """The teachers' probabilities for some drawings."""

    # [n, words]
    probabilities: torch.Tensor
    # [n]: the weight of public networks, 1 for a whole drawing, 0 for one without a bitmap
    public_weights: torch.Tensor


class Loss:
    """The sum over drawings of the log loss: for the word, for the soft label where there is one, and for the teachers' opinion."""

    def __init__(self, preset: dict, shown: list[float], device: str):
        self.preset = preset
        # Words that are shown more often are more probable in training. The net learns what is left: each word as probable as any other.
        shares = torch.tensor(shown, device=device)
        self.log_prior = torch.log(shares / shares.sum())

    def __call__(self, logits: torch.Tensor, batch: Batch, opinion: Opinion | None = None) -> torch.Tensor:
        labels, softs = batch.labels.to(logits.device), batch.softs.to(logits.device).float()
        sums = softs.sum(1, keepdim=True)
        softs = softs / sums.clamp_min(1)
        known = sums[:, 0] > 0
        doubtful = softs.gather(1, labels[:, None])[:, 0] < self.preset["doubt"]
        weight = torch.where(doubtful, self.preset["doubtful"], self.preset["soft"]) * known
        scores = functional.log_softmax(logits + self.log_prior, 1)
        smoothing = self.preset["labelSmoothing"] * ~known
        hard = (1 - smoothing) * scores.gather(1, labels[:, None])[:, 0] + smoothing * scores.mean(1)
        plain = functional.log_softmax(logits, 1)
        total = -((1 - weight) * hard + weight * (softs * plain).sum(1))
        if opinion is None:
            return total.sum()
        whole, others = self.preset["taughtWhole"], self.preset["taught"]
        taught = others + (whole - others) * opinion.public_weights
        return ((1 - taught) * total - taught * (opinion.probabilities * plain).sum(1)).sum()


class Teachers:
    """Networks and their weights. Their opinion is the weighted geometric mean of their probabilities, to a power."""

    def __init__(self, exported: list[tuple[Artifact, float]], public: list[tuple[PublicNetwork, float]], device: str):
        self.exported, self.public = exported, public
        self.device = device

    def __call__(self, batch: Batch) -> Opinion | None:
        """None without teachers."""
        if not self.exported:
            return None
        inputs = batch.rasters.permute(0, 2, 3, 1).to(self.device), batch.traces.to(self.device)
        logs = sum(weight * artifact.run(*inputs).float().log_softmax(1) for artifact, weight in self.exported)
        total = logs.new_full((len(logs),), sum(weight for _, weight in self.exported))
        public_weights = batch.public_weights.to(self.device) / 255
        rows = public_weights.nonzero()[:, 0]
        bitmaps = batch.bitmaps.to(self.device)[rows].float() / 255
        for network, weight in self.public:
            weights = weight * public_weights
            logs[rows] += weights[rows, None] * network.logits(bitmaps).float().log_softmax(1)
            total += weights
        return Opinion((OPINION_POWER * logs / total[:, None]).softmax(1), public_weights)


class Team:
    """Computes gradients and scores.

    PyTorch's own threads meet at a barrier in every operation: when another process takes one of two cores, both wait
    for it, and training was seen to fall to a seventh. Here each thread takes the next part of the batch when it has
    done its last.
    """

    def __init__(self, threads: int, device: str, teachers: Teachers):
        torch.set_num_threads(1)
        self.device = device
        self.threads = threads
        self.teachers = teachers
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

    def gradients(self, net: nn.Module, batch: Batch, side: int, loss: Loss) -> float:
        """Computes the gradients of the batch's mean loss into `net`, and returns that loss."""
        total = len(batch.labels)
        size = PART if self.device == "cpu" else total

        def part(start: int) -> float:
            replica = self.replicas.get()
            some = batch.part(start, size)
            with torch.autocast(self.device, torch.bfloat16):
                logits = replica(self.input(some.rasters, side), some.traces.to(self.device))
                opinion = self.teachers(some)
            value = loss(logits.float(), some, opinion) / total
            value.backward()
            self.replicas.put(replica)
            return value.item()

        result = sum(self.pool.map(part, range(0, total, size)))
        replicas = [self.replicas.get() for _ in range(self.threads)]
        for mine, *theirs in zip(net.parameters(), *(replica.parameters() for replica in replicas)):
            gradients = [p.grad for p in theirs if p.grad is not None]
            mine.grad = sum(gradients[1:], gradients[0])
            for p in theirs:
                p.grad = None
        for replica in replicas:
            self.replicas.put(replica)
        return result

    def scores(self, net: nn.Module, batch: Batch, side: int) -> torch.Tensor:
        """Logits [n, words], on the CPU."""

        @torch.no_grad()
        def part(start: int) -> torch.Tensor:
            some = batch.part(start, 4 * PART)
            with torch.autocast(self.device, torch.bfloat16):
                return net(self.input(some.rasters, side), some.traces.to(self.device)).float().cpu()

        return torch.cat(list(self.pool.map(part, range(0, len(batch.labels), 4 * PART))))
