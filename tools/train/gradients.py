"""Writes the golden gradients of the trainer's tests, from PyTorch's autograd in float64.

    gradients.py FOLDER

FOLDER is tests/EMDC.Training.Tests/goldens. The network has golden parameters, frozen batch norms and golden frames; what is
differentiated is, with fixed random c and z the logits of the softmaxes,

    L = Σ c_dense · dense + Σ c_global · global + Σ c_local · local + PENALTY · mean over pixels and softmaxes of (log Σ exp z)²

A clamp whose input lies within float32's rounding of its kink passes a gradient or does not, as chance has it. So the offsets of the
norms and biases in front of the clamps are moved a little, channel by channel, to where no input is near (`moved NAME`, to be added
to the golden parameter NAME).

and, in files of their own, the whole objective of training/losses.py against a ground truth by formula. Each gradient is described by a few numbers (see `described`), with respect to the parameters themselves (`raw NAME`) and to the
convolutions with their batch norms folded in (`folded NAME.weight`, `folded NAME.bias`). Goldens are never written anew to make a
test pass.
"""
import argparse
import os
from typing import Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor, nn

from emdc import EMDC, NINE_STAGES, SIX_STAGES
from emdc.propagation import refine
from golden import inputs, parameters, safetensors
from golden.hashing import bits, symmetric
from training import losses

CASES = (("nine", NINE_STAGES, 32, 32), ("nine", NINE_STAGES, 64, 96), ("six", SIX_STAGES, 32, 32), ("six", SIX_STAGES, 64, 96))
PENALTY = 20.0  # makes the logits' own gradients about as large as the depths'
OBJECTIVE = losses.Weights(relative=0.7, edges=1.0, limit=0.5, negative=1.0, measured=0.5, logits=0.01)  # every term is to be seen
PROJECTIONS = 4
STEP = 1 / 64  # of the moves, which are exact in binary
MOVES = 12  # steps in each direction
FARTHEST = 1e-5  # every clamp's inputs stay at least so far from its kinks, relative to their largest
ENTRIES = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--statistics", help="the batch norms' running statistics (default: those of tests/EMDC.Tests/goldens)")
    options = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    statistics = options.statistics or os.path.join(here, "../../tests/EMDC.Tests/goldens/batch-norm-statistics.safetensors")
    os.makedirs(options.folder, exist_ok=True)
    for funnel, plan, height, width in CASES:
        values, moves = moved(parameters.state_dict(EMDC(plan), statistics), plan, height, width)
        raw, folded, logits = gradients(plan, values, height, width)
        numbers = {f"raw {name}": described(name, value) for name, value in raw.items()}
        numbers.update({f"folded {name}": described(name, value) for name, value in folded.items()})
        numbers.update({f"moved {name}": value.astype(np.float16) for name, value in moves.items()})
        numbers["logits"] = np.array([logits])
        write(options.folder, f"gradients-{funnel}-{height}x{width}", numbers)
    for funnel, plan, height, width in CASES[:2]:
        raw, parts = of_objective(plan, statistics, height, width)
        numbers = {f"raw {name}": described(name, value) for name, value in raw.items()}
        numbers.update({name: np.array([value]) for name, value in parts.items()})
        write(options.folder, f"objective-{funnel}-{height}x{width}", numbers)


def write(folder: str, name: str, numbers: Dict[str, np.ndarray]) -> None:
    safetensors.write(os.path.join(folder, f"{name}.safetensors"), numbers, {"made by": "tools/train/gradients.py"})


def moved(values: Dict[str, np.ndarray], plan, height: int, width: int) -> Tuple[Dict[str, np.ndarray], Dict[str, np.ndarray]]:
    """The parameters with moved offsets, and by how much they were moved."""
    model = EMDC(plan).double().eval()
    parameters.load(model, values)
    modules, moves, margins = dict(model.named_modules()), {}, []

    def watch(name: str, kinks: Tuple[float, ...]) -> None:
        def hook(_, __, x):
            steps = torch.arange(-MOVES, MOVES + 1, dtype=x.dtype) * STEP
            distances = torch.stack([
                torch.stack([(x + step - kink).abs().amin((0, 2, 3)) for kink in kinks]).amin(0) for step in steps])
            distance, best = distances.max(0)
            moves[f"{name}.bias"] = steps[best].numpy().astype(np.float32)
            x = x + steps[best].reshape(1, -1, 1, 1)
            margins.append(float(distance.min() / x.abs().max()))
            return x
        modules[name].register_forward_hook(hook)

    for name, module in modules.items():
        parent, _, last = name.rpartition(".")
        behind = modules.get(f"{parent}.{int(last) + 1}") if last.isdigit() else None
        if isinstance(behind, nn.ReLU6):
            watch(name, (0.0, 6.0))
        elif isinstance(behind, nn.ReLU) or last == "bn":
            watch(name, (0.0,))
    with torch.no_grad():
        model(*inputs.tensors(height, width))
    print(f"{height}x{width}: no clamp's input is nearer to a kink than {min(margins):.1e} of the largest")
    assert min(margins) > FARTHEST
    return {name: value + moves[name] if name in moves else value for name, value in values.items()}, moves


