"""EMDC with the parameter names of its published checkpoints.

"Learning an Efficient Multimodal Depth Completion Model" (Hou, Du, Zhao, Zhao, 2022). Tensors are B×C×H×W, H and W multiples
of 32; depths are in metres, 0 where nothing was measured.
"""
from typing import Callable, Dict, NamedTuple, Sequence, Tuple

import torch
from torch import Tensor, nn

from .decoder import UpsampleBlock
from .encoder import Encoder
from .plan import NINE_STAGES, TAPS, Stage
from .propagation import refine


class Outputs(NamedTuple):
    """Depths in metres, B×1×H×W: the refined one and those of the two branches that it was fused from."""
    dense: Tensor
    local: Tensor
    global_: Tensor


class EMDC(nn.Module):
    """RGB frame and sparse depth → dense depth."""

    def __init__(self, plan: Sequence[Stage] = NINE_STAGES, refine: Callable[..., Tensor] = refine):
        """`refine` computes a stage out of its logits, as `emdc.propagation.refine` does."""
        super().__init__()
        self.plan = tuple(plan)
        self.refine = refine
        self.enc = Encoder()
        self.dec5 = UpsampleBlock(320, 160)
        self.dec4 = UpsampleBlock(160 + 64, 96)
        self.dec3 = UpsampleBlock(96 + 32, 64)
        self.dec2 = UpsampleBlock(64 + 24, 32)
        self.dec1 = UpsampleBlock(32 + 16, 24)
        self.dep_conv = head(24, 1)
        self.ls_conv0 = head(2, 32, nn.ReLU())
        self.ls_conv1 = head(32, 32, nn.ReLU())
        self.ls_conv2 = head(32, 1)
        self.alpha = nn.Conv2d(32 + 24, 1, 7, padding=3, bias=False)
        self.rezero = nn.Parameter(torch.zeros(1))
        dilations_before = 0
        for number, stage in enumerate(self.plan, 1):
            for d in range(1, stage.dilations + 1):
                self.add_module(f"guid_conv{number}_{d}", head(24 if number == 1 else 9 + 1, 9))
            if stage.dilations > 1:
                self.add_module(f"fuse_conv{number}", head(24 if number == 1 else dilations_before + 1, stage.dilations))
            dilations_before = stage.dilations

    def forward(self, rgb: Tensor, depth: Tensor) -> Outputs:
        """rgb: B×3×H×W with ImageNet's mean and deviation taken out; depth: B×1×H×W in metres."""
        stages = self.stages(rgb, depth)
        return Outputs(stages["output.dense"], stages["output.local"], stages["output.global"])

    def stages(self, rgb: Tensor, depth: Tensor) -> Dict[str, Tensor]:
        """Everything worth comparing between input and output, in the order in which it is computed."""
        stages: Dict[str, Tensor] = {}
        kept = depth > 0
        depth, largest = scaled(depth)

        x = stages["input"] = torch.cat((rgb, depth), 1)
        features = self.enc(x)
        taps = [features[tap] for tap in TAPS]
        stages.update({f"enc.features.{tap}": features[tap] for tap in TAPS})

        x = stages["dec5"] = self.dec5(taps[4])
        x = stages["dec4"] = self.dec4(torch.cat((x, taps[3]), 1))
        x = stages["dec3"] = self.dec3(torch.cat((x, taps[2]), 1))
        x = stages["dec2"] = self.dec2(torch.cat((x, taps[1]), 1))
        fd1 = stages["dec1"] = self.dec1(torch.cat((x, taps[0]), 1))

        global_ = stages["global"] = self.dep_conv(fd1)
        local_feature = self.ls_conv1(self.ls_conv0(torch.cat((depth, global_), 1)))
        local = stages["local"] = self.ls_conv2(local_feature)
        confidence = torch.sigmoid(self.alpha(torch.cat((local_feature, fd1), 1))) * self.rezero
        stages["confidence"] = confidence
        y = stages["fused"] = local * confidence + global_ * (1 - confidence)

        guidance, fuse = None, None
        for number, stage in enumerate(self.plan, 1):
            guidance = [
                getattr(self, f"guid_conv{number}_{d + 1}")(fd1 if number == 1 else torch.cat((guidance[d], y), 1))
                for d in range(stage.dilations)]
            if stage.dilations > 1:
                fuse = getattr(self, f"fuse_conv{number}")(fd1 if number == 1 else torch.cat((fuse, y), 1))
            else:
                fuse = None
            y = self.refine(y, guidance, fuse, kept, stage.iterations)
            stages[f"fcspn{number}"] = y

        stages["output.dense"] = y * largest
        stages["output.local"] = local * largest
        stages["output.global"] = global_ * largest
        return stages


def scaled(depth: Tensor) -> Tuple[Tensor, Tensor]:
    """Metres as parts of each frame's largest depth, and that depth, B×1×1×1."""
    largest = depth.amax((1, 2, 3), keepdim=True)
    return depth / (largest + 1e-4), largest


def head(inputs: int, outputs: int, *activation: nn.Module) -> nn.Sequential:
    """A 3×3 convolution that keeps the size; a Sequential because the checkpoints name it `….0`."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), *activation)
