"""Which parameters learn how fast, and which decay."""
from typing import Dict, List

import torch
from torch import Tensor

from emdc import EMDC

#: A funnel that learns as fast as the rest ends one-hot: its logits grow from stage to stage until no softmax has a gradient.
FUNNEL_SHARE = 0.4


def in_funnel(name: str) -> bool:
    return name.startswith(("guid_conv", "fuse_conv"))


def is_matrix(name: str, value: Tensor) -> bool:
    """What Muon is for: kernels with more than one input and output channel, outside the funnel, whose kernels make logits."""
    return value.dim() == 4 and value.shape[0] > 1 and value.shape[1] > 1 and not in_funnel(name)


def groups(model: EMDC, decay: float, muon: bool = False) -> List[Dict]:
    """Convolutions decay; the funnel (whose logits have a penalty of their own), norms, biases, slopes and rezero do not. With `muon`
    dense convolutions are a group of their own."""
    funnel, matrices, kernels, others = [], [], [], []
    for name, value in model.named_parameters():
        (funnel if in_funnel(name) else matrices if muon and is_matrix(name, value)
         else kernels if value.dim() > 1 else others).append(value)
    own = [{"params": matrices, "share": 1.0, "weight_decay": decay, "muon": True}] if muon else []
    return [*own, {"params": kernels, "share": 1.0, "weight_decay": decay}, {"params": others, "share": 1.0, "weight_decay": 0.0},
            {"params": funnel, "share": FUNNEL_SHARE, "weight_decay": 0.0}]


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """A recorded step reads the rate from a tensor, which stays the same one."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate * group["share"])
        else:
            group["lr"] = rate * group["share"]
