"""Teaches the network's deepest levels what depth is, before the whole network is trained on.

    coarse.py --data SAMPLES --init W.pth --out RUN --minutes 25

Why: a network that was trained from random parameters on small crops fills every pixel from its neighbourhood, and the level at 1/32 of
the size, in part that at 1/16, stays noise that the decoder has learnt to ignore (`levels.py` shows it). All their gradient comes through three blocks of
decoder that do well without them. Here they have gradients of their own: a head each on dec5 (1/16) and dec4 (1/8) estimates depth,

    h5 = conv3×3(dec5)·largest spot        h4 = conv3×3(dec4)·largest spot        B×1×H/16×W/16, B×1×H/8×W/8 metres
    L  = Σ over both heads of the mean over blocks of e·w·|h − g|/s

g: the mean depth of the known pixels of a block, where half of them are known; s: an image's mean g; w = (1 − r) + r·min(s/g, 20) as in
training/losses.py; e = 1 + E in blocks without a spot, which is where the levels above have nothing. The encoder up to 1/8 (features 0 to
6) stays as it is, because the rest of the network reads it.

At the end the part of dec3's first convolution that reads dec4 is set to 0, and its bias takes over what the old dec4 put out on average:
the network is then what it was without its deepest levels, and the training that follows finds something worth reading in them. Heads
are thrown away. Samples are those of `EMDC.Scenes shards --samples`; one in sixteen is measured on and not learnt from.
"""
import argparse
import os
import time
from typing import Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emdc import EMDC
from emdc.model import head, scaled
from emdc.plan import TAPS
from training.arriving import Arrays
from training.averaged import Averaged
from training.batches import Batch
from training.checkpoint import load_weights, save_weights
from training.device_frames import DeviceFrames
from training.groups import set_rate
from training.log import Log
from training.losses import SMALLEST, SMALLEST_SCALE, Loss, detached, mean, relative_weight
from training.norms import freeze
from training.schedule import rate
from training.shards import Shards
from training.step import PlainStep

#: Features of the encoder that stay as they are: those up to the tap at 1/8.
KEPT = 7

HELD_OUT = 16  # one sample in so many, and at most so many batches of them
MEASURED = 12


class Coarse(nn.Module):
    """The encoder, two blocks of the decoder, and a head for each. Only what is deep learns; the rest of the network is carried along."""

    def __init__(self, network: EMDC):
        super().__init__()
        self.network = network.requires_grad_(False)
        self.head5, self.head4 = head(160, 1), head(96, 1)
        for module in (*network.enc.features[KEPT:], network.dec5, network.dec4):
            module.requires_grad_(True)

    def forward(self, rgb: Tensor, spots: Tensor) -> Dict[int, Tensor]:
        """Depths in metres by the side of their blocks in pixels."""
        dec5, dec4, largest = self.decoded(rgb, spots)
        return {16: self.head5(dec5) * largest, 8: self.head4(dec4) * largest}

    def decoded(self, rgb: Tensor, spots: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """dec5, dec4 and the largest spot."""
        depth, largest = scaled(spots)
        features = self.network.enc(torch.cat((rgb, depth), 1))
        dec5 = self.network.dec5(features[TAPS[4]])
        return dec5, self.network.dec4(torch.cat((dec5, features[TAPS[3]]), 1)), largest

    def learning(self) -> List[nn.Parameter]:
        return [p for p in self.parameters() if p.requires_grad]


class Truth:
    """What the blocks of a size should have, and what an error in each of them weighs."""

    def __init__(self, batch: Batch, side: int, relative: float, unmeasured: float):
        known = (batch.depth > SMALLEST).float()
        share = F.avg_pool2d(known, side)
        self.depth = F.avg_pool2d(batch.depth * known, side) / share.clamp_min(1e-6)
        counts = (share > 0.5).float()
        self.empty = counts * (F.max_pool2d(batch.spots, side) == 0).float()
        s = mean(self.depth, counts).clamp_min(SMALLEST_SCALE)
        e = counts * (1 + unmeasured * self.empty)
        self.weight = e * relative_weight(self.depth, s, relative) / (s * e.sum((1, 2, 3), keepdim=True).clamp_min(1))

    def loss(self, p: Tensor) -> Tensor:
        return ((p - self.depth).abs() * self.weight).sum((1, 2, 3)).mean()

    def error(self, p: Tensor) -> Tuple[float, float]:
        """Σ |p − g|/g over the blocks without a spot, and how many they are."""
        return (((p - self.depth).abs() / self.depth.clamp_min(SMALLEST)) * self.empty).sum().item(), self.empty.sum().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders with shards of samples")
    parser.add_argument("--init", required=True, help="checkpoint or safetensors file to start from")
    parser.add_argument("--out", required=True, help="folder of the run; gets weights.pth and log.csv")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8, help="samples")
    parser.add_argument("--rate", type=float, default=1e-3, help="largest learning rate")
    parser.add_argument("--average", type=float, default=0.99, help="decay of the averaged weights")
    parser.add_argument("--relative", type=float, default=0.7, help="r")
    parser.add_argument("--unmeasured", type=float, default=3.0, help="E")
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's choice")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    os.makedirs(options.out, exist_ok=True)
    network = EMDC()
    load_weights(options.init, network)
    run(Coarse(network), *frames(options.data, options.seed), options)


