"""EMDC with one padded convolution a funnel stage instead of up to four; the same parameters, the same numbers.

A stage's logits are one tensor of B×32×H×W: [9n guidance, dilation by dilation | n fuse | zeros | y], the depth in the last channel.
The weights of guid_convS_k and fuse_convS are laid into one 32×32×3×3 (32×24×3×3 for the first stage), zero elsewhere.
"""
from typing import Callable, Optional, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from emdc import EMDC
from emdc.model import Outputs

from . import funnel

CHANNELS = 32

#: (y B×1×H×W, logits B×32×H×W, kept, n, iterations) → y.
Stage = Callable[[Tensor, Tensor, Tensor, int, int], Tensor]


def plain(y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int) -> Tensor:
    """`training.funnel` on a packed tensor."""
    guidance = [logits[:, 9 * k:9 * k + 9] for k in range(n)]
    return funnel.refine(y, guidance, logits[:, 9 * n:10 * n] if n > 1 else None, kept, iterations)


class Packed:
    """A model's forward pass; `model` keeps the parameters."""

    def __init__(self, model: EMDC, stage: Stage = plain):
        self.model, self.stage = model, stage

    def __call__(self, rgb: Tensor, depth: Tensor) -> Tuple[Outputs, Tensor]:
        """rgb normalised, depth in metres → the outputs in metres, and the mean of (log Σ exp)² over the funnel's softmaxes."""
        m = self.model
        largest = depth.amax((1, 2, 3), keepdim=True)
        kept = depth > 0
        depth = depth / (largest + 1e-4)
        features = m.enc(torch.cat((rgb, depth), 1).contiguous(memory_format=torch.channels_last))
        x = m.dec5(features[17])
        for block, tap in ((m.dec4, 10), (m.dec3, 6), (m.dec2, 3), (m.dec1, 1)):
            x = block(torch.cat((x, features[tap]), 1))
        # Under autocast the encoder and decoder are in bfloat16; depths and logits are in float32 (training/bfloat16.py has the reason).
        with torch.autocast(rgb.device.type, enabled=False):
            return self.heads(precise(x), depth, largest, kept)

    def heads(self, fd1: Tensor, depth: Tensor, largest: Tensor, kept: Tensor) -> Tuple[Outputs, Tensor]:
        """Branches, fusion and funnel."""
        m = self.model
        global_ = m.dep_conv(fd1)
        feature = m.ls_conv1(m.ls_conv0(torch.cat((depth, global_), 1)))
        local = m.ls_conv2(feature)
        confidence = torch.sigmoid(m.alpha(torch.cat((feature, fd1), 1))) * m.rezero
        y = local * confidence + global_ * (1 - confidence)
        logits: Optional[Tensor] = None
        sizes, before = [], 0
        for number, part in enumerate(m.plan, 1):
            n = part.dilations
            weight, bias = self.convolution(number, n, before)
            x = fd1 if logits is None else torch.cat((logits[:, :CHANNELS - 1], y), 1)
            logits = F.conv2d(x.contiguous(memory_format=torch.channels_last), weight, bias, padding=1)
            sizes += [logits[:, 9 * k:9 * k + 9].logsumexp(1).square().mean() for k in range(n)]
            if n > 1:
                sizes.append(logits[:, 9 * n:10 * n].logsumexp(1).square().mean())
            y = self.stage(y, logits, kept, n, part.iterations)
            before = n
        return Outputs(y * largest, local * largest, global_ * largest), torch.stack(sizes).mean()

    def convolution(self, number: int, n: int, before: int) -> Tuple[Tensor, Tensor]:
        """Weight and bias of a stage; `before` is the number of dilations of the stage before."""
        convolutions = [getattr(self.model, f"guid_conv{number}_{k + 1}")[0] for k in range(n)]
        if n > 1:
            convolutions.append(getattr(self.model, f"fuse_conv{number}")[0])
        rows = [c.weight if number == 1 else placed(c.weight, 9 * k if k < n else 9 * before) for k, c in enumerate(convolutions)]
        weight, bias = torch.cat(rows), torch.cat([c.bias for c in convolutions])
        missing = CHANNELS - len(bias)
        return F.pad(weight, (0, 0, 0, 0, 0, 0, 0, missing)), F.pad(bias, (0, missing))


def precise(x: Tensor) -> Tensor:
    """At least float32."""
    return x.to(torch.promote_types(torch.float32, x.dtype))


def placed(weight: Tensor, first: int) -> Tensor:
    """O×(i + 1)×3×3 → O×32×3×3: the i logits from channel `first` on, the depth in the last channel."""
    own = weight.shape[1] - 1
    return torch.cat((F.pad(weight[:, :own], (0, 0, 0, 0, first, CHANNELS - 1 - first - own)), weight[:, own:]), 1)


def fastest(device: torch.device) -> Stage:
    """Triton's stage, where there is a card and it agrees with PyTorch's; else PyTorch's, with a word about why."""
    if device.type != "cuda":
        return plain
    try:
        from . import funnel_triton
        difference = funnel_triton.check(device)
        if difference < 1e-4:
            return funnel_triton.stage
        why = f"Triton's differs by {difference:.1e}"
    except Exception as error:  # whatever a compiler throws on a machine that nobody knows
        why = f"{type(error).__name__}: {str(error).strip().splitlines()[:1]}"
    print(f"The funnel runs in plain PyTorch: {why}", flush=True)
    return plain
