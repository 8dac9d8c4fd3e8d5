"""Batch norms that compute in training what they compute in use.

With statistics of small batches a batch norm normalises each batch by itself, and the network comes to rely on it: used frame by
frame with running statistics it then fails on unusual frames. So the statistics are measured once over many crops and kept; from
then on a batch norm is a scale and an offset that are trained like all others.
"""
from typing import Iterator, List

import torch
from torch import nn

from .batches import Batch


def batch_norms(model: nn.Module) -> List[nn.BatchNorm2d]:
    return [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]


def freeze(model: nn.Module) -> None:
    """Batch norms use their running statistics from now on, in training too. To be called again after `model.train()`."""
    for norm in batch_norms(model):
        norm.eval()


@torch.no_grad()
def calibrate(model: nn.Module, batches: Iterator[Batch], crops: int, device: torch.device) -> None:
    """Measures all running statistics over at least `crops` crops of one size, taken as one batch.

    As one batch, because every norm must see what the norms before it put out in use, when they no longer normalise by batch.
    """
    taken: List[Batch] = []
    while sum(len(batch.rgb) for batch in taken) < crops:
        batch = next(batches)
        if not taken or batch.rgb.shape[2:] == taken[0].rgb.shape[2:]:
            taken.append(batch)
    rgb, spots = (torch.cat([getattr(batch, name) for batch in taken]).to(device) for name in ("rgb", "spots"))
    norms = batch_norms(model)
    momenta = [norm.momentum for norm in norms]
    model.eval()
    for norm in norms:
        norm.reset_running_stats()  # what was there may be infinite, and 0·∞ is no number
        norm.momentum = 1.0
        norm.train()
    model(rgb, spots)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.train()
