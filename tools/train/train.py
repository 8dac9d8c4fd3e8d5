"""Trains EMDC on shards of EMDC.Scenes.

    train.py --data SHARDS --validate SHARDS --out RUN --minutes 120 [--init W.pth]
    torchrun --nproc_per_node N train.py …                                    on N GPUs (or N CPU processes)

RUN gets weights.pth (the averaged weights, as EMDC.Convert reads them), resume.pth, log.csv and, at the end, log.png. A run that
was stopped (Ctrl-C, SIGTERM, a crash: at most --save-every minutes are lost) goes on with --resume; --minutes counts all its parts.
"""
import argparse
import os
import signal
import time
from typing import Dict, List, Optional

import numpy as np
import torch
from torch import Tensor

from emdc import EMDC, NINE_STAGES, SIX_STAGES
from training import losses, packed, parallel
from training.augment import prepared
from training.averaged import Averaged
from training.batches import Batch, Size, loader, stacked
from training.bfloat16 import autocast, prepare
from training.checkpoint import load_weights, save, save_weights
from training.device_frames import DeviceFrames
from training.funnel import refine
from training.groups import groups, set_rate
from training.initial import initialise
from training.log import Log, plot
from training.logits import Watched
from training.muon import Muon
from training.norms import calibrate, freeze
from training.schedule import rate
from training.shards import Sample, Shards
from training.step import PlainStep, recorded

CALIBRATION = 128  # crops


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders with shards to train on")
    parser.add_argument("--validate", nargs="+", required=True, help="folders with shards to measure on")
    parser.add_argument("--validation-frames", type=int, default=32)
    parser.add_argument("--out", required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, help="length of the run, all its parts together")
    parser.add_argument("--end-at", type=float, metavar="T", help="end at this second (Unix time) instead, the last save included")
    parser.add_argument("--init", help="checkpoint or safetensors file to start from; without it, random parameters")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--stages", type=int, choices=(6, 9), default=9, help="of the funnel")
    parser.add_argument("--sizes", default="192x256", help="crops, HxW[:share],…, multiples of 32; e.g. 96x128:2,192x256:1")
    parser.add_argument("--pixels", type=int, default=10 * 192 * 256, help="of a batch (of each process), all its crops together")
    parser.add_argument("--optimiser", choices=("adamw", "muon"), default="adamw", help="muon: for dense convolutions, and AdamW for all others")
    parser.add_argument("--rate", type=float, default=1e-3, help="largest learning rate")
    parser.add_argument("--decay", type=float, default=1e-2, help="weight decay, of convolutions outside the funnel")
    parser.add_argument("--clip", type=float, default=1.0, help="bound on the gradient's norm")
    parser.add_argument("--average", type=float, default=0.999, help="decay of the averaged weights")
    parser.add_argument("--freeze-norms-at", type=float, default=None, metavar="SHARE",
                        help="share of the run after which batch norms are calibrated and kept; 0: kept from the start as they are, "
                             "which is the default with --init; 0.5 without; 1: never")
    parser.add_argument("--loss", choices=("objective", "published"), default="objective")
    for name, value in losses.Weights()._asdict().items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, help="see training/losses.py")
    parser.add_argument("--bfloat16", action="store_true", help="convolutions in bfloat16")
    parser.add_argument("--on-device", action="store_true", help="keep all frames in the device's memory and draw crops there")
    parser.add_argument("--packed", action="store_true",
                        help="one convolution for all logits of a funnel stage, and Triton's kernels for the stage on a GPU; for one process")
    parser.add_argument("--consume", action="store_true",
                        help="--data names folders that another program fills with samples while this one runs, as "
                             "`EMDC.Scenes shards --samples` does; each shard is deleted when it has been read, samples stay in the device's memory and are only mirrored")
    parser.add_argument("--capacity", type=int, default=80000, help="with --consume: samples that are kept, the newest")
    parser.add_argument("--graph", action="store_true", help="replay the step of one GPU as a CUDA graph once batch norms are kept; not proven on a card")
    parser.add_argument("--profile", action="store_true", help="print where the time of some steps goes before the run begins")
    parser.add_argument("--save-every", type=float, default=5.0, help="minutes")
    parser.add_argument("--log-every", type=int, default=50, help="steps")
    parser.add_argument("--half", action="store_true", help="weights.pth in float16, the running statistics excepted")
    parser.add_argument("--threads", type=int, default=0, help="on a CPU; 0: PyTorch's choice")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare batches")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if (options.minutes is None) == (options.end_at is None):
        parser.error("either --minutes or --end-at is needed")
    if options.graph and options.profile:
        parser.error("--profile times a step operator by operator, and what has been profiled cannot be recorded: leave out --profile or --graph")
    if options.freeze_norms_at is None:
        options.freeze_norms_at = 0.0 if options.init else 0.5
    return options


