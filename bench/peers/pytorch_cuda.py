"""Times the network in PyTorch on an NVIDIA GPU, batch 1. Prints rows of Markdown.

    python3 pytorch_cuda.py [--size 192x256] [--warmup 20] [--runs 200] [--seconds 60] [--weights W]

Ways: eager, CUDA-graph replay, torch.compile, and torch.compile(mode="reduce-overhead"); each in float32 and with TF32 in its
convolutions. "on the card": from the call to the end of the last kernel, the input lying on the card already. "with copies": an 8-bit
RGB frame and a depth map from pinned memory in, dense depth out, as a camera's program does it. A float32 way whose result is further than
network.BOUND from float64 gets no time; TF32 rounds to ten bits, so its difference is told instead. Compiling takes the most
time: once --seconds have passed, no further way is begun.
"""
import argparse
import statistics
import sys
import time

import torch

import network

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


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
    """The network recorded once: replaying costs one launch. Returns the replay, which hands out its output."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            model(*frame)
    torch.cuda.current_stream().wait_stream(side)
    recorded = torch.cuda.CUDAGraph()
    with torch.cuda.graph(recorded):
        dense = model(*frame).dense

    def replay():
        recorded.replay()
        return dense
    return replay


def with_copies(run, frame):
    """A frame from the host and back: 8-bit colours, prepared on the card."""
    height, width = frame[0].shape[2:]
    colours = torch.randint(0, 256, (1, height, width, 3), dtype=torch.uint8).pin_memory()
    spots, out = frame[1].cpu().pin_memory(), torch.empty(1, 1, height, width).pin_memory()
    mean, deviation = (torch.tensor(v, device="cuda").view(1, 3, 1, 1) for v in (MEAN, DEVIATION))

    def all_of_it():
        rgb = colours.to("cuda", non_blocking=True).permute(0, 3, 1, 2).float() / 255
        frame[0].copy_((rgb - mean) / deviation)
        frame[1].copy_(spots, non_blocking=True)
        out.copy_(run(), non_blocking=True)
    return all_of_it


def main() -> None:
    started = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="192x256")
    parser.add_argument("--warmup", type=int, default=20)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--weights", default=network.WEIGHTS)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("pytorch_cuda.py: PyTorch sees no CUDA device here.")
    torch.backends.cudnn.benchmark = True
    height, width = map(int, arguments.size.split("x"))
    model, frame = network.load(arguments.weights), network.frame(height, width)
    print("| | on the card, ms | with copies, ms |\n|---|---:|---:|")
    with torch.no_grad():
        reference = model(*frame).dense
        model, frame = model.float().cuda(), [x.float().cuda() for x in frame]

        def row(way: str, make, exact: bool) -> None:
            name = f"PyTorch {torch.__version__} {way}, {'float32' if exact else 'TF32'}"
            if time.monotonic() - started > arguments.seconds:
                print(f"| {name} | no time left | |")
                return
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = not exact
            try:
                run = make()
                error = network.difference(run().cpu(), reference)
                if exact and not error < network.BOUND:
                    print(f"| {name} | differs from float64 by {error:.1e} | |")
                    return
                kernel = median_ms(run, arguments.warmup, arguments.runs)
                kept = [x.clone() for x in frame]
                whole = median_ms(with_copies(run, frame), arguments.warmup, arguments.runs)
                for x, old in zip(frame, kept):
                    x.copy_(old)
                print(f"| {name}{'' if exact else f' (off by {error:.0e})'} | {kernel:.3f} | {whole:.3f} |", flush=True)
            except Exception as error:  # a missing C compiler or Triton is the machine's matter, not this table's
                print(f"| {name} | failed: {type(error).__name__} | |", flush=True)

        def compiled(**options):
            def make():
                torch._dynamo.reset()
                fast = torch.compile(model, **options)
                return lambda: fast(*frame).dense
            return make

        for exact in (True, False):
            row("eager", lambda: lambda: model(*frame).dense, exact)
            row("CUDA-graph replay", lambda: graph(model, frame), exact)
            if hasattr(torch, "compile"):
                row("torch.compile", compiled(), exact)
                row("torch.compile reduce-overhead", compiled(mode="reduce-overhead"), exact)


if __name__ == "__main__":
    main()
