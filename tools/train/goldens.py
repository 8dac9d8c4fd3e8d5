"""Writes the golden files of the tests, from PyTorch in float64.

    goldens.py FOLDER                                      the network with golden parameters and golden frames
    goldens.py FOLDER --weights W --frames FRAMES          the network with trained weights on sample frames

FOLDER is tests/EMDC.Tests/goldens; W a checkpoint or a safetensors file; FRAMES holds NAME_rgb.png and NAME_sparse.exr.
Goldens are never written anew to make a test pass: only when the formulas of the parameters, the frames or the weights
change.
"""
import argparse
import glob
import hashlib
import os

import numpy as np
import torch

from emdc import EMDC, NINE_STAGES, SIX_STAGES
from golden import inputs, parameters, safetensors, stages

CASES = (
    ("nine", NINE_STAGES, 32, 32), ("nine", NINE_STAGES, 64, 96), ("nine", NINE_STAGES, 192, 256), ("six", SIX_STAGES, 32, 32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--weights")
    parser.add_argument("--frames")
    arguments = parser.parse_args()
    if (arguments.weights is None) != (arguments.frames is None):
        parser.error("--weights and --frames come together")
    with torch.no_grad():
        if arguments.weights:
            write_frames(arguments.folder, arguments.weights, arguments.frames)
        else:
            write_formulas(arguments.folder)


def write_formulas(folder: str) -> None:
    clipped, signs = {}, {}
    for funnel, plan, height, width in CASES:
        model = EMDC(plan).double().eval()
        values = parameters.state_dict(model, os.path.join(folder, "batch-norm-statistics.safetensors"))
        parameters.load(model, values)
        write_checksums(os.path.join(folder, f"parameters-{funnel}.txt"), values)
        watch(model, clipped, signs)
        result = model.stages(*inputs.tensors(height, width))
        single = EMDC(plan).eval()
        parameters.load(single, values)
        well_conditioned(f"{funnel} {height}x{width}", result, single.stages(*(x.float() for x in inputs.tensors(height, width))))
        lively(result)
        save(os.path.join(folder, f"{funnel}-{height}x{width}.safetensors"), result)
    for name, (below, above) in clipped.items():
        assert below and above, f"{name} does not clip at both ends."
    for name, (negative, positive) in signs.items():
        assert negative.all() and positive.all(), f"{name} does not see both signs in every channel."


def watch(model: torch.nn.Module, clipped: dict, signs: dict) -> None:
    """Notes whether every ReLU6 clips at both ends in every frame, and which signs the PReLU channels see in any frame."""
    def relu6(name):
        def hook(_, arguments, __):
            x, = arguments
            below, above = bool((x < 0).any()), bool((x > 6).any())
            before = clipped.get(name, (True, True))
            clipped[name] = (before[0] and below, before[1] and above)
        return hook

    # A channel of dec5 has four pixels in the smallest frame: too few to ask for both signs in each frame.
    def prelu(name):
        def hook(_, arguments, __):
            x, = arguments
            negative, positive = (x < 0).any(3).any(2).any(0), (x > 0).any(3).any(2).any(0)
            before = signs.get(name)
            signs[name] = (negative, positive) if before is None else (before[0] | negative, before[1] | positive)
        return hook

    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ReLU6):
            module.register_forward_hook(relu6(name))
        elif isinstance(module, torch.nn.PReLU):
            module.register_forward_hook(prelu(name))


def well_conditioned(case: str, double: dict, single: dict) -> None:
    """Asserts that float32 agrees with float64 to 1e-5 of the largest value at every stage."""
    errors = {name: float((single[name] - value).abs().max() / value.abs().max()) for name, value in double.items()}
    worst = max(errors, key=errors.get)
    print(f"{case}: float32 differs from float64 by at most {errors[worst]:.1e} of the largest value, at {worst}")
    assert errors[worst] < 1e-5, f"{case}: {worst} is ill-conditioned."


def lively(result: dict) -> None:
    """Asserts that the confidence goes from nothing to rezero and that propagation moves the depths."""
    confidence = result["confidence"]
    assert confidence.min() < 0.1 and confidence.max() > 0.65, "The confidence does not vary."
    names = ["fused"] + [name for name in result if name.startswith("fcspn")]
    for before, after in zip(names, names[1:]):
        assert (result[after] - result[before]).abs().max() > 0.01, f"{after} changes nothing."


def write_checksums(path: str, values: dict) -> None:
    """One line for each parameter: name, shape, the first 16 hexadecimal digits of the SHA-256 of its float32 bytes."""
    with open(path, "w") as file:
        for name in sorted(values):
            digest = hashlib.sha256(np.ascontiguousarray(values[name], "<f4").tobytes()).hexdigest()[:16]
            file.write(f"{name} {'x'.join(map(str, values[name].shape))} {digest}\n")


def write_frames(folder: str, weights: str, frames: str) -> None:
    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
    import cv2
    # The weights as they stand in the file, float16: exact in float64.
    if weights.endswith(".safetensors"):
        checkpoint, _ = safetensors.read(weights)
    else:
        checkpoint = {name: value.numpy() for name, value in torch.load(weights, map_location="cpu")["state_dict"].items()}
    model = EMDC().double().eval()
    own = model.state_dict()
    parameters.load(model, {name: value for name, value in checkpoint.items() if name in own})
    for path in sorted(glob.glob(os.path.join(frames, "*_rgb.png"))):
        name = os.path.basename(path)[:-len("_rgb.png")]
        rgb = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        sparse = cv2.imread(os.path.join(frames, f"{name}_sparse.exr"), cv2.IMREAD_UNCHANGED)
        result = model.stages(*inputs.prepare(rgb, sparse))
        height, width = sparse.shape
        shown = ("output.dense", "output.local", "output.global", "confidence")
        save(os.path.join(folder, f"frame-{name}.safetensors"), {key: result[key][..., :height, :width] for key in shown})


def save(path: str, result: dict) -> None:
    stages.write(path, {name: value[0].numpy() for name, value in result.items()}, {"made by": "tools/train/goldens.py"})


if __name__ == "__main__":
    main()
