"""The paper's objective (section 3.3) with what was found to matter; the same as src/EMDC.Training/Losses/Objective.cs.

Depths in metres, B×1×H×W. p: predictions, g: ground truth, known where g > 0.001; s: the mean known g of an image, at least 0.1.

    L    = L1(dense) + λ1·L1(global) + λ2·L1(local) + λ3·Lcgd(dense) + n·N(dense) + n·N(global) + m·M(dense) + z·Z
    L1   = limited(Σ w·e·|p − g|/s / Σ e)    w = (1 − r) + r·min(s/g, 20), e = 1 + E near a depth edge, 1 elsewhere; over known pixels
    Lcgd = mean of |Sobel_x(p − g)|/s + |Sobel_y(p − g)|/s over pixels whose 3×3 window is known
    N    = mean of max(0, h − p)/s over all pixels, h: half of the smallest known or measured depth
    M    = mean of |p − g|/s over measured and known pixels
    Z    = mean of (log Σ exp)² over the funnel's softmaxes
    limited(x) = x up to c, c·(1 + ln(x/c)) beyond
    λ1 = L1(dense)/L1(global)     λ2 = L1(dense)/L1(local)     λ3 = 0.7·L1(dense)/Lcgd(dense)     all without gradient

Terms are means over the images of a batch. The λ make each term as large as the first (the gradient loss 0.7 of it), so that no branch
is forgotten when another one is easy. `published` is what the authors' code computes instead: per-image means in metres summed over the
batch, and through an addition in place the constant weights local 1, global 2, gradient 2.8.
"""
import functools
from typing import Dict, NamedTuple, Optional, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

#: Ground truth below this many metres counts as none.
SMALLEST = 1e-3
SMALLEST_SCALE = 0.1
LARGEST_RATIO = 20.0

#: Neighbours whose depths differ by more than this share are two surfaces.
EDGE_SHARE = 0.05

#: Sobel's derivative to the right; its transpose is the one downwards.
SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


class Loss(NamedTuple):
    total: Tensor
    parts: Dict[str, Tensor]


class Weights(NamedTuple):
    """r, E, c, n, m and z of the formulas; src/EMDC.Training/Losses/Objective.cs has the reasons."""
    relative: float = 0.7
    edges: float = 1.0
    edge_reach: int = 3
    limit: float = 1.0
    negative: float = 1.0
    measured: float = 0.0
    logits: float = 1e-4


def objective(dense: Tensor, local: Tensor, global_: Tensor, g: Tensor, spots: Tensor, logits: Optional[Tensor] = None,
              weights: Weights = Weights()) -> Loss:
    """The objective above; `logits` is Z, where the network has handed it out."""
    known = (g > SMALLEST).to(g.dtype)
    s = (mean(g, known)).clamp_min(SMALLEST_SCALE)
    e = known if weights.edges == 0 else known * (1 + weights.edges * near_edges(g, weights.edge_reach))
    w = e * relative_weight(g, s, weights.relative)
    area = e.sum((1, 2, 3), keepdim=True).clamp_min(1)
    refined, of_global, of_local = (limited(((p - g).abs() * w).sum((1, 2, 3), keepdim=True) / (s * area), weights.limit).mean()
                                    for p in (dense, global_, local))
    errors, complete = gradient_errors(dense, g)
    gradient = mean(errors / s, complete).mean()
    nearest = torch.minimum(smallest(g, known > 0), smallest(spots, spots > 0)) / 2
    nearest = torch.where(torch.isfinite(nearest), nearest, torch.zeros_like(nearest))
    negative = sum((F.relu(nearest - p) / s).mean() for p in (dense, global_))
    measured = mean((dense - g).abs() / s, known * (spots > 0).to(g.dtype)).mean()
    total = refined + weights.negative * negative + weights.measured * measured
    for term, share in ((of_global, 1.0), (of_local, 1.0), (gradient, 0.7)):
        total = total + (share * refined / term.clamp_min(1e-12)).detach() * term
    parts = {"dense": refined, "global": of_global, "local": of_local, "gradient": gradient, "negative": negative, "measured": measured}
    if logits is not None:
        total = total + weights.logits * logits
        parts["logits"] = logits
    return Loss(total, detached(parts))


