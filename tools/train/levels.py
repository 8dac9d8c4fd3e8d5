"""What each level of the encoder is worth to a network: its error with the level's output replaced by its mean over the picture.

    levels.py --data SHARDS --weights W.pth [--frames 24]

A level that may be replaced without loss has learnt nothing that the decoder reads.
"""
import argparse
from typing import Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor

from emdc import EMDC
from emdc.plan import TAPS
from train import relative_error, validation_batches
from training.batches import Batch
from training.checkpoint import load_weights
from training.shards import Shards


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders with shards")
    parser.add_argument("--weights", required=True, help="checkpoint or safetensors file")
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's choice")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    model = EMDC().eval()
    load_weights(options.weights, model)
    for name, errors in worth(model, validation_batches(Shards(options.data), options.frames)).items():
        print(f"{name:<32} RMAE {np.mean(errors):.4f}, median {np.median(errors):.4f}")


@torch.no_grad()
def worth(model: EMDC, batches: List[Batch]) -> Dict[str, List[float]]:
    """The error of each frame, for the network as it is and without each level."""
    cases: Dict[str, Tuple[int, ...]] = {"the network as it is": ()}
    cases.update({f"without 1/{2 ** (i + 1)} (feature {tap})": (tap,) for i, tap in enumerate(TAPS)})
    cases["without 1/16 and 1/32"] = TAPS[3:]
    encode = model.enc.forward
    found: Dict[str, List[float]] = {}
    try:
        for name, without in cases.items():
            model.enc.forward = lambda x, without=without: levelled(encode(x), without)
            found[name] = [relative_error(model(batch.rgb, batch.spots).dense, batch.depth) for batch in batches]
    finally:
        del model.enc.forward
    return found


def levelled(features: List[Tensor], without: Tuple[int, ...]) -> List[Tensor]:
    return [x.mean((2, 3), keepdim=True).expand_as(x) if i in without else x for i, x in enumerate(features)]


if __name__ == "__main__":
    main()
