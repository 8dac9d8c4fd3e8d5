"""The encoder: MobileNetV2 without its classifier. Tensors are B×C×H×W."""
from typing import List

from torch import Tensor, nn

from .plan import INVERTED_RESIDUALS


def convolution_norm(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> List[nn.Module]:
    """A convolution without bias that keeps the size (but for the stride), and its batch norm."""
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]


class InvertedResidual(nn.Module):
    """inputs×H×W → outputs×H/stride×W/stride: expand 1×1, depthwise 3×3, project 1×1.

    No activation follows the projection. The input is added where it has the output's shape.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        hidden = inputs * expansion
        expand = [*convolution_norm(inputs, hidden, 1), nn.ReLU6()] if expansion > 1 else []
        self.residual = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            *expand,
            *convolution_norm(hidden, hidden, 3, stride, groups=hidden), nn.ReLU6(),
            *convolution_norm(hidden, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.residual else self.conv(x)


class Encoder(nn.Module):
    """4×H×W → the outputs of features 0..17, from 32×H/2×W/2 to 320×H/32×W/32."""

    def __init__(self):
        super().__init__()
        channels = 32
        features = [nn.Sequential(*convolution_norm(4, channels, 3, stride=2), nn.ReLU6())]
        for row in INVERTED_RESIDUALS:
            for block in range(row.count):
                stride = row.stride if block == 0 else 1
                features.append(InvertedResidual(channels, row.channels, stride, row.expansion))
                channels = row.channels
        self.features = nn.ModuleList(features)

    def forward(self, x: Tensor) -> List[Tensor]:
        outputs = []
        for feature in self.features:
            x = feature(x)
            outputs.append(x)
        return outputs
