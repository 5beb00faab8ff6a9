"""Trains the recognizer: python3 models/train/train.py --preset full. Settings are in config.ts; docs/training.md explains them.

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
from torch.nn import functional

from curves import draw
from feed import ROOT, Feed, held_out
from net import SIDE, build
from team import Team

SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="full")
    parser.add_argument("--run", type=Path, help="the run's folder; .cache/train/PRESET unless given")
    parser.add_argument("--data", help="folder with simplified/, raw/ and categories.txt")
    parser.add_argument("--minutes", type=float, help="length of training, instead of the preset's")
    parser.add_argument("--until", help="clock time HH:MM at which training ends, instead of its length")
    parser.add_argument("--epochs", type=int, help="stop after so many epochs, whatever the clock says")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_args()
    run = args.run or ROOT / ".cache" / "train" / args.preset
    run.mkdir(parents=True, exist_ok=True)
    options = ["--data", args.data] if args.data else []
    device = "cuda" if torch.cuda.is_available() else "cpu"
    team = Team(args.threads if device == "cpu" else 1, device)

    saved = run / "checkpoint.pt"
    state = torch.load(saved, weights_only=False) if saved.exists() else None
    feed = Feed(args.preset, state["batch"] if state else 0, options)
    preset, words, per_epoch = feed.header["preset"], feed.header["words"], feed.header["epoch"]
    torch.manual_seed(preset["seed"])
    net = build(preset, len(words)).to(device)
    team.follow(net)
    average = build(preset, len(words)).to(device).eval()
    average.load_state_dict(net.state_dict())
    # Norms and biases are left out of weight decay, as is usual: they are few and do not overfit.
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": preset["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0, fused=True)
    batch, elapsed, history = 0, 0.0, []
    if state:
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        batch, elapsed, history = state["batch"], state["elapsed"], state["history"]
        print(f"goes on after batch {batch}, {elapsed / 60:.1f} minutes", flush=True)
    checks = load_checks(args.preset, options)

    end = deadline(args, preset, elapsed)
    loss_sum, seen, last = 0.0, 0, time.time()
    while True:
        now = time.time()
        elapsed, last = elapsed + now - last, now
        # Progress follows the clock, not the steps: whatever else the machine does, the rate has come down to 0 in time.
        progress = elapsed / max(elapsed + end - now, 1e-6)
        side = preset["small"]["side"] if progress < preset["small"]["until"] else SIDE
        done = progress >= 1 or (args.epochs is not None and batch >= args.epochs * per_epoch)
        if (batch % per_epoch == 0 and seen) or done:
            entry = {"epoch": round(batch / per_epoch, 2), "minutes": round(elapsed / 60, 2), "progress": round(progress, 4)}
            entry["loss"] = round(loss_sum / max(seen, 1), 4)
            full = done or len(history) % 4 == 3
            entry |= measure(team, average, side, checks if full else {k: checks[k] for k in ("simplified", "raw", "0.5")})
            history.append(entry)
            print("\r" + json.dumps(entry), flush=True)
            (run / "log.jsonl").write_text("".join(json.dumps(e) + "\n" for e in history))
            (run / "curves.svg").write_text(draw(history))
            store = {"net": net.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
            store |= {"preset": preset, "words": words, "batch": batch, "elapsed": elapsed, "history": history}
            torch.save(store, run / "checkpoint.tmp")
            os.replace(run / "checkpoint.tmp", saved)
            loss_sum, seen = 0.0, 0
            end = deadline(args, preset, elapsed + time.time() - last)
        if done:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate(progress) * preset["learningRate"]
        labels, rasters = feed.next()
        loss = team.gradients(net, rasters, labels, side, preset["labelSmoothing"])
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        batch += 1
        follow(average, net, min(preset["average"], (1 + batch) / (10 + batch)))
        loss_sum, seen = loss_sum + loss, seen + 1
        if not math.isfinite(loss_sum):
            sys.exit(f"the loss is {loss_sum} after batch {batch}; the last checkpoint is {saved}")
        if batch % 20 == 0 and sys.stdout.isatty():
            share = (batch % per_epoch) / per_epoch
            bar = "#" * round(30 * share) + "." * (30 - round(30 * share))
            print(f"\repoch {batch // per_epoch} [{bar}] loss {loss_sum / seen:.3f} · {100 * progress:.1f} % of the run ", end="", flush=True)
    feed.close()


def deadline(args, preset: dict, elapsed: float) -> float:
    """When training ends, in seconds since 1970. The file `until` in the run's folder, if there is one, moves it while training runs."""
    moved = (args.run or ROOT / ".cache" / "train" / args.preset) / "until"
    until = moved.read_text().strip() if moved.exists() else args.until
    if not until:
        return time.time() + 60 * (args.minutes or preset["minutes"]) - elapsed
    clock = time.localtime()
    hour, minute = map(int, until.split(":"))
    return time.mktime((clock.tm_year, clock.tm_mon, clock.tm_mday, hour, minute, 0, 0, 0, -1))


def rate(progress: float) -> float:
    """The learning rate as a part of the highest one: up in the first 3 %, then half a cosine down to 0."""
    if progress < 0.03:
        return 0.02 + 0.98 * progress / 0.03
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (progress - 0.03) / 0.97))


@torch.no_grad()
def follow(average: torch.nn.Module, net: torch.nn.Module, decay: float):
    """Moves the average's weights and batch statistics towards the net's."""
    pairs = list(zip(average.state_dict().values(), net.state_dict().values()))
    floats = [(a, b) for a, b in pairs if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)


def load_checks(preset: str, options: list[str]) -> dict:
    checks = {"simplified": held_out(preset, "simplified", 1, 1, options), "raw": held_out(preset, "raw", 1, 1, options)}
    return checks | {str(share): held_out(preset, "simplified", share, 4, options) for share in SHARES}


def measure(team: Team, net: torch.nn.Module, side: int, checks: dict) -> dict:
    """Accuracies in percent: top1, top3 and top5 of whole drawings, raw, and top-1 by share of ink."""
    result = {}
    for name, check in checks.items():
        labels = check[0]
        best = team.scores(net, check[1], side).topk(5, 1).indices == labels[:, None]
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
