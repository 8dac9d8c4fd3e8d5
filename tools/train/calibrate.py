"""Measures the golden batch norms' running statistics: calibrate.py OUT.safetensors

Run once; goldens.py reads the file. One pass of the golden frame of 192×256 in float64: when it comes to a batch norm, the
statistics of its input are measured, rounded to float16 and used from there on.
"""
import sys

import torch

from emdc import EMDC
from golden import inputs, parameters, safetensors


def measure(norm: torch.nn.BatchNorm2d, arguments) -> None:
    x, = arguments
    mean = x.mean((0, 2, 3))
    variance = x.var((0, 2, 3), unbiased=False)
    # A channel that hardly varies would be blown up, and every rounding before it too.
    variance = torch.maximum(variance, torch.maximum(mean * mean / 16, variance.median() / 4))
    norm.running_mean.copy_(mean.half())
    norm.running_var.copy_(variance.half())


def main(path: str) -> None:
    model = EMDC().double().eval()
    for name, value in parameters.without_statistics(model).items():
        model.state_dict()[name].copy_(torch.from_numpy(value))
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.register_forward_pre_hook(measure)
    with torch.no_grad():
        model(*inputs.tensors(192, 256))
    statistics = {name: value.half().numpy() for name, value in model.state_dict().items() if ".running_" in name}
    safetensors.write(path, statistics)


if __name__ == "__main__":
    main(*sys.argv[1:])
