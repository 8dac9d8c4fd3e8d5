"""Propagation of depth along affinities. Tensors are B×C×H×W."""
from typing import List, Optional

import torch
from torch import Tensor
from torch.nn import functional as F


def refine(y: Tensor, guidance: List[Tensor], fuse: Optional[Tensor], kept: Tensor, iterations: int) -> Tensor:
    """A stage of the funnel: `iterations` of propagation along the affinities that the logits give. y, kept: B×1×H×W."""
    return propagate(y, affinities(guidance, fuse), kept, iterations)


def affinities(guidance: List[Tensor], fuse: Optional[Tensor]) -> Tensor:
    """The weight of every tap of one iteration: B×9n×H×W, summing to 1 at each pixel.

    a[9k + j] = softmax(fuse)[k] · softmax(guidance[k])[j], with k the dilation and j the tap, row-major over the 3×3 window.
    `guidance` holds n logits of B×9×H×W, one for each dilation; `fuse` those of B×n×H×W, or None where n = 1.
    """
    kernels = [logits.softmax(1) for logits in guidance]
    if fuse is not None:
        kernels = [kernel * share for kernel, share in zip(kernels, fuse.softmax(1).split(1, dim=1))]
    return torch.cat(kernels, 1)


def propagate(y: Tensor, affinity: Tensor, kept: Tensor, iterations: int) -> Tensor:
    """`iterations` times y'(p) = Σ_k Σ_j a[9k + j](p) · y(p + (k + 1)·offset_j), with y = 0 outside the image.

    y, kept: B×1×H×W; affinity: B×9n×H×W. Where `kept` holds, y keeps the value that it came with.
    """
    size = y.shape[2:]
    dilations = affinity.shape[1] // 9
    for _ in range(iterations):
        taps = torch.cat([F.unfold(y, 3, dilation=d, padding=d) for d in range(1, dilations + 1)], 1)
        y = torch.where(kept, y, (affinity * taps.unflatten(2, size)).sum(1, keepdim=True))
    return y
