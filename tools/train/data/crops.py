"""Samples as the default weights were trained on: crops of frames with spots, flipped, in other colours."""
from typing import Iterator, NamedTuple, Tuple

import numpy as np

from .spots import spots

MEAN = np.array((0.485, 0.456, 0.406), np.float32)
DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)
HEIGHT, WIDTH = 96, 128


class Frames(NamedTuple):
    """rgb: N×H×W×3, 8 bits. depth: N×H×W in metres, 0 where there is none."""
    rgb: np.ndarray
    depth: np.ndarray

    @staticmethod
    def load(path: str) -> "Frames":
        """Reads an .npz with the arrays `rgb` and `depth`."""
        with np.load(path) as file:
            frames = Frames(file["rgb"], file["depth"])
        if frames.rgb.dtype != np.uint8 or frames.rgb.shape != frames.depth.shape + (3,):
            raise ValueError(f"{path}: rgb is {frames.rgb.dtype} {frames.rgb.shape} and depth {frames.depth.shape}, "
                             "but uint8 N×H×W×3 and N×H×W are needed.")
        return frames


def normalised(rgb: np.ndarray) -> np.ndarray:
    """Colours in 0…1, H×W×3 → what the network reads, 3×H×W."""
    return ((rgb - MEAN) / DEVIATION).transpose(2, 0, 1)


def crops(frames: Frames, count: int, rng: np.random.Generator) -> Iterator[Tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """`count` samples (colours 3×96×128, spots 1×96×128, depth 1×96×128), going through the frames again and again.

    The spots are drawn on the whole frame, so that a crop has its part of the distortion and of the cut. A crop without any spot
    is left out: the network divides by the largest.
    """
    made = 0
    while made < count:
        for i in rng.permutation(len(frames.rgb)):
            sample = crop(rng, frames.rgb[i], frames.depth[i].astype(np.float32))
            if sample[1].any():
                yield sample
                made += 1
            if made == count:
                return


def crop(rng: np.random.Generator, rgb8: np.ndarray, depth: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One sample out of a frame of at least 96×128."""
    sparse = spots(rng, depth)
    top, left = rng.integers(depth.shape[0] - HEIGHT + 1), rng.integers(depth.shape[1] - WIDTH + 1)
    window = (slice(top, top + HEIGHT), slice(left, left + WIDTH))
    rgb, sparse, depth = rgb8[window].astype(np.float32) / 255, sparse[window], depth[window]
    for axis in (0, 1):
        if rng.random() < 0.5:
            rgb, sparse, depth = (np.flip(a, axis) for a in (rgb, sparse, depth))
    if rng.random() < 0.8:
        rgb = recoloured(rng, rgb)
    colours = normalised(rgb)
    colours = colours + rng.normal(0, 0.05 * rng.uniform(0, 1.5), colours.shape)
    return tuple(np.ascontiguousarray(a, np.float32) for a in (colours, sparse[None], depth[None]))


def recoloured(rng: np.random.Generator, rgb: np.ndarray) -> np.ndarray:
    """Another contrast, brightness and saturation; colours stay in 0…1 but for the saturation."""
    contrast, brightness, saturation = rng.uniform(0.6, 1.4), rng.uniform(0.6, 1.4), rng.uniform(0.5, 1.4)
    rgb = np.clip((rgb - 0.5) * contrast + 0.5 * brightness, 0, 1)
    grey = rgb.mean(-1, keepdims=True)
    return grey + (rgb - grey) * saturation
