"""Measures checkpoints, and what needs no network, on frames with known depth.

    evaluate.py [W.pth ...] --frames FRAMES.npz        rgb N×H×W×3 and depth N×H×W; the spots are drawn from --seed
    evaluate.py [W.pth ...] --frames FOLDER            NAME_rgb.png, NAME_sparse.exr, NAME_depth.exr

`nearest` is the nearest spot's depth, `linear` that on the Delaunay triangulation of the spots, the nearest outside of it. Needs
SciPy; a folder needs OpenCV's Python module.
"""
import argparse
import glob
import os
from typing import Callable, Dict, Iterator, Tuple

import numpy as np
import torch
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from data import Frames, spots
from data.metrics import errors
from golden.inputs import prepare
from recalibrate import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="*")
    parser.add_argument("--frames", required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    methods: Dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"nearest": nearest, "linear": linear}
    methods.update({os.path.basename(path): network(path) for path in arguments.weights})

    folder = os.path.isdir(arguments.frames)
    found: Dict[str, list] = {name: [] for name in methods}
    for frame, rgb, sparse, depth in from_folder(arguments.frames) if folder else from_file(arguments.frames, arguments.seed):
        for name, complete in methods.items():
            found[name].append(errors(complete(rgb, sparse), depth))
            if folder:
                print(f"{frame:16} {name:32} " + "  ".join(f"{key} {value:.4f}" for key, value in found[name][-1].items()))

    print(f"{'':32}" + "".join(f"{title:>14}" for title in ("RMAE mean", "median", "of < 0.1", "frames", "EWMAE", "MAE", "RMSE")))
    for name, frames in found.items():
        table = {key: np.array([frame[key] for frame in frames]) for key in frames[0]}
        good = table["RMAE"][table["RMAE"] < 0.1]
        print(f"{name:32}{table['RMAE'].mean():14.4f}{np.median(table['RMAE']):14.4f}{good.mean():14.4f}"
              f"{f'{len(good)}/{len(frames)}':>14}" + "".join(f"{table[key].mean():14.4f}" for key in ("EWMAE", "MAE", "RMSE")))


def from_file(path: str, seed: int) -> Iterator[Tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    for i, (rgb, depth) in enumerate(zip(*Frames.load(path))):
        depth = depth.astype(np.float32)
        yield str(i), rgb, spots(rng, depth, cut=False), depth


def from_folder(path: str) -> Iterator[Tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
    import cv2
    for rgb in sorted(glob.glob(os.path.join(path, "*_rgb.png"))):
        stem = rgb[:-len("_rgb.png")]
        sparse, depth = (cv2.imread(f"{stem}_{kind}.exr", cv2.IMREAD_UNCHANGED) for kind in ("sparse", "depth"))
        yield os.path.basename(stem), cv2.cvtColor(cv2.imread(rgb), cv2.COLOR_BGR2RGB), sparse, depth


def network(path: str):
    model, _ = load(path)

    def complete(rgb: np.ndarray, sparse: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            dense = model(*(x.float() for x in prepare(rgb, sparse))).dense
        return dense[0, 0, :sparse.shape[0], :sparse.shape[1]].numpy()
    return complete


def nearest(_: np.ndarray, sparse: np.ndarray) -> np.ndarray:
    at = np.argwhere(sparse > 0)
    return NearestNDInterpolator(at, sparse[tuple(at.T)])(*np.indices(sparse.shape))


def linear(rgb: np.ndarray, sparse: np.ndarray) -> np.ndarray:
    at = np.argwhere(sparse > 0)
    inside = LinearNDInterpolator(at, sparse[tuple(at.T)])(*np.indices(sparse.shape))
    return np.where(np.isnan(inside), nearest(rgb, sparse), inside)


if __name__ == "__main__":
    main()
