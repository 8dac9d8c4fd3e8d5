"""Files of a run: the weights as PyTorch users know them, and all that is needed to go on."""
import os
from typing import Any, Dict

import numpy as np
import torch
from torch import nn

from golden import safetensors


def save(path: str, content: Dict[str, Any]) -> None:
    """Written beside and renamed: a run that is broken off leaves the previous file."""
    beside = f"{path}.tmp"
    torch.save(content, beside)
    os.replace(beside, path)


def save_weights(path: str, model: nn.Module, samples: int, half: bool = False) -> None:
    """A checkpoint in the published form, which `EMDC.Convert` reads; with `half` in float16, the batch norms' running statistics,
    which may exceed its range, excepted."""
    save(path, {"state_dict": {name: value.detach().cpu().half() if half and value.is_floating_point() and ".running_" not in name
                               else value.detach().cpu() for name, value in model.state_dict().items()},
                "arch": "EMDC", "epoch": 0, "best_acc": 0.0, "samples": samples})


def load_weights(path: str, model: nn.Module) -> None:
    """Takes every parameter of `model` from a checkpoint or a safetensors file; what it has beyond them is ignored."""
    if path.endswith(".safetensors"):
        state = {name: torch.from_numpy(value.astype(np.float32)) for name, value in safetensors.read(path)[0].items()}
    else:
        state = torch.load(path, map_location="cpu")
    state = {name[len("module."):] if name.startswith("module.") else name: value
             for name, value in state.get("state_dict", state).items()}
    missing = [name for name in model.state_dict() if name not in state and not name.endswith("num_batches_tracked")]
    if missing:
        raise ValueError(f"{path}: {len(missing)} parameters are missing, the first is {missing[0]}.")
    model.load_state_dict(state, strict=False)
