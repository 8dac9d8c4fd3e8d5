"""The decoder's block. Tensors are B×C×H×W."""
from torch import Tensor, nn
from torch.nn import functional as F


class UpsampleBlock(nn.Module):
    """inputs×H×W → outputs×2H×2W: convolution to 4·outputs, batch norm, pixel shuffle, PReLU, convolution.

    No activation follows the second convolution.
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, 4 * outputs, 3, padding=1)
        self.bn = nn.BatchNorm2d(4 * outputs)
        self.act = nn.PReLU(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(self.act(F.pixel_shuffle(self.bn(self.conv(x)), 2)))
