"""Parameters before the first step."""
import torch
from torch import nn
from torch.nn import init

from emdc import EMDC


def initialise(model: EMDC) -> None:
    """Kaiming's normal for convolutions (fan out), but ICNR before each pixel shuffle; `rezero` is 0 by construction."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                init.zeros_(module.bias)
    for block in (model.dec5, model.dec4, model.dec3, model.dec2, model.dec1):
        icnr(block.conv)


@torch.no_grad()
def icnr(convolution: nn.Conv2d, upscale: int = 2) -> None:
    """All upscale² sub-pixels of an output channel start equal, so that the shuffled image starts without a checkerboard."""
    area = upscale * upscale
    first = convolution.weight[::area].clone()
    convolution.weight.copy_(first.repeat_interleave(area, 0))
