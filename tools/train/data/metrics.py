"""Errors of a prediction p against the truth g, H×W in metres; pixels with g = 0 have no truth."""
from typing import Dict

import numpy as np


def errors(p: np.ndarray, g: np.ndarray) -> Dict[str, float]:
    """RMAE, EWMAE, MAE and RMSE of one frame."""
    p, g = p.astype(np.float64), g.astype(np.float64)
    known = g > 0
    difference = np.abs(p - g)[known]
    return {
        "RMAE": float((difference / g[known]).mean()),
        "EWMAE": ewmae(p, g),
        "MAE": float(difference.mean()),
        "RMSE": float(np.sqrt((difference ** 2).mean())),
    }


def ewmae(p: np.ndarray, g: np.ndarray) -> float:
    """Σ G·|g − p| / Σ G, depths divided by max(g): the MIPI challenge's mean absolute error, weighted with the edges of g.

    G = 1 − the mean of exp(−(d/0.5)²) over the differences d of g to the four neighbours, 1 beyond the border.
    """
    largest = g.max()
    p, g = p / largest, g / largest
    south, east = np.ones_like(g), np.ones_like(g)
    south[:-1] = np.exp(-((g[1:] - g[:-1]) / 0.5) ** 2)
    east[:, :-1] = np.exp(-((g[:, 1:] - g[:, :-1]) / 0.5) ** 2)
    north, west = np.ones_like(g), np.ones_like(g)
    north[1:], west[:, 1:] = south[:-1], east[:, :-1]
    weight = 1 - np.clip((south + east + north + west) / 4, 0, 1)
    return float((weight * np.abs(g - p)).sum() / weight.sum()) if weight.any() else 0.0
