"""EMDC rearranged for ONNX Runtime's CPU provider. Same results; README.md says what each rearrangement gave.

Nothing here is a trick of one file: it is what a careful user would do to the exported graph.
"""
from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BLOCK = 4  # side of the tile of pixels that the one-channel convolutions compute together


def folded(layers) -> nn.Sequential:
    """The layers with every batch norm folded into the convolution before it."""
    kept: List[nn.Module] = []
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            convolution, scale = kept[-1], layer.weight / torch.sqrt(layer.running_var + layer.eps)
            before = 0 if convolution.bias is None else convolution.bias * scale
            kept[-1] = convolved(convolution.weight * scale[:, None, None, None], layer.bias - layer.running_mean * scale + before,
                                 convolution.stride, convolution.padding, convolution.groups)
        else:
            kept.append(layer)
    return nn.Sequential(*kept)


def convolved(weight: Tensor, bias, stride=1, padding=0, groups: int = 1) -> nn.Conv2d:
    outputs, inputs, height, width = weight.shape
    layer = nn.Conv2d(inputs * groups, outputs, (height, width), stride, padding, groups=groups, bias=bias is not None)
    layer.weight = nn.Parameter(weight.detach().clone())
    if bias is not None:
        layer.bias = nn.Parameter(bias.detach().clone())
    return layer


def tiled(weight: Tensor, bias) -> nn.Conv2d:
    """A k×k convolution to one channel as one to BLOCK² channels at stride BLOCK, to be followed by a pixel shuffle.

    ONNX Runtime computes output channels in blocks of 8 or 16 and throws the empty ones away: one channel costs as much as 16.
    Kernel of channel BLOCK·i + j: the k×k one moved by (i, j) in a window of (k + BLOCK − 1)².
    """
    size = weight.shape[-1] + BLOCK - 1
    kernels = [F.pad(weight, (j, size - weight.shape[-1] - j, i, size - weight.shape[-1] - i)) for i in range(BLOCK) for j in range(BLOCK)]
    return convolved(torch.cat(kernels), None if bias is None else bias.repeat(BLOCK * BLOCK), BLOCK, weight.shape[-1] // 2)


class Best(nn.Module):
    """rgb, depth → dense, for one size of frame."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.plan = model.plan
        self.features = nn.ModuleList([folded(model.enc.features[0])] + [folded(block.conv) for block in model.enc.features[1:]])
        self.residual = [False] + [block.residual for block in model.enc.features[1:]]
        blocks = [model.dec5, model.dec4, model.dec3, model.dec2, model.dec1]
        self.up = nn.ModuleList([folded([block.conv, block.bn])[0] for block in blocks])
        self.slopes = [block.act.weight.detach() for block in blocks]
        # max(x, s·x) is PReLU for slopes up to 1, and faster than ONNX Runtime's PRelu
        assert all(bool((slope <= 1).all()) for slope in self.slopes), "A PReLU slope is larger than 1."
        self.after = nn.ModuleList([block.conv2 for block in blocks])
        heads = [model.get_submodule(f"guid_conv1_{d}.0") for d in (1, 2, 3)] + [model.fuse_conv1[0], model.dep_conv[0]]
        self.heads = convolved(torch.cat([h.weight for h in heads]), torch.cat([h.bias for h in heads]), 1, 1)
        self.ls_conv0, self.ls_conv1 = model.ls_conv0, model.ls_conv1
        self.ls_conv2 = tiled(model.ls_conv2[0].weight, model.ls_conv2[0].bias)
        self.alpha_local, self.alpha_fd1 = tiled(model.alpha.weight[:, :32], None), tiled(model.alpha.weight[:, 32:], None)
        self.rezero = model.rezero
        self.later = nn.ModuleDict({name: module[0] for name, module in model.named_children()
                                    if name.startswith(("guid_conv", "fuse_conv")) and not name.startswith(("guid_conv1", "fuse_conv1"))})

    def forward(self, rgb: Tensor, depth: Tensor) -> Tensor:
        largest, kept = depth.amax((1, 2, 3), keepdim=True), depth > 0
        depth = depth * (1 / (largest + 1e-4))
        x, features = torch.cat((rgb, depth), 1), []
        for block, residual in zip(self.features, self.residual):
            x = x + block(x) if residual else block(x)
            features.append(x)
        x = features[17]
        for i, tap in enumerate((None, 10, 6, 3, 1)):
            x = F.pixel_shuffle(self.up[i](x if tap is None else torch.cat((x, features[tap]), 1)), 2)
            x = self.after[i](torch.max(x, self.slopes[i].to(x.dtype).view(1, -1, 1, 1) * x))

        heads = self.heads(x)
        guidance, fuse, global_ = [heads[:, 9 * d:9 * d + 9] for d in range(3)], heads[:, 27:30], heads[:, 30:]
        h = self.ls_conv1(self.ls_conv0(torch.cat((depth, global_), 1)))
        local = F.pixel_shuffle(self.ls_conv2(h), BLOCK)
        confidence = torch.sigmoid(F.pixel_shuffle(self.alpha_local(h) + self.alpha_fd1(x), BLOCK)) * self.rezero
        y = global_ + confidence * (local - global_)

        for number, stage in enumerate(self.plan, 1):
            if number > 1:
                guidance = [self.later[f"guid_conv{number}_{d + 1}"](torch.cat((guidance[d], y), 1)) for d in range(stage.dilations)]
                if stage.dilations > 1:
                    fuse = self.later[f"fuse_conv{number}"](torch.cat((fuse, y), 1))
            y = propagate(y, affinities(guidance, fuse if stage.dilations > 1 else None), kept, stage.iterations)
        return y * largest


def affinities(guidance: List[Tensor], fuse) -> List[Tensor]:
    """softmax(fuse)_k · softmax(guidance_k), the three divisions of a pixel as one."""
    exponentials = [exponential(logits) for logits in guidance]
    sums = [total(e) for e in exponentials]
    if fuse is None:
        return [exponentials[0] * (1 / sums[0])]
    shares = exponential(fuse)
    all_ = total(shares)
    return [e * (shares[:, d:d + 1] / (all_ * sums[d])) for d, e in enumerate(exponentials)]


def exponential(logits: Tensor) -> Tensor:
    """exp(logits − their maximum over the channels). The logits of the default weights reach 244: exp alone overflows."""
    planes = list(logits.split(1, 1))
    while len(planes) > 1:
        planes = [torch.max(*planes[i:i + 2]) if i + 1 < len(planes) else planes[i] for i in range(0, len(planes), 2)]
    return torch.exp(logits - planes[0])


def total(x: Tensor) -> Tensor:
    """The sum over the channels, as a product with a row of ones: faster than ReduceSum over nine planes."""
    _, channels, height, width = x.shape
    return torch.matmul(torch.ones(1, channels, dtype=x.dtype), x.reshape(channels, height * width)).reshape(1, 1, height, width)


def propagate(y: Tensor, affinity: List[Tensor], kept: Tensor, iterations: int) -> Tensor:
    """emdc.propagation.propagate with one weighted sum a dilation."""
    height, width = y.shape[2:]
    before = y
    for _ in range(iterations):
        sums = []
        for d, weights in enumerate(affinity, 1):
            padded = F.pad(y, (d, d, d, d))
            sums.append(total(weights * torch.cat(
                [padded[:, :, i * d:i * d + height, j * d:j * d + width] for i in range(3) for j in range(3)], 1)))
        y = torch.where(kept, before, sum(sums[1:], sums[0]))
    return y
