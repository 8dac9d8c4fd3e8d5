"""Frames that live in the device's memory as 8- and 16-bit integers, and batches that are drawn there: a GPU that waits for a few
processor cores to crop and recolour pictures waits most of its time. What is drawn is what `augment` and `densities` draw.
"""
import math
from typing import Iterator, List, Optional

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from . import parallel
from .arriving import Arrays, Arriving
from .augment import DEVIATION, MEAN, PIXELS_PER_SPOT
from .batches import Batch, Size
from .densities import EDGE_SHARE, FEWEST, HOLE_SIDES
from .shards import UNITS_PER_METRE, Shards


class DeviceFrames:
    """Frames of one size in as much of the device's memory as `capacity` of them take; newer ones take the places of the oldest."""

    def __init__(self, device: torch.device, seed: int, capacity: int, like: Arrays, drawn: bool = False, arriving: Optional[Arriving] = None):
        """`like`: arrays with the size of the frames. `drawn`: frames are samples that somebody has drawn, so they are only mirrored."""
        self.device, self.drawn, self.arriving = device, drawn, arriving
        self.random = torch.Generator(device=device).manual_seed(seed)
        self.choice = np.random.default_rng(seed)
        self.rgb, self.depth, self.spots = (
            torch.empty((capacity, *a.shape[1:]), dtype=as_tensor(a[:1]).dtype, device=device) for a in like)
        self.count, self.next, self.taken = 0, 0, 0
        self.mean = torch.from_numpy(MEAN).to(device)[:, None, None]
        self.deviation = torch.from_numpy(DEVIATION).to(device)[:, None, None]

    @classmethod
    def of(cls, shards: Shards, device: torch.device, seed: int) -> "DeviceFrames":
        """All frames of some shards, with as many draws of the sensor as the one with the fewest has."""
        draws = min(shard.spots.shape[1] for shard in shards.shards)
        arrays = [(shard.rgb, shard.depth, shard.spots[:, :draws]) for shard in shards.shards]
        frames = cls(device, seed, len(shards), arrays[0])
        for part in arrays:
            frames.add(part)
        return frames

    @classmethod
    def arriving_in(cls, folders: List[str], device: torch.device, seed: int, capacity: int) -> "DeviceFrames":
        """Samples that appear in some folders as long as the run goes on; waits for the first."""
        arriving = Arriving(folders, parallel.rank(), parallel.count())
        first = arriving.take(wait=True)
        frames = cls(device, seed, capacity, first, drawn=True, arriving=arriving)
        frames.add(first)
        return frames

    def add(self, arrays: Arrays) -> None:
        taken = 0
        while taken < len(arrays[0]):
            some = min(len(arrays[0]) - taken, len(self.rgb) - self.next)
            for whole, part in zip((self.rgb, self.depth, self.spots), arrays):
                whole[self.next:self.next + some].copy_(as_tensor(part[taken:taken + some]))
            taken += some
            self.taken += some
            self.count = max(self.count, self.next + some)
            self.next = (self.next + some) % len(self.rgb)

    def batches(self, sizes: List[Size], pixels: int) -> Iterator[Batch]:
        """Endless batches of about `pixels` pixels each, all crops of one batch of one size."""
        shares = np.array([share for _, _, share in sizes], float)
        while True:
            if self.arriving is not None and (arrays := self.arriving.take()) is not None:
                self.add(arrays)
            height, width, _ = sizes[self.choice.choice(len(sizes), p=shares / shares.sum())]
            yield self.batch(max(1, pixels // (height * width)), height, width)

    def batch(self, count: int, height: int, width: int) -> Batch:
        """Twice as many crops as are asked for are drawn where some may be useless, and the useful ones come first."""
        drawn = 2 * count
        frames, rows, columns = self.count, *self.depth.shape[1:]
        frame, draw = self.whole(frames, drawn), self.whole(self.spots.shape[1], drawn)
        y = self.whole(rows - height + 1, drawn)[:, None] + torch.arange(height, device=self.device)
        x = self.whole(columns - width + 1, drawn)[:, None] + torch.arange(width, device=self.device)
        y, x = (y if self.drawn else self.flipped(y))[:, :, None], self.flipped(x)[:, None, :]
        depth = metres(self.depth[frame[:, None, None], y, x])
        spots = metres(self.spots[frame[:, None, None], draw[:, None, None], y, x])
        few = FEWEST if self.drawn else height * width / PIXELS_PER_SPOT
        useless = ((spots > 0).sum((1, 2)) < few) | ~(depth > 0).any(2).any(1)
        chosen = torch.argsort(useless.to(torch.uint8), stable=True)[:count]
        depth, spots = depth[chosen, None], spots[chosen, None]
        rgb = self.rgb[frame[chosen, None, None], y[chosen], x[chosen]].permute(0, 3, 1, 2).float() / 255
        if self.drawn:
            return Batch((rgb - self.mean) / self.deviation, spots, depth)
        return Batch((self.recoloured(rgb) - self.mean) / self.deviation, self.redrawn(spots, depth), depth)

    def whole(self, below: int, count: int) -> Tensor:
        return torch.randint(below, (count,), generator=self.random, device=self.device)

    def uniform(self, count: int, low: float = 0.0, high: float = 1.0, channels: int = 1) -> Tensor:
        """B×C×1×1."""
        return low + (high - low) * torch.rand((count, channels, 1, 1), generator=self.random, device=self.device)

    def noise(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.random, device=self.device)

    def chance(self, count: int, probability: float) -> Tensor:
        return self.uniform(count) < probability

    def flipped(self, index: Tensor) -> Tensor:
        return torch.where(self.chance(len(index), 0.5)[:, :, 0, 0], index.flip(1), index)

    def recoloured(self, rgb: Tensor) -> Tensor:
        """Another contrast, brightness, saturation and white balance for four in five; noise for all."""
        n = len(rgb)
        contrast, brightness, saturation = self.uniform(n, 0.6, 1.4), self.uniform(n, 0.6, 1.4), self.uniform(n, 0.4, 1.4)
        other = ((rgb - 0.5) * contrast + 0.5 * brightness).clamp(0, 1)
        grey = other.mean(1, keepdim=True)
        other = (grey + (other - grey) * saturation) * self.uniform(n, 0.9, 1.1, 3)
        rgb = torch.where(self.chance(n, 0.8), other, rgb)
        return rgb + self.noise(*rgb.shape) * self.uniform(n, 0, 0.03)

    def redrawn(self, spots: Tensor, depth: Tensor) -> Tensor:
        """As `densities.redrawn`, all of it for all samples, of which each takes one."""
        n, _, height, width = depth.shape
        draw = self.uniform(n)
        pixels = torch.rand(depth.shape, generator=self.random, device=self.device)
        thinned = torch.where(pixels < self.uniform(n, 0.25, 0.7), spots, torch.zeros_like(spots))
        share = torch.where(self.chance(n, 0.3), torch.ones_like(draw), torch.exp(self.uniform(n, math.log(0.03), 0)))
        step = share.rsqrt().round().clamp_min(1)
        rows = torch.arange(height, device=self.device).view(1, 1, -1, 1)
        columns = torch.arange(width, device=self.device).view(1, 1, 1, -1)
        raster = (torch.remainder(rows + (self.uniform(n) * step).floor(), step) == 0) & (torch.remainder(columns + (self.uniform(n) * step).floor(), step) == 0)
        mask = torch.where(self.chance(n, 0.4), raster, pixels < share)
        for likely in (0.7, 0.7 * 2 / 3, 0.7 / 3):
            h, w = ((side * self.uniform(n, *HOLE_SIDES)).floor() for side in (height, width))
            top, left = (self.uniform(n) * (height - h + 1)).floor(), (self.uniform(n) * (width - w + 1)).floor()
            inside = (rows >= top) & (rows < top + h) & (columns >= left) & (columns < left + w)
            mask = mask & ~(inside & self.chance(n, likely))
        waves = F.interpolate(self.noise(n, 1, height // 16 + 1, width // 16 + 1), scale_factor=16)[:, :, :height, :width]
        mask = mask & ((waves < self.uniform(n, 0.3, 1.5)) | ~self.chance(n, 0.5))
        mask = mask & ~(self.near_edges(depth) & self.chance(n, 0.5))
        measured = torch.where(mask, depth * (1 + self.uniform(n, 0, 0.012) * self.noise(*depth.shape)), torch.zeros_like(depth))
        found = torch.where(draw < 0.75, spots, torch.where(draw < 0.83, thinned, measured))
        enough = (found > 0).sum((1, 2, 3), keepdim=True) >= FEWEST
        return torch.where(enough, found, spots)

    def near_edges(self, depth: Tensor) -> Tensor:
        """Pixels beside an edge, grown by 0, 1 or 2."""
        near = torch.zeros_like(depth)
        for axis in (2, 3):
            a, b = depth.narrow(axis, 0, depth.shape[axis] - 1), depth.narrow(axis, 1, depth.shape[axis] - 1)
            step = ((a - b).abs() > EDGE_SHARE * torch.minimum(a, b).clamp_min(0.2)).to(depth.dtype)
            for start in (0, 1):
                side = near.narrow(axis, start, depth.shape[axis] - 1)
                side.copy_(torch.maximum(side, step))
        margin = self.uniform(len(depth), 0, 3).floor()
        once = F.max_pool2d(near, 3, 1, 1)
        return torch.where(margin < 1, near, torch.where(margin < 2, once, F.max_pool2d(once, 3, 1, 1))) > 0


def as_tensor(a: np.ndarray) -> Tensor:
    """uint16 as int16 with the same bits, because older versions of PyTorch have no other. Copies what is mapped from a file, not what is in memory."""
    return torch.from_numpy(np.require(a.view(np.int16) if a.dtype == np.uint16 else a, requirements=("C", "W")))


def metres(units: Tensor) -> Tensor:
    """int16 with the bits of uint16 → metres."""
    return (units.to(torch.int32) & 0xFFFF).float() / UNITS_PER_METRE
