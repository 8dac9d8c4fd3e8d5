"""Golden files: the stages of one run, each whole where it is small and otherwise a fixed subset of its elements."""
from typing import Dict

import numpy as np

from . import safetensors

WHOLE = 4096
INTERIOR = 2048
BORDER = 1024


def write(path: str, stages: Dict[str, np.ndarray], metadata: Dict[str, str]) -> None:
    """Writes the C×H×W float64 stages; the metadata say for each one which elements stand in the file.

    `shape=24x64x96 interior=2048/91141 border=1024/4751 largest=2.03`: first the elements (i · 91141) mod 24·64·96 of the
    flat tensor for i < 2048; then those of the border, numbered channel by channel as the top row, the bottom row, the left
    column, the right column: the elements (i · 4751) mod 24·(2·96 + 2·64) of that numbering for i < 1024. `largest` is
    max |x| over the whole stage.
    """
    tensors, described = {}, dict(metadata)
    described["stages"] = " ".join(stages)
    for name, value in stages.items():
        shape = value.shape
        interior, stride = (value.size, 1) if value.size <= WHOLE else (INTERIOR, prime_stride(value.size))
        ring = shape[0] * 2 * (shape[1] + shape[2])
        border, border_stride = (0, 1) if value.size <= WHOLE else (min(BORDER, ring), prime_stride(ring))
        chosen = np.concatenate((
            np.arange(interior) * stride % value.size,
            border_elements(np.arange(border) * border_stride % ring, shape)))
        covers(name, chosen, shape)
        tensors[name] = value.ravel()[chosen].astype(np.float64)
        described[name] = (f"shape={'x'.join(map(str, shape))} interior={interior}/{stride} border={border}/{border_stride} "
                           f"largest={np.abs(value).max()!r}")
    safetensors.write(path, tensors, described)


def prime_stride(count: int) -> int:
    """The smallest prime from 0.618 · count on: no divisor of count, and it spreads the elements evenly."""
    candidate = count * 618 // 1000
    while candidate == count or candidate < 2 or any(candidate % d == 0 for d in range(2, int(candidate ** 0.5) + 1)):
        candidate += 1
    return candidate


def border_elements(number: np.ndarray, shape) -> np.ndarray:
    """The flat indices of border elements numbered as `write` says."""
    _, height, width = shape
    channel, r = np.divmod(number, 2 * (height + width))
    row = np.select([r < width, r < 2 * width, r < 2 * width + height], [0, height - 1, r - 2 * width], r - 2 * width - height)
    column = np.select([r < width, r < 2 * width, r < 2 * width + height], [r, r - width, 0], width - 1)
    return (channel * height + row) * width + column


def covers(name: str, chosen: np.ndarray, shape) -> None:
    """Asserts that every channel is seen, and the border on all four sides."""
    channel, row, column = np.unravel_index(chosen, shape)
    assert len(np.unique(channel)) == shape[0], f"{name}: a channel is left out."
    for edge in (row == 0, row == shape[1] - 1, column == 0, column == shape[2] - 1):
        assert edge.any(), f"{name}: a side of the border is left out."
