"""The softmaxes and all iterations of a funnel stage as one differentiable function: the formulas of `emdc.propagation`, several
times faster in training.

    a[9k + j] = softmax(fuse)[k] · softmax(guidance[k])[j]
    y'(p) = Σ_k Σ_j a[9k + j](p) · y(p + (k + 1)·offset_j)        y = 0 outside the image, y' = y where `kept`

Forward keeps every iteration's y (B×1×H×W each) instead of its 9n unfolded taps. Backward, from the last iteration to the first,
with g = ∂L/∂y' and g = 0 where `kept`:

    ∂L/∂a[9k + j](p) += g(p) · y(p + (k + 1)·offset_j)            ∂L/∂y(p + (k + 1)·offset_j) += a[9k + j](p) · g(p)

and through a softmax s = softmax(x):  ∂L/∂x = s · (∂L/∂s − Σ s · ∂L/∂s).
"""
from typing import List, Optional, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

Window = Tuple[slice, slice]


def refine(y: Tensor, guidance: List[Tensor], fuse: Optional[Tensor], kept: Tensor, iterations: int) -> Tensor:
    """y, kept: B×1×H×W; guidance: n logits of B×9×H×W; fuse: logits of B×n×H×W, None where n = 1 → B×1×H×W."""
    return Refinement.apply(y, kept, iterations, fuse, *guidance)


class Refinement(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y: Tensor, kept: Tensor, iterations: int, fuse: Optional[Tensor], *guidance: Tensor) -> Tensor:
        # Sums in at least float32 (bfloat16 would blur the depth at each iteration), planes one after the other: each tap is one.
        precise = torch.promote_types(torch.float32, y.dtype)
        y = y.to(precise)
        kernels = [softmax(logits, precise) for logits in guidance]
        shares = softmax(fuse, precise) if fuse is not None else torch.ones_like(y)
        affinity = torch.cat([kernel * shares[:, k:k + 1] for k, kernel in enumerate(kernels)], 1)
        taps = windows(affinity)
        passed = []
        for _ in range(iterations):
            passed.append(y)
            padded, sum_ = pad(y, affinity), torch.zeros_like(y)
            for j, (rows, columns) in enumerate(taps):
                sum_[:, 0].addcmul_(affinity[:, j], padded[:, 0, rows, columns])
            y = torch.where(kept, y, sum_)
        ctx.dtypes = (fuse.dtype if fuse is not None else None), guidance[0].dtype
        ctx.save_for_backward(kept, affinity, shares, *kernels, *passed)
        return y

    @staticmethod
    def backward(ctx, gradient: Tensor):
        kept, affinity, shares, *rest = ctx.saved_tensors
        border = affinity.shape[1] // 9
        kernels, passed = rest[:border], rest[border:]
        taps = windows(affinity)
        of_affinity = torch.zeros_like(affinity)
        of_y = gradient
        for y in reversed(passed):
            padded, g = pad(y, affinity), of_y.masked_fill(kept, 0)[:, 0]
            spread = torch.zeros_like(padded)
            for j, (rows, columns) in enumerate(taps):
                of_affinity[:, j].addcmul_(g, padded[:, 0, rows, columns])
                spread[:, 0, rows, columns].addcmul_(affinity[:, j], g)
            of_y = spread[..., border:-border, border:-border] + of_y.masked_fill(~kept, 0)
        of_guidance, of_shares = [], []
        for k, (kernel, of_kernel) in enumerate(zip(kernels, of_affinity.split(9, 1))):
            inner = (kernel * of_kernel).sum(1, keepdim=True)
            of_shares.append(inner)
            of_guidance.append(like_convolutions(shares[:, k:k + 1] * kernel * (of_kernel - inner), ctx.dtypes[1]))
        of_fuse = None
        if ctx.dtypes[0] is not None:
            of_share = torch.cat(of_shares, 1)
            of_fuse = like_convolutions(shares * (of_share - (shares * of_share).sum(1, keepdim=True)), ctx.dtypes[0])
        return (of_y, None, None, of_fuse, *of_guidance)


def softmax(logits: Tensor, dtype: torch.dtype) -> Tensor:
    return logits.to(dtype).contiguous().softmax(1)


def like_convolutions(gradient: Tensor, dtype: torch.dtype) -> Tensor:
    """As convolutions like it, which add theirs to it: in their type, channels last."""
    return gradient.to(dtype).contiguous(memory_format=torch.channels_last)


def pad(y: Tensor, affinity: Tensor) -> Tensor:
    """y with a border of zeros as wide as the largest dilation."""
    return F.pad(y, (affinity.shape[1] // 9,) * 4)


def windows(affinity: Tensor) -> List[Window]:
    """Where tap 9k + j of every pixel lies in the padded y: one window of H×W for each tap."""
    dilations, (height, width) = affinity.shape[1] // 9, affinity.shape[2:]
    return [
        (slice(dilations + row, dilations + row + height), slice(dilations + column, dilations + column + width))
        for dilation in range(1, dilations + 1)
        for row in (-dilation, 0, dilation)
        for column in (-dilation, 0, dilation)]
