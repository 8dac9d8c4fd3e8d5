"""Convolutions in bfloat16, depths in float32: twice as fast on processors that multiply bfloat16.

A bfloat16 has 8 significant bits, steps of 0.4 %: enough for features, too coarse for a depth in metres. So the two branches' depths
come out of float32 convolutions, as do the funnel's logits, whose errors would add up from stage to stage, and the funnel propagates in
float32.
"""
import contextlib

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emdc import EMDC

from .groups import in_funnel


def autocast(device: torch.device, enabled: bool) -> contextlib.AbstractContextManager:
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)


class Precise(nn.Sequential):
    """Its modules in float32, also within autocast."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.float())


class Clipped(nn.Module):
    """ReLU6 as max(0, x) − max(0, x − 6): PyTorch 1.13 has no gradient of ReLU6 for bfloat16 on
    CPUs, and a slow one of clamp."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu6(x) if x.is_cuda else F.relu(x) - F.relu(x - 6)


def prepare(model: EMDC) -> None:
    """Makes `model` fit for autocast to bfloat16. The names of its parameters stay."""
    model.dep_conv = Precise(*model.dep_conv)
    model.ls_conv2 = Precise(*model.ls_conv2)
    for name, child in list(model.named_children()):
        if in_funnel(name):
            setattr(model, name, Precise(*child))
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.ReLU6):
                setattr(module, name, Clipped())
