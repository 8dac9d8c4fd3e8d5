"""AdamW, and Muon for the kernels of dense convolutions: the same steps as `emdc train --optimiser muon`.

    m ← β·m + (1 − β)·g     M = β·m + (1 − β)·g
    p ← p − η·λ·p − η·0.2·√(longer side)·orthogonal(M)

(Jordan 2024; Liu et al. 2025.) A kernel is a matrix [output channels, taps]; the shorter side of large ones is divided into blocks.
"""
from typing import List

import torch
from torch import Tensor, nn

BETA, STEP_SIZE, LONGEST_SHORT_SIDE = 0.95, 0.2, 192
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonal(m: Tensor) -> Tensor:
    """The matrix with the singular vectors of m and singular values near 1, from those that are 0.002 of ‖m‖ on."""
    x = m.T if m.shape[0] > m.shape[1] else m
    x = x / x.norm().clamp_min(1e-15)
    for _ in range(5):
        a = x @ x.T
        x = A * x + (B * a + C * (a @ a)) @ x
    return x.T if m.shape[0] > m.shape[1] else x


def blocks(m: Tensor) -> List[Tensor]:
    """Views of m, its shorter side cut into as few almost equal parts as are short enough."""
    side = 1 if m.shape[0] > m.shape[1] else 0
    length = m.shape[side]
    count = -(-length // LONGEST_SHORT_SIDE)
    ends = [length * i // count for i in range(count + 1)]
    return [m.narrow(side, a, b - a) for a, b in zip(ends, ends[1:])]


class Muon(torch.optim.AdamW):
    """AdamW whose groups with "muon" take Muon's steps. As fused AdamW does, it divides gradients by `grad_scale` and does nothing where
    `found_inf` is not 0, if those are set."""

    @torch.no_grad()
    def step(self, closure=None):
        everything = self.param_groups
        self.param_groups = [group for group in everything if not group.get("muon")]
        try:
            super().step(closure)
        finally:
            self.param_groups = everything
        scale, broken = getattr(self, "grad_scale", None), getattr(self, "found_inf", None)
        for group in everything:
            for p in group["params"] if group.get("muon") else ():
                if p.grad is not None:
                    self.turn(p, group["lr"], group["weight_decay"], scale, broken)

    def turn(self, p: nn.Parameter, rate, decay: float, scale, broken) -> None:
        state = self.state[p]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        g = (1 - BETA) * (p.grad if scale is None else p.grad / scale)
        momentum = BETA * state["momentum"] + g
        m = (BETA * momentum + g).flatten(1)
        step = torch.empty_like(m)
        for part, into in zip(blocks(m), blocks(step)):
            into.copy_(STEP_SIZE * max(part.shape) ** 0.5 * orthogonal(part))
        value = p - rate * (decay * p + step.view_as(p))
        for kept, new in ((state["momentum"], momentum), (p, value)):
            kept.copy_(new if broken is None else torch.where(broken == 0, new, kept))
