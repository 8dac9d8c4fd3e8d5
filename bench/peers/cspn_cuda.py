"""The paper's table 3 on a CUDA device, in PyTorch eager: CSPN of one 3×3 map and 21 iterations, FCSPN of six and of nine stages.

    python3 cspn_cuda.py [--size 192x256] [--runs 50]

All with the same encoder, decoder and branches; parameters are random, since times do not depend on them. Prints rows of Markdown.
"""
import argparse
import sys

import torch

from pytorch_cuda import median_ms
import network
from emdc import EMDC, NINE_STAGES, SIX_STAGES, Stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="192x256")
    parser.add_argument("--runs", type=int, default=50)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("cspn_cuda.py: PyTorch sees no CUDA device here.")
    height, width = map(int, arguments.size.split("x"))
    rgb, spots = torch.randn(1, 3, height, width, device="cuda"), torch.zeros(1, 1, height, width, device="cuda")
    spots[:, :, 3::7, 3::7] = 2.0
    print("| propagation, PyTorch eager | ms |\n|---|---:|")
    with torch.no_grad():
        for name, plan in (("CSPN", (Stage(1, 21),)), ("FCSPN, s = 6", SIX_STAGES), ("FCSPN, s = 9", NINE_STAGES)):
            model = EMDC(plan, refine=network.refine).cuda().eval()
            print(f"| {name} | {median_ms(lambda: model(rgb, spots), 10, arguments.runs):.2f} |", flush=True)


if __name__ == "__main__":
    main()
