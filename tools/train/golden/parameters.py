"""Golden parameters: offset + scale · u in float32, with u in [-1, 1) from the hash of the parameter's name and the index.

What the numbers are for: every ReLU6 clips at both ends, every PReLU channel sees both signs, the confidence goes from 0 to
rezero, no softmax is flat, and float32 still agrees with float64 (goldens.py asserts all of it). The batch norms' running
statistics were measured once (calibrate.py) and are kept as float16 in a file.
"""
from typing import Dict, Tuple

import numpy as np
import torch
from torch import nn

from . import safetensors
from .hashing import symmetric

#: How much larger than 1/√fan_in a convolution's weights are; the first prefix that fits counts, 1 where none does.
GAINS = (("alpha", 16.0), ("guid_conv1_", 4.0), ("fuse_conv1.", 4.0), ("guid_conv", 1.5), ("fuse_conv", 2.0), ("ls_conv", 2.0))


def scale_and_offset(name: str, shape: Tuple[int, ...]) -> Tuple[float, float]:
    """The two numbers of the formula, exact in binary."""
    if len(shape) == 4:
        fan_in = shape[1] * shape[2] * shape[3]
        gain = next((gain for prefix, gain in GAINS if name.startswith(prefix)), 1.0)
        return gain * 2.0 ** -(fan_in.bit_length() // 2), 0.0
    if name == "rezero":
        return 0.0, 0.75
    if name.endswith(".act.weight"):
        return 0.5, 0.25
    if name.startswith("enc."):
        # A deviation of 1 to 3 around 0 to 4: below 0 and above 6 in every layer.
        return (1.0, 2.0) if name.endswith(".weight") else (2.0, 2.0)
    if ".bn." in name:
        return (0.5, 1.0) if name.endswith(".weight") else (0.5, 0.0)
    if name.startswith(("dep_conv", "ls_conv2")):
        # Depth around half the largest: a wrong value beyond the border shows.
        return 0.25, 0.5
    return 0.25, 0.0


def formula(name: str, shape: Tuple[int, ...]) -> np.ndarray:
    """The parameter of that name and shape, float32."""
    scale, offset = scale_and_offset(name, tuple(shape))
    u = symmetric(name, int(np.prod(shape)))
    return (np.float32(offset) + np.float32(scale) * u).reshape(shape)


def without_statistics(model: nn.Module) -> Dict[str, np.ndarray]:
    """Every golden parameter of the model but the batch norms' running statistics, float32."""
    return {name: formula(name, tuple(value.shape)) for name, value in model.state_dict().items()
            if ".running_" not in name and not name.endswith(".num_batches_tracked")}


def state_dict(model: nn.Module, statistics: str) -> Dict[str, np.ndarray]:
    """Every golden parameter of the model by name, float32; the running statistics from the file `statistics`."""
    measured, _ = safetensors.read(statistics)
    return {**without_statistics(model), **{name: value.astype(np.float32) for name, value in measured.items()}}


def load(model: nn.Module, parameters: Dict[str, np.ndarray]) -> None:
    """Puts the parameters into the model, in the model's own precision."""
    mismatch = model.load_state_dict({name: torch.tensor(value) for name, value in parameters.items()}, strict=False)
    unfilled = [name for name in mismatch.missing_keys if not name.endswith(".num_batches_tracked")]
    if unfilled or mismatch.unexpected_keys:
        raise ValueError(f"The parameters do not fit: missing {unfilled}, unexpected {mismatch.unexpected_keys}.")
