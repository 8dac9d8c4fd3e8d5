"""Frames written by `EMDC.Scenes shards`: folders of NPY files that are mapped, not read.

rgb.npy: N×H×W×3, 8 bits. depth.npy: N×H×W, spots.npy: N×K×H×W (K draws of the sensor for each frame), both uint16 in units of
1/5000 m, 0 = none.
"""
import os
from typing import List, NamedTuple

import numpy as np

UNITS_PER_METRE = 5000.0

#: EMDC.Scenes renames a shard's folder when it is complete.
UNFINISHED = ".partial"


class Sample(NamedTuple):
    """rgb: H×W×3, 8 bits; spots, depth: H×W in metres."""
    rgb: np.ndarray
    spots: np.ndarray
    depth: np.ndarray


class Shards:
    """All shards below some folders, as one list of frames."""

    def __init__(self, folders: List[str]):
        found = below(folders)
        if not found:
            raise ValueError(f"{', '.join(folders)}: no folder with spots.npy; write shards with EMDC.Scenes.")
        self.shards = [Shard(path) for path in found]
        self.ends = np.cumsum([len(shard.rgb) for shard in self.shards])

    def __len__(self) -> int:
        return int(self.ends[-1])

    def sample(self, i: int, draw: int, window=(slice(None), slice(None))) -> Sample:
        """Frame i, the part of it in `window` (rows, columns), with the spots of one draw, taken modulo the draws it has."""
        number = int(np.searchsorted(self.ends, i, side="right"))
        shard = self.shards[number]
        i -= int(self.ends[number]) - len(shard.rgb)
        return Sample(shard.rgb[i][window], metres(shard.spots[i, draw % shard.spots.shape[1]][window]), metres(shard.depth[i][window]))

    def size(self):
        """Rows and columns of the frames."""
        return self.shards[0].depth.shape[1:]


def below(folders: List[str]) -> List[str]:
    """All finished shards below some folders, in the order of their names."""
    return sorted({path for folder in folders for path, _, files in os.walk(folder, followlinks=True)
                   if "spots.npy" in files and not path.endswith(UNFINISHED)})


class Shard:
    def __init__(self, path: str):
        self.rgb, self.depth, self.spots = (
            np.load(os.path.join(path, f"{name}.npy"), mmap_mode="r") for name in ("rgb", "depth", "spots"))
        n, height, width = self.depth.shape
        if self.rgb.shape != (n, height, width, 3) or self.spots.shape[::2] != (n, height) or self.spots.shape[3] != width:
            raise ValueError(f"{path}: rgb is {self.rgb.shape}, depth {self.depth.shape} and spots {self.spots.shape}, "
                             "but N×H×W×3, N×H×W and N×K×H×W are needed.")


def metres(units: np.ndarray) -> np.ndarray:
    return units.astype(np.float32) / UNITS_PER_METRE
