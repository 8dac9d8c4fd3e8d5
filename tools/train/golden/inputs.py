"""Golden inputs by formula: an RGB frame and a sparse depth map for every size."""
import numpy as np
import torch

from .hashing import bits

CELL = 8


def rgb(height: int, width: int) -> np.ndarray:
    """height×width×3, 8 bits: flat cells of 8×8 pixels under a quarter of noise."""
    columns = -(-width // CELL)
    rows = -(-height // CELL)
    cells = (bits("rgb.cells", rows * columns * 3) >> np.uint32(24)).reshape(rows, columns, 3)
    noise = (bits("rgb.noise", height * width * 3) >> np.uint32(24)).reshape(height, width, 3)
    cells = cells.repeat(CELL, 0).repeat(CELL, 1)[:height, :width]
    return ((3 * cells + noise) // 4).astype(np.uint8)


def sparse(height: int, width: int) -> np.ndarray:
    """height×width float32 metres, one pixel in fifty measured: 256…1280 units, the unit larger for larger frames.

    The largest depths are 0.31 m, 5 m and 20 m: near ones show the 1e-4 of the normalisation, 20 m is the most that is kept.
    """
    hashed = bits("sparse", height * width)
    pixels = height * width
    unit = 2.0 ** -12 if pixels < 4096 else 2.0 ** -8 if pixels < 16384 else 2.0 ** -6
    units = 256 + (hashed >> np.uint32(8)) % np.uint32(1025)
    measured = hashed % np.uint32(50) == 0
    return np.where(measured, units.astype(np.float32) * np.float32(unit), np.float32(0)).reshape(height, width)


def prepare(rgb8: np.ndarray, metres: np.ndarray):
    """What the network reads, in float64: 1×3×H×W and 1×1×H×W.

    The frame is padded to multiples of 32 at the right and the bottom, the colours by repeating the last pixel and the depth
    by nothing; depths above 20 m are dropped.
    """
    height, width = metres.shape
    bottom, right = -height % 32, -width % 32
    rgb8 = np.pad(rgb8, ((0, bottom), (0, right), (0, 0)), mode="edge")
    metres = np.pad(np.where(metres > 20, 0, metres), ((0, bottom), (0, right))).astype(np.float64)
    colours = (rgb8.astype(np.float64) / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    return torch.from_numpy(colours.transpose(2, 0, 1)[None]).contiguous(), torch.from_numpy(metres[None, None])


def tensors(height: int, width: int):
    """The golden frame of that size as the network reads it."""
    return prepare(rgb(height, width), sparse(height, width))