def of_objective(plan, statistics: str, height: int, width: int) -> Tuple[Dict[str, np.ndarray], Dict[str, float]]:
    """The gradients of the objective by the parameters' names, and its terms."""
    squares: List[Tensor] = []
    model = EMDC(plan, watching(squares)).double().eval()
    parameters.load(model, parameters.state_dict(model, statistics))
    rgb, sparse = inputs.tensors(height, width)
    dense, local, global_ = model(rgb, sparse)
    truth = torch.from_numpy(ground_truth(height, width).astype(np.float64))[None, None]
    loss = losses.objective(dense, local, global_, truth, sparse, torch.cat(squares).mean(), OBJECTIVE)
    loss.total.backward()
    parts = {name: value.item() for name, value in loss.parts.items()}
    return {name: value.grad.numpy() for name, value in model.named_parameters()}, {**parts, "total": loss.total.item()}


def ground_truth(height: int, width: int) -> np.ndarray:
    """H×W float32 metres: flat cells of 8×8 pixels, as far as the spots, under some noise; one pixel in forty unknown."""
    rows, columns = -(-height // inputs.CELL), -(-width // inputs.CELL)
    cells = 256 + (bits("truth.cells", rows * columns) >> np.uint32(8)) % np.uint32(1025)
    cells = cells.reshape(rows, columns).repeat(inputs.CELL, 0).repeat(inputs.CELL, 1)[:height, :width]
    hashed = bits("truth.pixels", height * width).reshape(height, width)
    units = cells + (hashed >> np.uint32(28))
    unit = np.float32(2.0 ** -12 if height * width < 4096 else 2.0 ** -8)
    return np.where(hashed % np.uint32(40) == 0, np.float32(0), units.astype(np.float32) * unit)


def watching(squares: List[Tensor]):
    """A funnel stage that also collects (log Σ exp)² of its logits."""
    def watched(y: Tensor, guidance: List[Tensor], fuse, kept: Tensor, iterations: int) -> Tensor:
        for logits in [*guidance] + ([] if fuse is None else [fuse]):
            squares.append(logits.logsumexp(1) ** 2)
        return refine(y, guidance, fuse, kept, iterations)
    return watched


def gradients(plan, values: Dict[str, np.ndarray], height: int, width: int) -> Tuple[Dict[str, np.ndarray], Dict[str, np.ndarray], float]:
    """The gradients by the parameters' names, by the folded layers' names, and the mean of the squared logarithms."""
    squares: List[Tensor] = []
    model = EMDC(plan, watching(squares)).double().eval()
    parameters.load(model, values)
    outputs = model(*inputs.tensors(height, width))
    logits = torch.cat(squares).mean()
    loss = PENALTY * logits
    for name, output in (("dense", outputs.dense), ("global", outputs.global_), ("local", outputs.local)):
        cotangent = symmetric(f"cotangent.{name}", height * width).reshape(1, 1, height, width)
        loss = loss + (output * torch.from_numpy(cotangent.astype(np.float64))).sum()
    loss.backward()
    raw = {name: value.grad.numpy() for name, value in model.named_parameters()}
    return raw, fold(model, raw), logits.item()


def fold(model: nn.Module, raw: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """With w·g and (b − μ)·g + β in the place of a convolution and its batch norm: ∂L/∂(w·g) = (∂L/∂w) / g, ∂L/∂(…) = ∂L/∂β."""
    folded, modules = {}, dict(model.named_modules())
    names = list(modules)
    for name, module in modules.items():
        if not isinstance(module, nn.Conv2d):
            continue
        norm = norm_behind(name, modules)
        weight = raw[f"{name}.weight"]
        if norm is not None:
            scale = modules[norm].weight / torch.sqrt(modules[norm].running_var + modules[norm].eps)
            folded[f"{name}.weight"] = weight / scale.detach().numpy().reshape(-1, 1, 1, 1)
            folded[f"{name}.bias"] = raw[f"{norm}.bias"]
        else:
            folded[f"{name}.weight"] = weight
            if module.bias is not None:
                folded[f"{name}.bias"] = raw[f"{name}.bias"]
    heads = ["dep_conv.0"] + [name for name in names if name.startswith("guid_conv1_") and name.endswith(".0")] + ["fuse_conv1.0"]
    for kind in ("weight", "bias"):
        folded[f"dep_conv.0, guid_conv1, fuse_conv1.{kind}"] = np.concatenate([folded.pop(f"{head}.{kind}") for head in heads])
    return folded


def norm_behind(convolution: str, modules: Dict[str, nn.Module]):
    """The name of the batch norm that reads this convolution, or None."""
    parent, _, last = convolution.rpartition(".")
    behind = f"{parent}.{int(last) + 1}" if last.isdigit() else f"{parent}.bn" if last == "conv" else ""
    return behind if isinstance(modules.get(behind), nn.BatchNorm2d) else None


def described(name: str, gradient: np.ndarray) -> np.ndarray:
    """Norm, largest absolute value, projections on PROJECTIONS fixed vectors in [-1, 1)ⁿ, then ENTRIES entries: i · n // ENTRIES."""
    flat = gradient.ravel()
    projections = [flat @ symmetric(f"projection.{i}", flat.size).astype(np.float64) for i in range(PROJECTIONS)]
    entries = flat[np.arange(ENTRIES) * flat.size // ENTRIES]
    return np.array([np.linalg.norm(flat), np.abs(flat).max(), *projections, *entries])


if __name__ == "__main__":
    main()
