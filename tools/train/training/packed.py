"""EMDC with one padded convolution a funnel stage instead of up to four, and batch norms that are kept folded into their convolutions;
the same parameters, the same numbers.

A stage reads and writes one tensor of B×32×H×W: [9n guidance logits, dilation by dilation | n fuse logits | zeros | y], the depth in the
last channel. The weights of guid_convS_k and fuse_convS are laid into one 32×32×3×3 (32×24×3×3 for the first stage), zero elsewhere.
"""
from typing import Callable, List, NamedTuple, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from emdc import EMDC
from emdc.model import Outputs, scaled

from . import folded, funnel

CHANNELS = 32


class StageOutput(NamedTuple):
    """y: B×1×H×W; joined: B×32×H×W, the logits with y in the last channel; squares: B×1×H×W, Σ (log Σ exp)² over the stage's softmaxes."""
    y: Tensor
    joined: Tensor
    squares: Tensor


#: (y B×1×H×W, logits B×32×H×W, kept, n, iterations) → its output.
Stage = Callable[[Tensor, Tensor, Tensor, int, int], StageOutput]


def plain(y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int) -> StageOutput:
    """`training.funnel` on a packed tensor."""
    guidance = [logits[:, 9 * k:9 * k + 9] for k in range(n)]
    fuse = logits[:, 9 * n:10 * n] if n > 1 else None
    squares = sum(x.logsumexp(1, keepdim=True).square() for x in [*guidance] + ([] if fuse is None else [fuse]))
    y = funnel.refine(y, guidance, fuse, kept, iterations)
    return StageOutput(y, torch.cat((logits[:, :CHANNELS - 1], y), 1), squares)


class Packed:
    """A model's forward pass; `model` keeps the parameters."""

    def __init__(self, model: EMDC, stage: Stage = plain):
        self.model, self.stage = model, stage

    def __call__(self, rgb: Tensor, depth: Tensor) -> Tuple[Outputs, Tensor]:
        """rgb normalised, depth in metres → the outputs in metres, and the mean of (log Σ exp)² over the funnel's softmaxes."""
        m = self.model
        kept = depth > 0
        depth, largest = scaled(depth)
        fd1 = self.unet(torch.cat((rgb, depth), 1).contiguous(memory_format=torch.channels_last))
        # Under autocast the encoder and decoder are in bfloat16; depths and logits are in float32 (training/bfloat16.py has the reason).
        with torch.autocast(rgb.device.type, enabled=False):
            return self.heads(precise(fd1), depth, largest, kept)

    def unet(self, x: Tensor) -> Tensor:
        """B×4×H×W → B×24×H×W."""
        features: List[Tensor] = []
        for feature in self.model.enc.features:
            x = folded.feature(feature, x)
            features.append(x)
        x = folded.upsampled(self.model.dec5, x)
        for block, tap in ((self.model.dec4, 10), (self.model.dec3, 6), (self.model.dec2, 3), (self.model.dec1, 1)):
            x = folded.upsampled(block, torch.cat((x, features[tap]), 1))
        return x

    def heads(self, fd1: Tensor, depth: Tensor, largest: Tensor, kept: Tensor) -> Tuple[Outputs, Tensor]:
        """Branches, fusion and funnel."""
        m = self.model
        global_ = m.dep_conv(fd1)
        feature = m.ls_conv1(m.ls_conv0(torch.cat((depth, global_), 1)))
        local = m.ls_conv2(feature)
        confidence = torch.sigmoid(m.alpha(torch.cat((feature, fd1), 1))) * m.rezero
        y = local * confidence + global_ * (1 - confidence)
        x, squares, softmaxes, before = fd1, [], 0, 0
        for number, part in enumerate(m.plan, 1):
            n = part.dilations
            weight, bias = self.convolution(number, n, before)
            logits = F.conv2d(x.contiguous(memory_format=torch.channels_last), weight, bias, padding=1)
            y, x, of_stage = self.stage(y, logits, kept, n, part.iterations)
            squares.append(of_stage.mean())
            softmaxes += n + (n > 1)
            before = n
        return Outputs(y * largest, local * largest, global_ * largest), torch.stack(squares).sum() / softmaxes

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
