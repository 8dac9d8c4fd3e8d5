"""Times the network in PyTorch, eager, float32, batch 1. Prints one JSON line.

    python3 pytorch.py [--threads 2] [--size 192x256] [--warmup 5] [--runs 30] [--weights W]
"""
import argparse
import json
import statistics
import time

import torch

import network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", default="192x256")
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--weights", default=network.WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    height, width = map(int, arguments.size.split("x"))
    model, frame = network.load(arguments.weights), network.frame(height, width)
    with torch.inference_mode():
        reference = model(*frame).dense
        model, frame = model.float(), [x.float() for x in frame]
        error = network.difference(model(*frame).dense, reference)
        assert error < network.BOUND, f"PyTorch in float32 differs from float64 by {error:.1e} of the largest depth."
        for _ in range(arguments.warmup):
            model(*frame)
        times = []
        for _ in range(arguments.runs):
            start = time.perf_counter()
            model(*frame)
            times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"name": f"PyTorch {torch.__version__} eager", "threads": arguments.threads, "height": height, "width": width,
                      "median_ms": statistics.median(times), "min_ms": min(times), "runs": arguments.runs, "error": error}))


if __name__ == "__main__":
    main()
