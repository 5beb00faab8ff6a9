"""Trains the recognizer: python3 models/train/train.py --preset full.

Settings are in config.ts; docs/training.md explains them.

A run is a folder with checkpoint.pt, log.jsonl and curves.svg. The same command goes on where the last one stopped.
"""

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

import torch

from artifact import Artifact
from curves import draw
from feed import ROOT, Batch, Feed, held_out
from net import SIDE, build
from public import PublicNetwork
from start import start
from team import Loss, Team, Teachers

# How many training batches the norms of a net that starts from an exported one are fitted to.
START_BATCHES = 8
SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


class Run:
    """The state of a run: everything that must outlive the process."""

    def __init__(self, folder: Path, preset: dict, words: list[str], device: str):
        self.folder, self.preset, self.words = folder, preset, words
        torch.manual_seed(preset["seed"])
        self.net = build(preset, len(words)).to(device)
        self.average = build(preset, len(words)).to(device).eval()
        self.average.load_state_dict(self.net.state_dict())
        # As usual, no weight decay for norms and biases: they are few and do not overfit.
        decayed = [p for p in self.net.parameters() if p.ndim > 1]
        others = [p for p in self.net.parameters() if p.ndim == 1]
        groups = [{"params": decayed, "weight_decay": preset["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=0.0, fused=True)
        self.batch, self.elapsed = 0, 0.0
        self.history: list[dict] = []

    def restore(self, state: dict):
        for part in ("net", "average", "optimizer"):
            getattr(self, part).load_state_dict(state[part])
        self.batch, self.elapsed, self.history = state["batch"], state["elapsed"], state["history"]

    def save(self):
        state = {part: getattr(self, part).state_dict() for part in ("net", "average", "optimizer")}
        for name in ("preset", "words", "batch", "elapsed", "history"):
            state[name] = getattr(self, name)
        torch.save(state, self.folder / "checkpoint.part")
        os.replace(self.folder / "checkpoint.part", self.folder / "checkpoint.pt")
        (self.folder / "log.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in self.history))
        (self.folder / "curves.svg").write_text(draw(self.history))

    def step(self, team: Team, loss_of: Loss, batch: Batch, side: int, progress: float) -> float:
        """Trains on one batch, with rasters scaled to `side` pixels. Returns its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate(progress) * self.preset["learningRate"]
        loss = team.gradients(self.net, batch, side, loss_of)
        if not math.isfinite(loss):
            sys.exit(f"the loss is {loss} at batch {self.batch}; the last checkpoint is in {self.folder}")
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.batch += 1
        # A young average forgets quickly, so the random start has no effect.
        follow(self.average, self.net, min(self.preset["average"], (1 + self.batch) / (10 + self.batch)))
        return loss


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="full")
    parser.add_argument("--run", type=Path, help="the run's folder (default .cache/train/PRESET)")
    parser.add_argument("--start", type=Path, help="folder of an exported network to begin with")
    parser.add_argument(
        "--teacher",
        nargs=2,
        action="append",
        default=[],
        metavar=("DIR", "WEIGHT"),
        help="folder of an exported network to learn from, and its weight among all teachers; once for each",
    )
    parser.add_argument(
        "--public",
        nargs=2,
        action="append",
        default=[],
        metavar=("DIR", "WEIGHT"),
        help="folder of a public network to learn whole drawings from as well, and its weight among all teachers; once for each",
    )
    parser.add_argument(
        "--data",
        action="append",
        default=[],
        help="folder with simplified/, raw/ and categories.txt, or an export of players' drawings to train on as well; once for each",
    )
    parser.add_argument("--minutes", type=float, help="length of training, instead of the preset's")
    parser.add_argument("--until", help="clock time HH:MM at which training ends, instead of its length")
    parser.add_argument("--epochs", type=int, help="length in epochs, instead of a time")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_args()
    if args.public and not args.teacher:
        sys.exit("--public needs a --teacher too: public networks know whole drawings only")
    folder = args.run or ROOT / ".cache" / "train" / args.preset
    folder.mkdir(parents=True, exist_ok=True)
    options = [option for folder in args.data for option in ("--data", folder)]
    device = "cuda" if torch.cuda.is_available() else "cpu"

    saved = folder / "checkpoint.pt"
    state = torch.load(saved, weights_only=False) if saved.exists() else None
    shown = [*options, "--public"] if args.public else options
    feed = Feed(args.preset, state["batch"] if state else 0, shown)
    run = Run(folder, feed.header["preset"], feed.header["words"], device)

    def exported(folder: Path) -> Artifact:
        artifact = Artifact(folder, device)
        if artifact.words != run.words:
            sys.exit(f"{folder} has other words than preset {args.preset}, or another order of them")
        return artifact

    def public(folder: Path) -> PublicNetwork:
        try:
            return PublicNetwork(folder, run.words, device)
        except (ValueError, OSError) as error:
            sys.exit(f"no public network: {error}")

    teachers = Teachers(
        [(exported(Path(folder)), float(weight)) for folder, weight in args.teacher],
        [(public(Path(folder)), float(weight)) for folder, weight in args.public],
        device,
    )
    team = Team(args.threads if device == "cpu" else 1, device, teachers)
    if state:
        run.restore(state)
        print(f"continues after batch {run.batch}, {run.elapsed / 60:.1f} minutes", flush=True)
    elif args.start:
        first = Feed(args.preset, 0, options)
        start(run.net, exported(args.start), [first.next() for _ in range(START_BATCHES)])
        first.close()
        run.average.load_state_dict(run.net.state_dict())
    team.follow(run.net)
    minutes = args.minutes or run.preset["minutes"]
    train(run, team, feed, load_checks(args.preset, options), minutes, args.until, args.epochs)
    feed.close()


def train(run: Run, team: Team, feed: Feed, checks: dict, minutes: float, until: str | None, epochs: int | None):
    """Trains until the time is up, or for `epochs` epochs in all."""
    per_epoch = feed.header["epoch"]
    loss_of = Loss(run.preset, feed.header["shown"], team.device)
    end = deadline(run, minutes, until)
    losses: list[float] = []
    last = time.time()
    while True:
        now = time.time()
        run.elapsed, last = run.elapsed + now - last, now
        # Progress follows the clock, not the steps, so the learning rate reaches 0 on time on a busy machine too. A length in epochs is
        # for what must come out the same on every machine.
        progress = run.batch / (epochs * per_epoch) if epochs else run.elapsed / max(run.elapsed + end - now, 1e-6)
        side = run.preset["small"]["side"] if progress < run.preset["small"]["until"] else SIDE
        done = progress >= 1
        if losses and (done or run.batch % per_epoch == 0):
            entry = {
                "epoch": round(run.batch / per_epoch, 2),
                "minutes": round(run.elapsed / 60, 2),
                "progress": round(progress, 4),
                "loss": round(sum(losses) / len(losses), 4),
            }
            # The curve over ink takes as long as everything else, and changes slowly.
            some = checks if done or len(run.history) % 4 == 3 else {k: checks[k] for k in ("simplified", "raw", "0.5") if k in checks}
            run.history.append(entry | measure(team, run.average, side, some))
            print("\r" + json.dumps(run.history[-1]), flush=True)
            run.save()
            losses = []
            end = deadline(run, minutes, until)
        if done:
            return
        losses.append(run.step(team, loss_of, feed.next(), side, progress))
        if run.batch % 20 == 0 and sys.stdout.isatty():
            full = round(30 * (run.batch % per_epoch) / per_epoch)
            bar = "#" * full + "." * (30 - full)
            mean = sum(losses) / len(losses)
            text = f"epoch {run.batch // per_epoch} [{bar}] loss {mean:.3f} · {100 * progress:.1f} % of the run "
            print("\r" + text, end="", flush=True)


def deadline(run: Run, minutes: float, until: str | None) -> float:
    """When training ends, in seconds since 1970. A file `until` in the run's folder moves it while training runs."""
    moved = run.folder / "until"
    if moved.exists():
        until = moved.read_text().strip()
    if not until:
        return time.time() + 60 * minutes - run.elapsed
    hour, minute = map(int, until.split(":"))
    began = time.time() - run.elapsed
    clock = time.localtime(began)
    end = time.mktime((clock.tm_year, clock.tm_mon, clock.tm_mday, hour, minute, 0, 0, 0, -1))
    # A time before the start is one of the next day.
    return end if end > began else end + 24 * 3600


def rate(progress: float) -> float:
    """The learning rate as a share of its peak: up during the first 3 %, then half a cosine down to 0."""
    if progress < 0.03:
        return 0.02 + 0.98 * progress / 0.03
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (progress - 0.03) / 0.97))


@torch.no_grad()
def follow(average: torch.nn.Module, net: torch.nn.Module, decay: float):
    """Moves the weights and batch statistics of the average towards the net's."""
    pairs = list(zip(average.state_dict().values(), net.state_dict().values()))
    floats = [(a, b) for a, b in pairs if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)


def load_checks(preset: str, options: list[str]) -> dict:
    """The held-out drawings of both formats, and a quarter of the simplified ones at each share of their ink."""
    checks = {kind: held_out(preset, kind, 1, 1, options) for kind in ("simplified", "raw")}
    checks |= {str(share): held_out(preset, "simplified", share, 4, options) for share in SHARES}
    # A data set may be without raw drawings.
    return {name: check for name, check in checks.items() if check}


def measure(team: Team, net: torch.nn.Module, side: int, checks: dict) -> dict:
    """Accuracies in percent: top1, top3 and top5 of whole drawings, raw, and top-1 by share of ink."""
    result = {}
    for name, check in checks.items():
        best = team.scores(net, check, side).topk(5, 1).indices == check.labels[:, None]
        top = {k: round(100 * best[:, :k].any(1).float().mean().item(), 2) for k in (1, 3, 5)}
        if name == "simplified":
            result |= {"top1": top[1], "top3": top[3], "top5": top[5]}
        else:
            result[name] = top[1]
    if "0.1" in result:
        result["mean"] = round((sum(result[str(share)] for share in SHARES) + result["top1"]) / 10, 2)
    return result


if __name__ == "__main__":
    main()
