"""Convolutions with the batch norms behind them folded in, as inference folds them: y = conv(x, w·s) + (b − μ)·s + β with s = γ/√(σ² + ε).

While a norm keeps its statistics it is a scale and an offset. Folded into the weights they cost nothing; by itself each norm reads and
writes its whole map twice in a step. Gradients reach w, γ and β through the product. Norms that measure are left as they are.
"""
from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emdc.decoder import UpsampleBlock
from emdc.encoder import InvertedResidual


def convolution(conv: nn.Conv2d, norm: nn.BatchNorm2d, x: Tensor) -> Tensor:
    if norm.training:
        return norm(conv(x))
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    offset = norm.running_mean if conv.bias is None else norm.running_mean - conv.bias
    return F.conv2d(x, conv.weight * scale[:, None, None, None], norm.bias - offset * scale, conv.stride, conv.padding, conv.dilation, conv.groups)


def sequence(modules: List[nn.Module], x: Tensor) -> Tensor:
    """One after the other, a norm together with the convolution before it."""
    for module, following in zip(modules, [*modules[1:], None]):
        if isinstance(module, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
            x = convolution(module, following, x)
        elif not isinstance(module, nn.BatchNorm2d):
            x = module(x)
    return x


def feature(module: nn.Module, x: Tensor) -> Tensor:
    """One of the encoder's features."""
    if isinstance(module, InvertedResidual):
        y = sequence(list(module.conv), x)
        return x + y if module.residual else y
    return sequence(list(module), x)


def upsampled(block: UpsampleBlock, x: Tensor) -> Tensor:
    """The decoder's block."""
    return block.conv2(block.act(shuffled(convolution(block.conv, block.bn, x))))


def shuffled(x: Tensor) -> Tensor:
    """B×4C×H×W → B×C×2H×2W as `pixel_shuffle`, but channels stay last in memory: channel 4c + 2i + j goes to pixel (2y + i, 2x + j)."""
    batch, channels, height, width = x.shape
    parts = x.permute(0, 2, 3, 1).reshape(batch, height, width, channels // 4, 2, 2)
    return parts.permute(0, 1, 4, 2, 5, 3).reshape(batch, 2 * height, 2 * width, channels // 4).permute(0, 3, 1, 2)
