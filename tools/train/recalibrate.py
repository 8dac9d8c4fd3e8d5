"""Estimates running statistics of batch norms that a checkpoint has lost, and writes the checkpoint anew in float32.

    recalibrate.py IN.pth OUT.pth --frames FRAMES.npz [FRAMES.npz ...]

A float16 checkpoint ends at 65504: a larger running variance is an infinity in it, and its channel constant. Every batch norm
with such statistics, in the network's order, is run in training mode with the cumulative average (momentum None) over batches of
crops; the numbers that were not finite are replaced and the finite ones kept. --layers names batch norms of which all numbers are
replaced.

What the other batch norms do meanwhile makes two different estimates. By default they normalise by their running statistics, as
they do in evaluation: the statistics of what the layer then gets to see. With --as-trained they normalise by the batch, as they
did in training: the numbers that were lost.

FRAMES.npz holds rgb, uint8 N×H×W×3, and depth, N×H×W in metres.
"""
import argparse
import copy
from typing import Dict, List

import numpy as np
import torch
from torch import nn

from data import Frames, crops
from emdc import EMDC

STATISTICS = ("running_mean", "running_var")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--frames", nargs="+", required=True)
    parser.add_argument("--layers", nargs="+", default=[], help="batch norms to estimate whole, as dec4.bn")
    parser.add_argument("--as-trained", action="store_true", help="let the other batch norms normalise by the batch")
    parser.add_argument("--crops", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=4, help="crops a batch, as in training: it decides what a variance is of")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    model, state = load(arguments.input)
    batch_norms = {name: module for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}
    unknown = [name for name in arguments.layers if name not in batch_norms]
    if unknown:
        parser.error(f"the network has no batch norm {', '.join(unknown)}")
    damaged = [name for name in batch_norms if name in arguments.layers or not finite(state, name)]
    if not damaged:
        parser.error(f"{arguments.input} has finite running statistics, and --layers names none")

    parts = [Frames.load(path) for path in arguments.frames]
    frames = Frames(np.concatenate([part.rgb for part in parts]), np.concatenate([part.depth for part in parts]))
    for name in damaged:
        rng = np.random.default_rng(arguments.seed)
        estimates = estimate(model, name, arguments.as_trained, frames, arguments.crops, arguments.batch, rng)
        for key, value in estimates.items():
            stored = state[f"{name}.{key}"]
            kept = torch.isfinite(stored)
            compare(f"{name}.{key}", stored[kept], value[kept])
            replaced = value if name in arguments.layers else torch.where(kept, stored, value)
            state[f"{name}.{key}"] = replaced
            getattr(batch_norms[name], key).copy_(replaced)

    infinite = [name for name, value in state.items() if not torch.isfinite(value).all()]
    if infinite:
        raise SystemExit(f"{arguments.output} is not written: {', '.join(infinite)} would not be finite.")
    torch.save({"state_dict": state, "arch": "EMDC"}, arguments.output)


def load(path: str):
    """The network with the checkpoint's parameters in evaluation mode, and all of the checkpoint's tensors in float32."""
    checkpoint = torch.load(path, map_location="cpu")
    state = checkpoint.get("state_dict", checkpoint)
    state = {name[len("module."):] if name.startswith("module.") else name: value for name, value in state.items()}
    state = {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
    model = EMDC().eval()
    own = model.state_dict()
    model.load_state_dict({name: value for name, value in state.items() if name in own})
    return model, state


def finite(state: Dict[str, torch.Tensor], name: str) -> bool:
    return all(bool(torch.isfinite(state[f"{name}.{key}"]).all()) for key in STATISTICS)


def estimate(model: EMDC, name: str, as_trained: bool, frames: Frames, count: int, batch: int, rng: np.random.Generator):
    """The mean over all batches of each channel's mean and (unbiased) variance in a batch."""
    model = copy.deepcopy(model).train(as_trained)
    batch_norm = model.get_submodule(name).train()
    batch_norm.reset_running_stats()
    batch_norm.momentum = None
    waiting: List[tuple] = []
    with torch.no_grad():
        for sample in crops(frames, count, rng):
            waiting.append(sample)
            if len(waiting) == batch:
                colours, sparse, _ = (torch.from_numpy(np.stack(part)) for part in zip(*waiting))
                model(colours, sparse)
                waiting.clear()
    return {key: getattr(batch_norm, key) for key in STATISTICS}


def compare(name: str, stored: torch.Tensor, estimated: torch.Tensor) -> None:
    """Prints how the estimates agree with the numbers that the file still has."""
    if len(stored) < 2:
        print(f"{name}: {len(stored)} finite numbers in the file")
        return
    correlation = np.corrcoef(stored, estimated)[0, 1]
    ratios = (estimated / stored).numpy()
    low, middle, high = np.percentile(ratios, (10, 50, 90))
    print(f"{name}: {len(stored)} finite numbers in the file; correlation of the estimates with them {correlation:.4f}, "
          f"ratio {middle:.3f} (10 % below {low:.3f}, 10 % above {high:.3f})")


if __name__ == "__main__":
    main()
