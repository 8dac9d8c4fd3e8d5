"""Random crops, flips, colours: one frame is many samples."""
from typing import NamedTuple, Optional, Tuple

import numpy as np

from .densities import redrawn
from .shards import Sample, Shards

MEAN = np.array((0.485, 0.456, 0.406), np.float32)
DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)

#: Crops with fewer spots than one in so many pixels are left out: what they ask for is a guess, and its errors drown the others.
PIXELS_PER_SPOT = 300


class Prepared(NamedTuple):
    """rgb: 3×H×W with ImageNet's mean and deviation taken out; spots, depth: 1×H×W in metres."""
    rgb: np.ndarray
    spots: np.ndarray
    depth: np.ndarray


def random_sample(shards: Shards, rng: np.random.Generator, height: int, width: int) -> Prepared:
    """A crop of a random frame with enough spots and some ground truth."""
    while True:
        sample = augmented(shards, rng, height, width)
        if sample is not None:
            return sample


def augmented(shards: Shards, rng: np.random.Generator, height: int, width: int) -> Optional[Prepared]:
    rows, columns = shards.size()
    top, left = rng.integers(rows - height + 1), rng.integers(columns - width + 1)
    window = (slice(top, top + height), slice(left, left + width))
    rgb, spots, depth = shards.sample(int(rng.integers(len(shards))), int(rng.integers(1 << 16)), window)
    if np.count_nonzero(spots) * PIXELS_PER_SPOT < height * width or not depth.any():
        return None
    spots = redrawn(rng, spots, depth)
    for axis in (0, 1):
        if rng.random() < 0.5:
            rgb, spots, depth = (np.flip(a, axis) for a in (rgb, spots, depth))
    colours = rgb.astype(np.float32) / 255
    if rng.random() < 0.8:
        colours = recoloured(rng, colours)
    colours = colours + rng.standard_normal(colours.shape, np.float32) * np.float32(0.03 * rng.random())
    return prepared(Sample(colours, spots, depth))


def recoloured(rng: np.random.Generator, rgb: np.ndarray) -> np.ndarray:
    """Another contrast, brightness, saturation and white balance."""
    contrast, brightness, saturation = rng.uniform(0.6, 1.4), rng.uniform(0.6, 1.4), rng.uniform(0.4, 1.4)
    rgb = np.clip((rgb - np.float32(0.5)) * np.float32(contrast) + np.float32(0.5 * brightness), 0, 1)
    grey = rgb.mean(-1, keepdims=True)
    return (grey + (rgb - grey) * np.float32(saturation)) * rng.uniform(0.9, 1.1, 3).astype(np.float32)


def prepared(sample: Sample) -> Prepared:
    """Colours in 0…1 and metres → what the network reads."""
    colours = (sample.rgb.astype(np.float32) - MEAN) / DEVIATION
    return Prepared(*(np.ascontiguousarray(a, np.float32) for a in (
        colours.transpose(2, 0, 1), sample.spots[None], sample.depth[None])))
