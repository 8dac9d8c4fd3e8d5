"""Makes the goldens of this folder in float64: metrics.json (numpy), linear.json (SciPy), ip-basic.json (OpenCV).

    python3 tests/EMDC.Evaluation.Tests/golden/make.py

Written from the formulas, not from the C# code. Needs numpy, SciPy and OpenCV's Python module.
"""
import json
import os
from typing import Dict, List, Optional

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator

HERE = os.path.dirname(os.path.abspath(__file__))


def hashes(n: int, salt: int) -> np.ndarray:
    """n whole numbers below 2²⁴, the same as in the tests."""
    h = (np.arange(n, dtype=np.uint64) + np.uint64(salt)) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)
    h = (h ^ (h >> np.uint64(15))) * np.uint64(2246822519) & np.uint64(0xFFFFFFFF)
    return (h >> np.uint64(8)).astype(np.int64)


def maps(height: int, width: int, holes: bool, offset: float, frames: int):
    """Truth, spots and predictions; all values are exact in float32."""
    n = height * width
    surface = 0.5 + hashes(n, 0) % 4096 / 1024
    truth = np.where(hashes(n, 1_000_000) % 5 == 0, 0, surface) if holes else surface
    noise = hashes(n, 2_000_000) % 64 / 1024 - 32 / 1024
    sparse = np.where(hashes(n, 3_000_000) % 4 == 0, surface + noise, 0)
    predictions = [surface + offset + hashes(n, 4_000_000 + t * 1_000_000) % 1024 / 1024 - 0.5 for t in range(frames)]
    shape = (height, width)
    return truth.reshape(shape), sparse.reshape(shape), [p.reshape(shape) for p in predictions]


def ewmae(p: np.ndarray, g: np.ndarray, known_only: bool) -> Optional[float]:
    largest = g.max()
    step = lambda a, b: np.where((a > 0) & (b > 0) | (not known_only), (b - a) / largest, 0)  # noqa: E731
    vertical = np.exp(-(step(g[:-1], g[1:]) / 0.5) ** 2)
    horizontal = np.exp(-(step(g[:, :-1], g[:, 1:]) / 0.5) ** 2)
    south, north = np.pad(vertical, ((0, 1), (0, 0)), constant_values=1), np.pad(vertical, ((1, 0), (0, 0)), constant_values=1)
    east, west = np.pad(horizontal, ((0, 0), (0, 1)), constant_values=1), np.pad(horizontal, ((0, 0), (1, 0)), constant_values=1)
    weight = 1 - np.clip((south + east + north + west) / 4, 0, 1)
    return float((weight * np.abs(g - p)).sum() / largest / weight.sum()) if weight.any() else None


def metrics(height: int, width: int, holes: bool, offset: float) -> Dict:
    g, s, predictions = maps(height, width, holes, offset, frames=4)
    p, known, measured = predictions[0], g > 0, s > 0
    relative = np.abs(p - g)[known] / g[known]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(p > 0, np.maximum(p / g, g / p), np.inf)
    over_time = np.stack(predictions)
    positive = over_time.mean(0) > 0
    return {
        "height": height, "width": width, "holes": holes, "offset": offset,
        "rmae": relative.mean(), "ewmae": ewmae(p, g, False), "ewmae_known": ewmae(p, g, True),
        "rds": (np.abs(p - s)[measured] / s[measured]).mean(),
        "rmse": np.sqrt(((p - g)[known] ** 2).mean()), "mae": np.abs(p - g)[known].mean(), "delta": (ratio[known] < 1.25).mean(),
        "rtsd": (over_time.std(0)[positive] / over_time.mean(0)[positive]).mean(),
    }


def linear(height: int, width: int, spots: int, seed: int) -> Dict:
    """Spots at random pixels, and what SciPy makes of them at pixels where the choice of diagonals does not matter."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(height * width, spots, replace=False))
    points = np.stack([at % width, at // width], 1).astype(float)
    depth = 0.5 + rng.integers(0, 4096, spots) / 1024
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 2)
    exact = LinearNDInterpolator(points, depth)(pixels)
    # Where four spots lie on a circle, shifting them a little chooses now one diagonal and now the other.
    shifted = np.stack([LinearNDInterpolator(points + rng.normal(0, 1e-7, points.shape), depth)(pixels) for _ in range(20)])
    decided = np.nonzero(np.isfinite(exact) & (np.abs(shifted - exact).max(0) < 1e-4))[0]
    probes = np.sort(rng.choice(decided, 60, replace=False))
    return {"height": height, "width": width, "spots": at.tolist(), "depths": depth.tolist(),
            "probes": probes.tolist(), "expected": exact[probes].tolist()}


def ip_basic(height: int, width: int, spots: int, seed: int) -> Dict:
    """The published steps with OpenCV: inverted at the farthest spot + 1 m, the last fill with 31, 61, ... until nothing is empty."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(height * width, spots, replace=False))
    depth = 0.5 + rng.integers(0, 4096, spots) / 1024
    offset = depth.max() + 1
    d = np.zeros(height * width, np.float32)
    d[at] = offset - depth
    d = d.reshape(height, width)
    diamond = np.array([[0, 0, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 1, 1, 1], [0, 1, 1, 1, 0], [0, 0, 1, 0, 0]], np.uint8)
    d = cv2.dilate(d, diamond)
    d = cv2.morphologyEx(d, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    radius = 3
    while radius == 3 or (d == 0).any():
        filled = cv2.dilate(d, np.ones((2 * radius + 1,) * 2, np.uint8))
        d = np.where(d == 0, filled, d)
        radius = 15 if radius == 3 else 2 * radius
    d = cv2.GaussianBlur(cv2.medianBlur(d, 5), (5, 5), 0, borderType=cv2.BORDER_REPLICATE)
    result = (offset - d).reshape(-1)
    probes = np.sort(rng.choice(height * width, min(60, height * width), replace=False))
    return {"height": height, "width": width, "spots": at.tolist(), "depths": depth.tolist(),
            "probes": probes.tolist(), "expected": result[probes].tolist()}


def write(name: str, cases: List[Dict]) -> None:
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    write("metrics.json", [
        metrics(7, 9, holes=False, offset=0), metrics(12, 10, holes=True, offset=0.125), metrics(1, 17, holes=False, offset=-0.25),
        metrics(13, 1, holes=True, offset=0), metrics(24, 33, holes=True, offset=-0.75)])
    write("linear.json", [linear(40, 48, 60, 1), linear(33, 17, 25, 2), linear(24, 64, 400, 3)])
    write("ip-basic.json", [ip_basic(40, 48, 60, 1), ip_basic(64, 96, 3, 2), ip_basic(24, 31, 200, 3)])
