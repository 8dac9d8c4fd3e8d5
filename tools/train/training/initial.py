"""Parameters before the first step."""
import torch
from torch import nn
from torch.nn import init

from emdc import EMDC

from .groups import in_funnel


def initialise(model: EMDC) -> None:
    """Kaiming's normal for convolutions (fan out), but ICNR before each pixel shuffle and a funnel of equal kernels; `rezero` is 0 by construction."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                init.zeros_(module.bias)
    start_funnel(model)
    for block in (model.dec5, model.dec4, model.dec3, model.dec2, model.dec1):
        icnr(block.conv)


@torch.no_grad()
def start_funnel(model: EMDC) -> None:
    """All taps and dilations weigh the same, and every stage hands the logits that it gets on as they are.

    From random convolutions logits grow from stage to stage until every softmax is one-hot, and then nothing in the funnel learns.
    """
    for name, convolution in model.named_children():
        if in_funnel(name):
            weight = convolution[0].weight
            init.zeros_(weight)
            init.zeros_(convolution[0].bias)
            if not name.startswith(("guid_conv1_", "fuse_conv1")):
                for logit in range(weight.shape[0]):  # the last input channel is the depth
                    weight[logit, logit, 1, 1] = 1


@torch.no_grad()
def icnr(convolution: nn.Conv2d, upscale: int = 2) -> None:
    """All upscale² sub-pixels of an output channel start equal, so that the shuffled image starts without a checkerboard."""
    area = upscale * upscale
    first = convolution.weight[::area].clone()
    convolution.weight.copy_(first.repeat_interleave(area, 0))
