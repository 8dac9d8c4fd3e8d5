"""Exponential moving average of the parameters: less noisy than the parameters themselves, and what is kept."""
import copy

import torch
from torch import nn


class Averaged:
    """averaged ← d·averaged + (1 − d)·model after each step, d rising to `decay` as (1 + step)/(10 + step)."""

    def __init__(self, model: nn.Module, decay: float):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay

    def decay_at(self, step: int) -> float:
        return min(self.decay, (1 + step) / (10 + step))

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = self.decay_at(step)
        for average, current in zip(self.model.parameters(), model.parameters()):
            average.lerp_(current, 1 - decay)
        for average, current in zip(self.model.buffers(), model.buffers()):
            average.copy_(current)
