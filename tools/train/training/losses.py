"""The paper's objective (section 3.3). Depths in metres, B×1×H×W; g = 0 where there is no ground truth.

    L = L1(dense) + λ1·L1(global) + λ2·L1(local) + λ3·Lcgd(dense)
    λ1 = L1(dense) / L1(global)     λ2 = L1(dense) / L1(local)     λ3 = 0.7·L1(dense) / Lcgd(dense)     all without gradient

The λ make each term as large as the first (the gradient loss 0.7 of it), so that no branch is forgotten when another one is
easy. `published` is what the authors' code computes instead: per-image means summed over the batch, and through an addition in
place the constant weights local 1, global 2, gradient 2.8.
"""
from typing import Dict, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

#: Ground truth below this many metres counts as none.
SMALLEST = 1e-3

#: Sobel's derivative to the right; its transpose is the one downwards.
SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


class Loss(NamedTuple):
    total: Tensor
    parts: Dict[str, float]


def paper(dense: Tensor, local: Tensor, global_: Tensor, g: Tensor, relative: float = 0) -> Loss:
    """The objective above; `relative` as in `pixel_weights`."""
    weights = pixel_weights(g, relative)
    refined, of_global, of_local = (weighted_mean((p - g).abs(), weights) for p in (dense, global_, local))
    gradient = weighted_mean(*gradient_errors(dense, g))
    total = refined
    for term, share in ((of_global, 1.0), (of_local, 1.0), (gradient, 0.7)):
        total = total + (share * refined / term.clamp_min(1e-12)).detach() * term
    return Loss(total, named(refined, of_global, of_local, gradient))


def published(dense: Tensor, local: Tensor, global_: Tensor, g: Tensor, relative: float = 0) -> Loss:
    """The effective objective of the authors' code: Σ over the batch of L1(dense) + local + 2·global + 2.8·gradient."""
    weights = pixel_weights(g, relative)
    refined, of_global, of_local = (image_means((p - g).abs(), weights).sum() for p in (dense, global_, local))
    gradient = image_means(*gradient_errors(dense, g)).sum()
    return Loss(refined + of_local + 2 * of_global + 2.8 * gradient, named(refined, of_global, of_local, gradient))


def pixel_weights(g: Tensor, relative: float) -> Tensor:
    """1 where there is ground truth, 0 elsewhere; `relative` in 0…1 turns that towards 1/g.

    w = (1 − r) + r·(1/g) / mean(1/g), the mean over the batch. With r = 1 the L1 is proportional to the relative error, which
    the challenge's RMAE measures; with r = 0 it is the paper's, where a pixel at 0.3 m beside a far wall hardly counts.
    """
    known = (g > SMALLEST).to(g.dtype)
    if relative == 0:
        return known
    inverse = known / g.clamp_min(SMALLEST)
    return known * (1 - relative) + relative * inverse / (inverse.sum() / known.sum().clamp_min(1)).clamp_min(1e-12)


def gradient_errors(p: Tensor, g: Tensor):
    """|Sobel(p) − Sobel(g)| summed over both directions, and where it counts: ground truth in all of the 3×3 window."""
    sobel = torch.tensor(SOBEL, dtype=p.dtype, device=p.device)
    kernels = torch.stack((sobel, sobel.t()))[:, None]
    known = F.conv2d((g > SMALLEST).to(p.dtype), torch.ones_like(kernels[:1])) > 8.5  # beyond the image nothing is known
    return F.conv2d(p - g, kernels).abs().sum(1, keepdim=True), known.to(p.dtype)


def weighted_mean(errors: Tensor, weights: Tensor) -> Tensor:
    """Σ w·e / Σ w over the batch; 0 where nothing counts."""
    return (errors * weights).sum() / weights.sum().clamp_min(1e-12)


def image_means(errors: Tensor, weights: Tensor) -> Tensor:
    """The weighted mean of each image: B."""
    return (errors * weights).sum((1, 2, 3)) / weights.sum((1, 2, 3)).clamp_min(1e-12)


def named(dense: Tensor, global_: Tensor, local: Tensor, gradient: Tensor) -> Dict[str, float]:
    return {"dense": dense.item(), "global": global_.item(), "local": local.item(), "gradient": gradient.item()}
