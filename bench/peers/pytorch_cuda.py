"""Times the network in PyTorch on an NVIDIA GPU, float32, batch 1: eager, torch.compile and CUDA-graph replay. Prints rows of Markdown.

    python3 pytorch_cuda.py [--size 192x256] [--warmup 20] [--runs 200] [--weights W]

Times are those of a frame whose input already lies on the card, from the call to the end of the last kernel. TF32 is off, so that
all sums are float32; a way whose result is further than network.BOUND from float64 gets no time.
"""
import argparse
import statistics
import sys
import time

import torch

import network


def median_ms(run, warmup: int, runs: int) -> float:
    for _ in range(warmup):
        run()
    torch.cuda.synchronize()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def graph(model, frame):
    """The network recorded once: replaying costs one launch. Returns the replay and its output."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            model(*frame)
    torch.cuda.current_stream().wait_stream(side)
    recorded = torch.cuda.CUDAGraph()
    with torch.cuda.graph(recorded):
        dense = model(*frame).dense
    return recorded.replay, dense


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="192x256")
    parser.add_argument("--warmup", type=int, default=20)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--weights", default=network.WEIGHTS)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("pytorch_cuda.py: PyTorch sees no CUDA device here.")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    height, width = map(int, arguments.size.split("x"))
    model, frame = network.load(arguments.weights), network.frame(height, width)
    name = f"PyTorch {torch.__version__}"
    with torch.no_grad():
        reference = model(*frame).dense
        model, frame = model.float().cuda(), [x.float().cuda() for x in frame]

        def row(way: str, run, dense) -> None:
            error = network.difference(dense().cpu(), reference)
            if not error < network.BOUND:
                print(f"| {name} {way} | differs from float64 by {error:.1e} |")
                return
            print(f"| {name} {way} | {median_ms(run, arguments.warmup, arguments.runs):.3f} ms |")

        row("eager", lambda: model(*frame), lambda: model(*frame).dense)

        def replayed():
            replay()
            return output

        replay, output = graph(model, frame)
        row("CUDA-graph replay", replay, replayed)
        if hasattr(torch, "compile"):
            try:
                compiled = torch.compile(model)
                compiled(*frame)
                row("torch.compile", lambda: compiled(*frame), lambda: compiled(*frame).dense)
            except Exception as error:  # a missing C compiler or Triton is the machine's matter, not this table's
                print(f"| {name} torch.compile | failed: {type(error).__name__} |")
        else:
            print(f"| {name} torch.compile | needs PyTorch 2 |")


if __name__ == "__main__":
    main()
