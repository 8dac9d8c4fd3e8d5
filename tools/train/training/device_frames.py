"""Frames that live in the device's memory as 8- and 16-bit integers, and batches that are drawn there: a GPU that waits for a few
processor cores to crop and recolour pictures waits most of its time. What is drawn is what `augment` and `densities` draw.
"""
import math
from typing import Iterator, List

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .augment import DEVIATION, MEAN, PIXELS_PER_SPOT
from .batches import Batch, Size
from .densities import EDGE_SHARE, FEWEST
from .shards import UNITS_PER_METRE, Shards


class DeviceFrames:
    """All frames of some shards, which must be of one size."""

    def __init__(self, shards: Shards, device: torch.device, seed: int):
        self.device = device
        self.random = torch.Generator(device=device).manual_seed(seed)
        self.choice = np.random.default_rng(seed)
        draws = min(shard.spots.shape[1] for shard in shards.shards)
        self.rgb = self.gathered([shard.rgb for shard in shards.shards])
        # int16 with the bits of uint16, which older versions of PyTorch have not.
        self.depth = self.gathered([shard.depth.view(np.int16) for shard in shards.shards])
        self.spots = self.gathered([shard.spots[:, :draws].view(np.int16) for shard in shards.shards])
        self.mean = torch.from_numpy(MEAN).to(device)[:, None, None]
        self.deviation = torch.from_numpy(DEVIATION).to(device)[:, None, None]

    def gathered(self, arrays: List[np.ndarray]) -> Tensor:
        """One tensor on the device, filled shard by shard."""
        whole = torch.empty((sum(len(a) for a in arrays), *arrays[0].shape[1:]), dtype=torch.from_numpy(arrays[0][:1].copy()).dtype, device=self.device)
        start = 0
        for a in arrays:
            whole[start:start + len(a)].copy_(torch.from_numpy(np.array(a)))
            start += len(a)
        return whole

    def batches(self, sizes: List[Size], pixels: int) -> Iterator[Batch]:
        """Endless batches of about `pixels` pixels each, all crops of one batch of one size."""
        shares = np.array([share for _, _, share in sizes], float)
        while True:
            height, width, _ = sizes[self.choice.choice(len(sizes), p=shares / shares.sum())]
            yield self.batch(max(1, pixels // (height * width)), height, width)

    def batch(self, count: int, height: int, width: int) -> Batch:
        """Twice as many crops as are asked for are drawn where some may be useless, and the useful ones come first."""
        drawn = 2 * count
        frames, rows, columns = self.depth.shape[0], *self.depth.shape[1:]
        frame, draw = self.whole(frames, drawn), self.whole(self.spots.shape[1], drawn)
        y = self.whole(rows - height + 1, drawn)[:, None] + torch.arange(height, device=self.device)
        x = self.whole(columns - width + 1, drawn)[:, None] + torch.arange(width, device=self.device)
        y, x = self.flipped(y)[:, :, None], self.flipped(x)[:, None, :]
        depth = metres(self.depth[frame[:, None, None], y, x])
        spots = metres(self.spots[frame[:, None, None], draw[:, None, None], y, x])
        useless = ((spots > 0).sum((1, 2)) * PIXELS_PER_SPOT < height * width) | ~(depth > 0).any(2).any(1)
        chosen = torch.argsort(useless.to(torch.uint8), stable=True)[:count]
        depth, spots = depth[chosen, None], spots[chosen, None]
        rgb = self.rgb[frame[chosen, None, None], y[chosen], x[chosen]].permute(0, 3, 1, 2).float() / 255
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
            h, w = (height * self.uniform(n, 0.05, 0.35)).floor(), (width * self.uniform(n, 0.05, 0.35)).floor()
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


def metres(units: Tensor) -> Tensor:
    """int16 with the bits of uint16 → metres."""
    return (units.to(torch.int32) & 0xFFFF).float() / UNITS_PER_METRE
