"""Writes what bench/EMDC.Peers needs: two ONNX graphs of the network (opset 17, one size), a frame and its result in float64.

    python3 export_onnx.py FOLDER [--size 192x256] [--weights W]

plain.onnx   torch.onnx.export of the network as it stands in tools/train
best.onnx    best.py, the same network rearranged for ONNX Runtime
"""
import argparse
import json
import os
import warnings

import torch

import network
from best import Best


class Dense(torch.nn.Module):
    """The network with the refined depth as its only output."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, rgb: torch.Tensor, depth: torch.Tensor) -> torch.Tensor:
        return self.model(rgb, depth).dense


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--size", default="192x256")
    parser.add_argument("--weights", default=network.WEIGHTS)
    arguments = parser.parse_args()
    height, width = map(int, arguments.size.split("x"))
    os.makedirs(arguments.folder, exist_ok=True)
    warnings.filterwarnings("ignore")  # the exporter's remarks on shapes that it cannot infer

    model, frame = network.load(arguments.weights), network.frame(height, width)
    with torch.no_grad():
        reference = model(*frame).dense
        single = tuple(x.float() for x in frame)
        for name, graph in (("best", Best(model)), ("plain", Dense(model))):
            # the rearrangement itself, without rounding
            exact = network.difference(graph(*frame), reference)
            assert exact < 1e-12, f"{name} differs from the network by {exact:.1e} in float64."
            graph = graph.float().eval()
            error = network.difference(graph(*single), reference)
            assert error < network.BOUND, f"{name} in float32 differs from float64 by {error:.1e} of the largest depth."
            torch.onnx.export(graph, single, os.path.join(arguments.folder, f"{name}.onnx"), opset_version=17,
                              input_names=["rgb", "depth"], output_names=["dense"])
            print(f"{name}.onnx: float64 to {exact:.1e}, float32 to {error:.1e} of the largest depth")
            graph.double()  # the two graphs share layers
    for name, value in (("rgb", single[0]), ("depth", single[1]), ("dense", reference)):
        value.numpy().astype("<f4").tofile(os.path.join(arguments.folder, f"{name}.bin"))
    with open(os.path.join(arguments.folder, "frame.json"), "w") as file:
        json.dump({"height": height, "width": width, "bound": network.BOUND}, file)


if __name__ == "__main__":
    main()
