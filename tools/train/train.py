"""Trains EMDC on shards of EMDC.Scenes.

    train.py --data SHARDS --validate SHARDS --out RUN --minutes 120 [--init W.pth]

RUN gets weights.pth (the averaged weights, as EMDC.Convert reads them), resume.pth, log.csv and, at the end, log.png. A run that
was stopped (Ctrl-C, SIGTERM, a crash: at most five minutes are lost) goes on with --resume; --minutes counts all its parts.
"""
import argparse
import os
import signal
import time
from typing import Dict, List

import numpy as np
import torch
from torch import Tensor

from emdc import EMDC, NINE_STAGES, SIX_STAGES
from training import losses
from training.augment import prepared
from training.averaged import Averaged
from training.batches import Batch, Size, loader, stacked
from training.bfloat16 import autocast, prepare
from training.checkpoint import load_weights, save, save_weights
from training.funnel import refine
from training.initial import initialise
from training.log import Log, plot
from training.norms import calibrate, freeze
from training.schedule import rate
from training.shards import Sample, Shards

SAVE_EVERY = 5.0  # minutes
LOG_EVERY = 50  # steps
CALIBRATION = 128  # crops


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders with shards to train on")
    parser.add_argument("--validate", nargs="+", required=True, help="folders with shards to measure on")
    parser.add_argument("--validation-frames", type=int, default=32)
    parser.add_argument("--out", required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, required=True, help="length of the run, all its parts together")
    parser.add_argument("--init", help="checkpoint to start from; without it, random parameters")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--stages", type=int, choices=(6, 9), default=9, help="of the funnel")
    parser.add_argument("--sizes", default="192x256", help="crops, HxW[:share],…, multiples of 32; e.g. 96x128:2,192x256:1")
    parser.add_argument("--pixels", type=int, default=10 * 192 * 256, help="of a batch, all its crops together")
    parser.add_argument("--rate", type=float, default=1e-3, help="largest learning rate")
    parser.add_argument("--decay", type=float, default=1e-2, help="AdamW's weight decay")
    parser.add_argument("--average", type=float, default=0.999, help="decay of the averaged weights")
    parser.add_argument("--freeze-norms-at", type=float, default=0.5, metavar="SHARE",
                        help="share of the run after which batch norms are calibrated and kept; 0: from the start, 1: never")
    parser.add_argument("--loss", choices=("paper", "published"), default="paper")
    parser.add_argument("--relative", type=float, default=0, help="0: the paper's L1; 1: L1 of relative errors; or between")
    parser.add_argument("--bfloat16", action="store_true", help="convolutions in bfloat16")
    parser.add_argument("--threads", type=int, default=0, help="on a CPU; 0: PyTorch's choice")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare batches")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    os.makedirs(options.out, exist_ok=True)
    Run(options).go()


