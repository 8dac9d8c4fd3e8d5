"""Spots as other sensors measure them: most samples keep those of the spot sensor, the others are drawn anew from the ground truth.

A network that has seen a thousand spots a frame only makes nonsense of a full map. src/EMDC.Training/Data has more of this (zones,
outliers, wrong registration); here is what was found to matter most.
"""
import numpy as np

#: A sample with fewer measurements keeps its own.
FEWEST = 24

#: Neighbours whose depths differ by more than this share (of at least 0.2 m) are two surfaces.
EDGE_SHARE = 0.05

#: Sides of a rectangle without measurements, as shares of the picture's: up to a mirror that fills a quarter of it.
HOLE_SIDES = 0.05, 0.55


def redrawn(rng: np.random.Generator, spots: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Three quarters: the spots as they are; 8 %: a part of them; the rest: 3 % to all of the pixels, with holes. H×W metres."""
    draw = rng.random()
    if draw < 0.75:
        return spots
    found = thinned(rng, spots) if draw < 0.83 else measured(rng, depth)
    return found if np.count_nonzero(found) >= FEWEST else spots


def thinned(rng: np.random.Generator, spots: np.ndarray) -> np.ndarray:
    return np.where(rng.random(spots.shape) < rng.uniform(0.25, 0.7), spots, np.float32(0))


def measured(rng: np.random.Generator, depth: np.ndarray) -> np.ndarray:
    """A raster or random pixels, without some rectangles, ragged areas and the surroundings of edges, under up to 1.2 % of noise."""
    share = 1.0 if rng.random() < 0.3 else float(np.exp(rng.uniform(np.log(0.03), 0)))
    mask = raster(rng, depth.shape, share) if rng.random() < 0.4 else rng.random(depth.shape) < share
    if rng.random() < 0.7:
        for _ in range(int(rng.integers(1, 4))):
            rectangle(rng, mask)
    if rng.random() < 0.5:
        mask &= waves(rng, depth.shape) < rng.uniform(0.3, 1.5)
    if rng.random() < 0.5:
        mask &= ~near_edges(depth, int(rng.integers(0, 3)))
    noise = 1 + np.float32(rng.uniform(0, 0.012)) * rng.standard_normal(depth.shape, np.float32)
    return np.where(mask, depth * noise, 0).astype(np.float32)


def raster(rng: np.random.Generator, shape, share: float) -> np.ndarray:
    step = int(max(1, round(share ** -0.5)))
    mask = np.zeros(shape, bool)
    mask[int(rng.integers(step))::step, int(rng.integers(step))::step] = True
    return mask


def rectangle(rng: np.random.Generator, mask: np.ndarray) -> None:
    height, width = (int(side * rng.uniform(*HOLE_SIDES)) for side in mask.shape)
    top, left = int(rng.integers(mask.shape[0] - height + 1)), int(rng.integers(mask.shape[1] - width + 1))
    mask[top:top + height, left:left + width] = False


def waves(rng: np.random.Generator, shape) -> np.ndarray:
    """Normally distributed in blocks of 16×16."""
    coarse = rng.standard_normal((shape[0] // 16 + 1, shape[1] // 16 + 1), np.float32)
    return coarse.repeat(16, 0).repeat(16, 1)[:shape[0], :shape[1]]


def near_edges(depth: np.ndarray, margin: int) -> np.ndarray:
    """Pixels beside an edge, and those within `margin` pixels of them along rows and columns."""
    near = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        step = np.abs(np.diff(depth, axis=axis)) > EDGE_SHARE * np.maximum(np.minimum(*halves(depth, axis)), 0.2)
        for side in halves(near, axis):
            side |= step
    for _ in range(margin):
        grown = near.copy()
        for axis in (0, 1):
            (first, second), (to_first, to_second) = halves(near, axis), halves(grown, axis)
            to_first |= second
            to_second |= first
        near = grown
    return near


def halves(x: np.ndarray, axis: int):
    """All but the last and all but the first along an axis, as views."""
    return (x[:-1], x[1:]) if axis == 0 else (x[:, :-1], x[:, 1:])
