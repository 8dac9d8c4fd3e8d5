"""Makes a float16 checkpoint finite in which variances of batch norms have overflowed: IN.pth OUT.pth (PyTorch >= 1.13).

A running_var above 65504 becomes infinite in float16. Evaluated by PyTorch, such a channel is its bias and nothing else:
(x - mean) / sqrt(inf + eps) * weight + bias = bias. weight = 0 and running_var = 1 say the same in finite numbers, so the
network's outputs stay the same bit for bit. What the channel did before it was rounded is lost either way.
"""
import sys

import torch


def mute(state):
    for name in [n for n in state if n.endswith(".running_var")]:
        overflowed = torch.isposinf(state[name])
        if not overflowed.any():
            continue
        weight = name.replace("running_var", "weight")
        state[name] = state[name].masked_fill(overflowed, 1)
        state[weight] = state[weight].masked_fill(overflowed, 0)
        print(f"{name}: {int(overflowed.sum())} of {overflowed.numel()} channels had overflowed")


def main():
    source, target = sys.argv[1:]
    checkpoint = torch.load(source, map_location="cpu")
    mute(checkpoint["state_dict"])
    torch.save(checkpoint, target)


if __name__ == "__main__":
    main()
