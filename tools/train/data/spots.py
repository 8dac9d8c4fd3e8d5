"""What a ToF sensor of the MIPI challenge would measure of a frame."""
import numpy as np

NOISE = 0.01


def spots(rng: np.random.Generator, depth: np.ndarray, cut: bool = True) -> np.ndarray:
    """Dense depth H×W in metres → the same with only the spots left, 0 elsewhere.

    A staggered grid, one spot every 5 to 7 pixels, spread by a pincushion distortion g(r) = 1 + k·r², k from 1e-5 to 5e-5, about
    a point within 25 pixels of the middle; jittered by a deviation below 0.3 pixels. The noise is 1 % of the depth, times a
    reflectance of N(1, 1/3) drawn once a frame. Three frames in ten lose up to half of their spots; with `cut`, six in ten only
    have those in a rectangle.
    """
    height, width = depth.shape
    y, x = staggered_grid(height, width, int(rng.integers(5, 8)))
    y, x = pincushion(y, x, height // 2 + rng.uniform(-25, 25), width // 2 + rng.uniform(-25, 25), rng.uniform(1e-5, 5e-5))
    jitter = rng.uniform(0, 0.3)
    y = np.rint(y + rng.normal(0, jitter, y.size)).astype(int)
    x = np.rint(x + rng.normal(0, jitter, x.size)).astype(int)

    seen = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    if cut and rng.random() < 0.6:
        middle, reach = rng.uniform(0.25, 0.75, 2) * (height, width), rng.uniform(0.25, 0.75, 2) * (height, width)
        seen &= (abs(y - middle[0]) <= reach[0]) & (abs(x - middle[1]) <= reach[1])
    if rng.random() < 0.3:
        seen &= rng.random(y.size) >= rng.uniform(0, 0.5)
    y, x = y[seen], x[seen]

    reflectance = np.clip(rng.normal(1, 1 / 3), 0.01, 3)
    sparse = np.zeros(depth.shape, np.float32)
    sparse[y, x] = np.maximum(depth[y, x] * (1 + NOISE * reflectance * rng.normal(0, 1, y.size)), 0)
    return sparse


def staggered_grid(height: int, width: int, step: int):
    """Rows and columns of a grid of that step; every second row is shifted by half of it."""
    y, x = np.meshgrid(np.arange(step // 2, height, step), np.arange(step // 2, width, step), indexing="ij")
    x = x + np.where(np.arange(len(y)) % 2, step - step // 2, 0)[:, None]
    return y.ravel().astype(np.float64), x.ravel().astype(np.float64)


def pincushion(y: np.ndarray, x: np.ndarray, y0: float, x0: float, k: float):
    """Every point moves away from (y0, x0) by the factor 1 + k·r²."""
    y, x = y - y0, x - x0
    g = 1 + k * (y * y + x * x)
    return y * g + y0, x * g + x0