class Run:
    """One training run and where it stands."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(options.seed)
        self.step, self.samples, self.minutes, self.frozen = 0, 0, 0.0, False
        self.model = EMDC(NINE_STAGES if options.stages == 9 else SIX_STAGES, refine)
        if options.bfloat16:
            prepare(self.model)
        if options.init:
            load_weights(options.init, self.model)
        else:
            initialise(self.model)
        self.model.to(self.device, memory_format=torch.channels_last)
        self.averaged = Averaged(self.model, options.average)
        self.optimiser = torch.optim.AdamW(self.model.parameters(), options.rate, weight_decay=options.decay)
        self.log = Log(os.path.join(options.out, "log.csv"))
        if options.resume:
            self.restore()
        self.validation = validation_batches(Shards(options.validate), options.validation_frames)
        # Another seed for each part of a run, so that a resumed one does not see the same crops again.
        self.batches = loader(Shards(options.data), sizes(options.sizes), options.pixels, options.seed + self.step, options.workers)
        self.stopping = False
        self.objective = losses.paper if options.loss == "paper" else losses.published

    def go(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        started, before = time.monotonic(), self.minutes
        saved = before
        recent: List[Dict[str, float]] = []
        while self.minutes < self.options.minutes and not self.stopping:
            recent.append(self.train(self.minutes / self.options.minutes))
            self.minutes = before + (time.monotonic() - started) / 60
            due = self.minutes - saved >= SAVE_EVERY
            if due or self.step % LOG_EVERY == 0:
                self.report(recent, self.rmae() if due else float("nan"))
                recent = []
            if due:
                self.save()
                saved = self.minutes
        self.report(recent, self.rmae())
        self.save()
        if not self.stopping:
            plot(self.log.path, os.path.join(self.options.out, "log.png"))

    def train(self, progress: float) -> Dict[str, float]:
        """One step; `progress` is the share of the run that has passed."""
        self.model.train()
        if not self.frozen and progress >= self.options.freeze_norms_at:
            calibrate(self.model, self.batches, CALIBRATION, self.device)
            self.frozen = True
        if self.frozen:
            freeze(self.model)
        for group in self.optimiser.param_groups:
            group["lr"] = rate(progress, self.options.rate)
        rgb, spots, depth = (tensor.to(self.device, non_blocking=True) for tensor in next(self.batches))
        with autocast(self.device, self.options.bfloat16):
            outputs = self.model(rgb.contiguous(memory_format=torch.channels_last), spots)
        dense, local, global_ = (output.float() for output in outputs)
        loss = self.objective(dense, local, global_, depth, self.options.relative)
        self.optimiser.zero_grad(set_to_none=True)
        loss.total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 2.0)
        if torch.isfinite(norm):  # one broken batch must not break the run
            self.optimiser.step()
            self.averaged.update(self.model, self.step)
        self.step += 1
        self.samples += len(rgb)
        return loss.parts

    @torch.no_grad()
    def rmae(self) -> float:
        """RMAE of the averaged weights, the mean over the validation frames."""
        found = []
        for rgb, spots, depth in self.validation:
            dense = self.averaged.model(rgb.to(self.device), spots.to(self.device)).dense.cpu()
            found.append(relative_error(dense, depth))
        return float(np.mean(found))

    def report(self, recent: List[Dict[str, float]], rmae: float) -> None:
        if not recent:
            return
        row = {"minutes": self.minutes, "step": self.step, "samples": self.samples, "rate": self.optimiser.param_groups[0]["lr"],
               **{name: float(np.mean([parts[name] for parts in recent])) for name in recent[0]},
               "rezero": self.model.rezero.item(), "rmae": rmae}
        self.log.add(row)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)

    def stop(self, *_) -> None:
        self.stopping = True

    def save(self) -> None:
        save_weights(os.path.join(self.options.out, "weights.pth"), self.averaged.model, self.samples)
        save(os.path.join(self.options.out, "resume.pth"), {
            "model": self.model.state_dict(), "averaged": self.averaged.model.state_dict(),
            "optimiser": self.optimiser.state_dict(), "step": self.step, "samples": self.samples, "minutes": self.minutes,
            "frozen": self.frozen})

    def restore(self) -> None:
        state = torch.load(os.path.join(self.options.out, "resume.pth"), map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.averaged.model.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.samples, self.minutes, self.frozen = (state[name] for name in ("step", "samples", "minutes", "frozen"))


def sizes(text: str) -> List[Size]:
    """`96x128:2,192x256` → [(96, 128, 2), (192, 256, 1)]."""
    found = []
    for part in text.split(","):
        size, _, share = part.partition(":")
        height, width = map(int, size.split("x"))
        if height % 32 or width % 32:
            raise ValueError(f"--sizes: {size} is not a multiple of 32 both ways.")
        found.append((height, width, float(share or 1)))
    return found


def validation_batches(shards: Shards, count: int) -> List[Batch]:
    """The first draw of `count` frames evenly out of all, one by one and uncut."""
    chosen = np.linspace(0, len(shards) - 1, min(count, len(shards))).astype(int)
    found = []
    for i in chosen:
        rgb, spots, depth = shards.sample(int(i), 0)
        if spots.any():
            found.append(stacked([prepared(Sample(rgb.astype(np.float32) / 255, spots, depth))]))
    return found


def relative_error(p: Tensor, g: Tensor) -> float:
    """Mean of |p − g| / g where g > 0."""
    known = g > 0
    return ((p - g).abs()[known] / g[known]).mean().item()


if __name__ == "__main__":
    main()