def main() -> None:
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    os.makedirs(options.out, exist_ok=True)
    with parallel.processes():
        Run(options).go()


class Run:
    """One training run and where it stands."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.device = parallel.device()
        torch.manual_seed(options.seed)
        self.step, self.samples, self.minutes, self.frozen = 0, 0, 0.0, False
        self.logits = Watched(refine)
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True  # all batches are of a few sizes
        self.model = EMDC(NINE_STAGES if options.stages == 9 else SIX_STAGES, self.logits)
        if options.bfloat16:
            prepare(self.model)
        if options.init:
            load_weights(options.init, self.model)
        else:
            initialise(self.model)
        self.model.to(self.device, memory_format=torch.channels_last)
        self.averaged = Averaged(self.model, options.average)
        muon = options.optimiser == "muon"
        self.optimiser = (Muon if muon else torch.optim.AdamW)(
            groups(self.model, options.decay, muon), options.rate, **({"fused": True, "capturable": True} if self.device.type == "cuda" else {}))
        self.log = Log(os.path.join(options.out, "log.csv"))
        if options.resume:
            self.restore()
        if options.end_at is not None:
            options.minutes = self.minutes + max(0.0, options.end_at - time.time()) / 60
        self.validation = validation_batches(Shards(options.validate), options.validation_frames) if parallel.is_first() else []
        self.frames: Optional[DeviceFrames] = None
        self.batches = self.training_batches()
        self.stopping = False
        self.packed = packed.Packed(self.model, packed.fastest(self.device)) if options.packed and parallel.count() == 1 else None
        self.weights = losses.Weights(*(getattr(options, name) for name in losses.Weights._fields))
        # On several devices gradients are averaged as they come; a graph of such a step is not recorded.
        distributed = parallel.wrapped(self.model)
        self.forward = distributed
        self.steps: Dict = {}

    def training_batches(self):
        # Another seed for each part and process, so that none sees the same crops again.
        options, seed = self.options, (self.options.seed + self.step) * parallel.count() + parallel.rank()
        if options.consume or options.on_device:
            self.frames = DeviceFrames.arriving_in(options.data, self.device, seed, options.capacity) if options.consume \
                else DeviceFrames.of(Shards(options.data), self.device, seed)
            return self.frames.batches(sizes(options.sizes), options.pixels)
        return loader(Shards(options.data), sizes(options.sizes), options.pixels, seed, options.workers)

    def go(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        if self.options.profile:
            self.profile()
        started, before = time.monotonic(), self.minutes
        saved = before
        recent: List[Dict[str, Tensor]] = []
        spare = 0.0  # minutes that the last validation and save took, which the run must end before
        while self.goes_on(spare if self.options.end_at is not None else 0.0):
            recent.append(self.train(self.minutes / self.options.minutes))
            self.minutes = before + (time.monotonic() - started) / 60
            due = self.minutes - saved >= self.options.save_every
            if due or self.step % self.options.log_every == 0:
                self.report(recent, due)
                recent = []
            if due:
                self.save()
                saved = before + (time.monotonic() - started) / 60
                spare = saved - self.minutes
        self.report(recent, True)
        self.save()
        if not self.stopping and parallel.is_first() and os.path.exists(self.log.path):  # a run too short for a step has no log
            plot(self.log.path, os.path.join(self.options.out, "log.png"))

    def profile(self) -> None:
        """The costliest operators of some plain steps, after one that warms up. The steps train."""
        plain = PlainStep(self.compute, self.optimiser, self.averaged, self.model, self.options.clip)
        freeze(self.model)
        batch = Batch(*(tensor.to(self.device) for tensor in next(self.batches)))
        plain(batch, 0)
        with torch.profiler.profile() as profile:
            for step in range(1, 4):
                plain(batch, step)
            if self.device.type == "cuda":
                torch.cuda.synchronize()
        print(profile.key_averages().table(sort_by=f"self_{self.device.type}_time_total", row_limit=40, max_name_column_width=90), flush=True)

    def goes_on(self, spare: float) -> bool:
        """All processes end with the same step: the first one's clock counts."""
        return parallel.agreed(self.minutes + spare < self.options.minutes and not self.stopping, self.device)

    def train(self, progress: float) -> Dict[str, Tensor]:
        """One step; `progress` is the share of the run that has passed."""
        self.model.train()
        if not self.frozen and progress >= self.options.freeze_norms_at:
            if self.options.freeze_norms_at > 0:
                calibrate(self.model, self.batches, CALIBRATION, self.device)
            self.frozen = True
        if self.frozen:
            freeze(self.model)
        set_rate(self.optimiser, rate(progress, self.options.rate))
        batch = Batch(*(tensor.to(self.device, non_blocking=True) for tensor in next(self.batches)))
        shape = tuple(batch.rgb.shape), self.frozen
        if shape not in self.steps:
            self.steps[shape] = recorded(self.compute, self.optimiser, self.averaged, self.model, self.options.clip, batch) \
                if self.device.type == "cuda" and parallel.count() == 1 and self.options.graph and self.frozen \
                else PlainStep(self.compute, self.optimiser, self.averaged, self.model, self.options.clip)
        parts = self.steps[shape](batch, self.step)
        self.step += 1
        self.samples += len(batch.rgb) * parallel.count()
        return parts

    def compute(self, batch: Batch) -> losses.Loss:
        with autocast(self.device, self.options.bfloat16):
            if self.packed is not None:
                outputs, logits = self.packed(batch.rgb, batch.spots)
            else:
                outputs = self.forward(batch.rgb.contiguous(memory_format=torch.channels_last), batch.spots)
                logits = self.logits.take()
        dense, local, global_ = (output.float() for output in outputs)
        if self.options.loss == "published":
            return losses.published(dense, local, global_, batch.depth)
        return losses.objective(dense, local, global_, batch.depth, batch.spots, logits, self.weights)

    @torch.no_grad()
    def rmae(self) -> float:
        """RMAE of the averaged weights, the mean over the validation frames."""
        found = []
        for rgb, spots, depth in self.validation:
            dense = self.averaged.model(rgb.to(self.device), spots.to(self.device)).dense.cpu()
            found.append(relative_error(dense, depth))
        return float(np.mean(found))

    def report(self, recent: List[Dict[str, Tensor]], validate: bool) -> None:
        if not recent or not parallel.is_first():
            return
        row = {"minutes": self.minutes, "step": self.step, "samples": self.samples, "rate": float(self.optimiser.param_groups[0]["lr"]),
               **{name: torch.stack([parts[name] for parts in recent]).mean().item() for name in recent[0]},
               **({} if self.frames is None else {"frames": self.frames.taken}),
               "rezero": self.model.rezero.item(), "rmae": self.rmae() if validate else float("nan")}
        self.log.add(row)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)

    def stop(self, *_) -> None:
        self.stopping = True

    def save(self) -> None:
        if not parallel.is_first():
            return
        save_weights(os.path.join(self.options.out, "weights.pth"), self.averaged.model, self.samples, self.options.half)
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