def frames(folders: List[str], seed: int) -> Tuple[DeviceFrames, DeviceFrames]:
    """Those to learn from and those to measure on."""
    shards = [(shard.rgb, shard.depth, shard.spots) for shard in Shards(folders).shards]
    held = slice(None, None, HELD_OUT)
    return (of([tuple(np.delete(a, held, 0) for a in shard) for shard in shards], seed),
            of([tuple(a[held] for a in shard) for shard in shards], seed))


def of(shards: List[Arrays], seed: int) -> DeviceFrames:
    kept = DeviceFrames(torch.device("cpu"), seed, sum(len(rgb) for rgb, _, _ in shards), shards[0], drawn=True)
    for shard in shards:
        kept.add(shard)
    return kept


def run(coarse: Coarse, learnt: DeviceFrames, measured: DeviceFrames, options: argparse.Namespace) -> None:
    shape = tuple(learnt.depth.shape[1:])
    batches = learnt.batches([(*shape, 1.0)], options.batch * shape[0] * shape[1])
    held: List[Batch] = [measured.batch(options.batch, *shape) for _ in range(min(MEASURED, max(1, measured.count // options.batch)))]
    truths = [Truth(batch, 8, options.relative, options.unmeasured) for batch in held]
    coarse.eval()
    with torch.no_grad():
        whole = [F.avg_pool2d(coarse.network(batch.rgb, batch.spots).dense, 8) for batch in held]
        average = torch.stack([coarse.decoded(batch.rgb, batch.spots)[1].mean((0, 2, 3)) for batch in held]).mean(0)
    print(f"{learnt.count} samples to learn from, {measured.count} to measure on; RMAE in blocks of 8×8 without a spot, of the whole network: "
          f"{relative_error(whole, truths):.4f}", flush=True)

    optimiser = torch.optim.AdamW([{"params": coarse.learning(), "share": 1.0}], options.rate)
    averaged = Averaged(coarse, options.average)
    one_step = PlainStep(lambda batch: objective(coarse, batch, options.relative, options.unmeasured), optimiser, averaged, coarse, 1.0)
    log = Log(os.path.join(options.out, "log.csv"))

    @torch.no_grad()
    def unmeasured() -> float:
        return relative_error([averaged.model(batch.rgb, batch.spots)[8] for batch in held], truths)

    started, step, losses = time.monotonic(), 0, []
    while (progress := (time.monotonic() - started) / 60 / options.minutes) < 1:
        coarse.train()
        freeze(coarse)
        set_rate(optimiser, rate(progress, options.rate))
        step += 1
        losses.append(one_step(next(batches), step)["coarse"].item())
        if step % 50 == 0:
            row = {"minutes": progress * options.minutes, "step": step, "loss": sum(losses) / len(losses),
                   "unmeasured": unmeasured() if step % 200 == 0 else float("nan")}
            log.add(row)
            print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
            losses = []
    print(f"step {step}: unmeasured blocks {unmeasured():.4f}", flush=True)
    network = averaged.model.network
    disconnect(network, average)
    save_weights(os.path.join(options.out, "weights.pth"), network, step * options.batch)


def objective(coarse: Coarse, batch: Batch, relative: float, unmeasured: float) -> Loss:
    """L."""
    total = sum(Truth(batch, side, relative, unmeasured).loss(p) for side, p in coarse(batch.rgb, batch.spots).items())
    return Loss(total, detached({"coarse": total}))


def relative_error(estimates: List[Tensor], truths: List[Truth]) -> float:
    """Mean of |p − g|/g over all blocks without a spot."""
    found = [truth.error(p) for p, truth in zip(estimates, truths)]
    return sum(error for error, _ in found) / max(1.0, sum(count for _, count in found))


@torch.no_grad()
def disconnect(network: EMDC, mean: Tensor) -> None:
    """dec3 reads nothing of dec4 any more but `mean`, what it put out on average (96)."""
    conv, channels = network.dec3.conv, len(mean)
    conv.bias += (conv.weight[:, :channels].sum((2, 3)) * mean).sum(1)
    conv.weight[:, :channels] = 0


if __name__ == "__main__":
    main()