def published(dense: Tensor, local: Tensor, global_: Tensor, g: Tensor) -> Loss:
    """The effective objective of the authors' code: Σ over the batch of L1(dense) + local + 2·global + 2.8·gradient."""
    known = (g > SMALLEST).to(g.dtype)
    refined, of_global, of_local = (mean((p - g).abs(), known).sum() for p in (dense, global_, local))
    gradient = mean(*gradient_errors(dense, g)).sum()
    parts = {"dense": refined, "global": of_global, "local": of_local, "gradient": gradient}
    return Loss(refined + of_local + 2 * of_global + 2.8 * gradient, detached(parts))


def relative_weight(g: Tensor, s: Tensor, relative: float) -> Tensor:
    """What turns errors in units of s towards errors relative to g."""
    return 1 - relative + relative * (s / g.clamp_min(SMALLEST)).clamp_max(LARGEST_RATIO)


def limited(x: Tensor, limit: float) -> Tensor:
    """What bounds the weight of a hopeless image and never takes its gradient away."""
    return torch.where(x <= limit, x, limit * (1 + torch.log(x.clamp_min(limit) / limit)))


def near_edges(g: Tensor, reach: int) -> Tensor:
    """1 within `reach` pixels (along rows and columns) of neighbours whose known depths differ by more than EDGE_SHARE, else 0."""
    near = torch.zeros_like(g)
    for axis in (2, 3):
        a, b = g.narrow(axis, 0, g.shape[axis] - 1), g.narrow(axis, 1, g.shape[axis] - 1)
        edge = ((a > SMALLEST) & (b > SMALLEST) & ((a - b).abs() > EDGE_SHARE * torch.minimum(a, b))).to(g.dtype)
        for start, part in ((0, edge), (1, edge)):
            side = near.narrow(axis, start, g.shape[axis] - 1)
            side.copy_(torch.maximum(side, part))
    return F.max_pool2d(near, 2 * reach - 1, stride=1, padding=reach - 1)  # the marked pixels are within one pixel of the edge


def gradient_errors(p: Tensor, g: Tensor) -> Tuple[Tensor, Tensor]:
    """|Sobel(p) − Sobel(g)| summed over both directions, and where it counts: ground truth in all of the 3×3 window."""
    kernels = sobel_kernels(p.dtype, p.device)
    known = F.conv2d((g > SMALLEST).to(p.dtype), torch.ones_like(kernels[:1])) > 8.5  # beyond the image nothing is known
    return F.conv2d(p - g, kernels).abs().sum(1, keepdim=True), known.to(p.dtype)


@functools.lru_cache(maxsize=None)
def sobel_kernels(dtype: torch.dtype, device: torch.device) -> Tensor:
    """Both directions, 2×1×3×3; made once, because a recorded step cannot copy from the host."""
    sobel = torch.tensor(SOBEL, dtype=dtype, device=device)
    return torch.stack((sobel, sobel.t()))[:, None]


def mean(errors: Tensor, weights: Tensor) -> Tensor:
    """Σ w·e / Σ w of each image, B×1×1×1; 0 where nothing counts."""
    return (errors * weights).sum((1, 2, 3), keepdim=True) / weights.sum((1, 2, 3), keepdim=True).clamp_min(1e-12)


def smallest(x: Tensor, counts: Tensor) -> Tensor:
    """The least value that counts in each image, B×1×1×1; infinite where none does."""
    return torch.where(counts, x, torch.full_like(x, float("inf"))).amin((1, 2, 3), keepdim=True)


def detached(parts: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return {name: value.detach() for name, value in parts.items()}
