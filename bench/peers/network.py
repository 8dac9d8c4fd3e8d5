"""What the peers share: the network of tools/train with the default weights, one frame, and its result in float64."""
import os
import sys

import torch

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools", "train"))
from emdc import EMDC  # noqa: E402
from emdc.propagation import affinities  # noqa: E402
from golden import inputs, parameters, safetensors  # noqa: E402

WEIGHTS = os.path.join(ROOT, "weights", "emdc.safetensors")
BOUND = 1e-4  # largest difference from float64 that counts as the same result, in units of the largest depth


def load(path: str = WEIGHTS) -> EMDC:
    """The network in float64, ready to run. Weights: safetensors, or a PyTorch checkpoint."""
    if path.endswith(".safetensors"):
        values, _ = safetensors.read(path)
    else:
        values = {name: value.numpy() for name, value in torch.load(path, map_location="cpu")["state_dict"].items()}
    model = EMDC(refine=refine).double().eval()
    own = model.state_dict()
    parameters.load(model, {name: value for name, value in values.items() if name in own})
    return model


def frame(height: int, width: int):
    """rgb 1×3×H×W and depth 1×1×H×W, float64: the golden frame of that size."""
    return inputs.tensors(height, width)


def difference(ours: torch.Tensor, reference: torch.Tensor) -> float:
    """max |ours − reference| ÷ max |reference|."""
    return float((ours.double() - reference).abs().max() / reference.abs().max())


def propagate(y: torch.Tensor, affinity: torch.Tensor, kept: torch.Tensor, iterations: int) -> torch.Tensor:
    """emdc.propagation.propagate with slices of the padded map in place of F.unfold: 10 to 15 % faster frames, and exportable."""
    height, width = y.shape[2:]
    dilations = affinity.shape[1] // 9
    for _ in range(iterations):
        taps = []
        for d in range(1, dilations + 1):
            padded = torch.nn.functional.pad(y, (d, d, d, d))
            taps += [padded[:, :, i * d:i * d + height, j * d:j * d + width] for i in range(3) for j in range(3)]
        y = torch.where(kept, y, (affinity * torch.cat(taps, 1)).sum(1, keepdim=True))
    return y


def refine(y: torch.Tensor, guidance, fuse, kept: torch.Tensor, iterations: int) -> torch.Tensor:
    """emdc.propagation.refine with the propagation above."""
    return propagate(y, affinities(guidance, fuse), kept, iterations)
