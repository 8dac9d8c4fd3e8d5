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
from typing import Dict, Iterator, List, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emdc import EMDC
from emdc.model import head
from training.averaged import Averaged
from training.batches import Batch
from training.checkpoint import load_weights, save_weights
from training.device_frames import DeviceFrames
from training.log import Log
from training.norms import freeze
from training.schedule import rate
from training.shards import Shards

#: Features of the encoder that stay as they are: those up to the tap at 1/8.
KEPT = 7

HELD_OUT = 16  # one sample in so many, and at most so many batches of them
MEASURED = 12
LARGEST_RATIO, SMALLEST_SCALE = 20.0, 0.1


class Coarse(nn.Module):
    """The encoder, two blocks of the decoder, and a head for each."""

    def __init__(self, network: EMDC):
        super().__init__()
        self.network = network
        self.head5, self.head4 = head(160, 1), head(96, 1)

    def forward(self, rgb: Tensor, spots: Tensor) -> Dict[int, Tensor]:
        """Depths in metres by the side of their blocks in pixels."""
        dec5, dec4, largest = self.decoded(rgb, spots)
        return {16: self.head5(dec5) * largest, 8: self.head4(dec4) * largest}

    def decoded(self, rgb: Tensor, spots: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        largest = spots.amax((1, 2, 3), keepdim=True)
        x = torch.cat((rgb, spots / (largest + 1e-4)), 1)
        features = self.network.enc.features
        with torch.no_grad():
            for feature in features[:KEPT]:
                x = feature(x)
        for feature in features[KEPT:11]:
            x = feature(x)
        tap = x
        for feature in features[11:]:
            x = feature(x)
        dec5 = self.network.dec5(x)
        return dec5, self.network.dec4(torch.cat((dec5, tap), 1)), largest

    def learning(self) -> List[nn.Module]:
        return [*self.network.enc.features[KEPT:], self.network.dec5, self.network.dec4, self.head5, self.head4]


class Truth:
    """What the blocks of a size should have."""

    def __init__(self, batch: Batch, side: int, relative: float, unmeasured: float):
        known = (batch.depth > 1e-3).float()
        share = F.avg_pool2d(known, side)
        self.depth = F.avg_pool2d(batch.depth * known, side) / share.clamp_min(1e-6)
        counts = (share > 0.5).float()
        self.empty = counts * (F.max_pool2d(batch.spots, side) == 0).float()
        self.scale = ((self.depth * counts).sum((1, 2, 3), keepdim=True) / counts.sum((1, 2, 3), keepdim=True).clamp_min(1)).clamp_min(SMALLEST_SCALE)
        e = counts * (1 + unmeasured * self.empty)
        w = 1 - relative + relative * (self.scale / self.depth.clamp_min(1e-3)).clamp_max(LARGEST_RATIO)
        self.weight = e * w / (self.scale * e.sum((1, 2, 3), keepdim=True).clamp_min(1))

    def loss(self, p: Tensor) -> Tensor:
        return ((p - self.depth).abs() * self.weight).sum((1, 2, 3)).mean()

    def error(self, p: Tensor) -> Tuple[float, float]:
        """Σ |p − g|/g over the blocks without a spot, and how many they are."""
        return (((p - self.depth).abs() / self.depth.clamp_min(1e-3)) * self.empty).sum().item(), self.empty.sum().item()


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
    arrays = [(shard.rgb, shard.depth, shard.spots) for shard in Shards(folders).shards]
    found = []
    for part in (lambda i: i % HELD_OUT != 0, lambda i: i % HELD_OUT == 0):
        chosen = [[i for i in range(len(rgb)) if part(i)] for rgb, _, _ in arrays]
        kept = DeviceFrames(torch.device("cpu"), seed, sum(map(len, chosen)), arrays[0], drawn=True)
        for whole, some in zip(arrays, chosen):
            kept.add(tuple(a[some] for a in whole))
        found.append(kept)
    return found[0], found[1]


def run(coarse: Coarse, learnt: DeviceFrames, measured: DeviceFrames, options: argparse.Namespace) -> None:
    shape = tuple(learnt.depth.shape[1:])
    batches = learnt.batches([(*shape, 1.0)], options.batch * shape[0] * shape[1])
    held: List[Batch] = [measured.batch(options.batch, *shape) for _ in range(min(MEASURED, max(1, measured.count // options.batch)))]
    coarse.eval()
    with torch.no_grad():
        whole = [F.avg_pool2d(coarse.network(batch.rgb, batch.spots).dense, 8) for batch in held]
        mean = torch.stack([coarse.decoded(batch.rgb, batch.spots)[1].mean((0, 2, 3)) for batch in held]).mean(0)
    print(f"{learnt.count} samples to learn from, {measured.count} to measure on; RMAE in blocks of 8×8 without a spot, of the whole network: "
          f"{relative_error(whole, held, options):.4f}", flush=True)

    learning = coarse.learning()
    optimiser = torch.optim.AdamW([p for module in learning for p in module.parameters()], options.rate)
    averaged = Averaged(coarse, options.average)
    log = Log(os.path.join(options.out, "log.csv"))
    started, step, losses = time.monotonic(), 0, []
    while (progress := (time.monotonic() - started) / 60 / options.minutes) < 1:
        coarse.train()
        freeze(coarse)
        for group in optimiser.param_groups:
            group["lr"] = rate(progress, options.rate)
        losses.append(train(coarse, optimiser, next(batches), options))
        step += 1
        averaged.update(coarse, step)
        if step % 50 == 0:
            with torch.no_grad():
                errors = [relative_error([averaged.model(b.rgb, b.spots)[8] for b in held], held, options)] if step % 200 == 0 else [float("nan")]
            log.add({"minutes": progress * options.minutes, "step": step, "loss": sum(losses) / len(losses), "unmeasured": errors[0]})
            print(f"{progress * options.minutes:.1f} min, step {step}: loss {sum(losses) / len(losses):.4f}, unmeasured blocks {errors[0]:.4f}", flush=True)
            losses = []
    with torch.no_grad():
        print(f"step {step}: unmeasured blocks {relative_error([averaged.model(b.rgb, b.spots)[8] for b in held], held, options):.4f}", flush=True)
    network = averaged.model.network
    disconnect(network, mean)
    save_weights(os.path.join(options.out, "weights.pth"), network, step * options.batch)


def train(coarse: Coarse, optimiser: torch.optim.Optimizer, batch: Batch, options: argparse.Namespace) -> float:
    loss = sum(Truth(batch, side, options.relative, options.unmeasured).loss(p) for side, p in coarse(batch.rgb, batch.spots).items())
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], 1.0)
    optimiser.step()
    return loss.item()


def relative_error(estimates: List[Tensor], batches: List[Batch], options: argparse.Namespace) -> float:
    found = [Truth(batch, 8, options.relative, options.unmeasured).error(p) for p, batch in zip(estimates, batches)]
    return sum(error for error, _ in found) / max(1.0, sum(count for _, count in found))


@torch.no_grad()
def disconnect(network: EMDC, mean: Tensor) -> None:
    """dec3 reads nothing of dec4 any more but `mean`, what it put out on average (96)."""
    conv, channels = network.dec3.conv, len(mean)
    conv.bias += (conv.weight[:, :channels].sum((2, 3)) * mean).sum(1)
    conv.weight[:, :channels] = 0


if __name__ == "__main__":
    main()
