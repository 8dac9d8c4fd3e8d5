"""All iterations of a funnel stage as one differentiable function: the formula of `emdc.propagation.propagate`, about five times
faster in training.

    y'(p) = Σ_k Σ_j a[9k + j](p) · y(p + (k + 1)·offset_j)        y = 0 outside the image, y' = y where `kept`

Forward keeps every iteration's y (B×1×H×W each) instead of its 9n unfolded taps. Backward, from the last iteration to the first,
with g = ∂L/∂y' and g = 0 where `kept`:

    ∂L/∂a[9k + j](p) += g(p) · y(p + (k + 1)·offset_j)            ∂L/∂y(p + (k + 1)·offset_j) += a[9k + j](p) · g(p)
"""
from typing import List, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

Window = Tuple[slice, slice]


def propagate(y: Tensor, affinity: Tensor, kept: Tensor, iterations: int) -> Tensor:
    """y, kept: B×1×H×W; affinity: B×9n×H×W → B×1×H×W after `iterations`."""
    precise = torch.promote_types(torch.float32, y.dtype)  # bfloat16 would blur the depth at each iteration
    return Propagation.apply(y.to(precise), affinity.to(precise).contiguous(), kept, iterations)


class Propagation(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y: Tensor, affinity: Tensor, kept: Tensor, iterations: int) -> Tensor:
        taps = windows(affinity)
        passed = [y]
        for _ in range(iterations):
            padded, sum_ = pad(y, affinity), torch.zeros_like(y)
            for j, (rows, columns) in enumerate(taps):
                sum_[:, 0].addcmul_(affinity[:, j], padded[:, 0, rows, columns])
            y = torch.where(kept, y, sum_)
            passed.append(y)
        ctx.save_for_backward(affinity, kept, *passed[:-1])
        return y

    @staticmethod
    def backward(ctx, gradient: Tensor):
        affinity, kept, *passed = ctx.saved_tensors
        taps = windows(affinity)
        of_affinity = torch.zeros_like(affinity)
        of_y = gradient
        for y in reversed(passed):
            padded, g = pad(y, affinity), of_y.masked_fill(kept, 0)[:, 0]
            spread = torch.zeros_like(padded)
            for j, (rows, columns) in enumerate(taps):
                of_affinity[:, j].addcmul_(g, padded[:, 0, rows, columns])
                spread[:, 0, rows, columns].addcmul_(affinity[:, j], g)
            border = affinity.shape[1] // 9
            of_y = spread[..., border:-border, border:-border] + of_y.masked_fill(~kept, 0)
        return of_y, of_affinity, None, None


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
