"""Batches of random crops, prepared by other processes while the network works."""
import signal
from typing import Iterator, List, NamedTuple, Tuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .augment import Prepared, random_sample
from .shards import Shards

#: Height, width, and the share of the batches that have crops of that size.
Size = Tuple[int, int, float]


class Batch(NamedTuple):
    """rgb: B×3×H×W; spots, depth: B×1×H×W in metres."""
    rgb: Tensor
    spots: Tensor
    depth: Tensor


def stacked(samples: List[Prepared]) -> Batch:
    return Batch(*(torch.from_numpy(np.stack(arrays)) for arrays in zip(*samples)))


class RandomCrops(IterableDataset):
    """Endless batches of about `pixels` pixels each, all crops of one batch of one size."""

    def __init__(self, shards: Shards, sizes: List[Size], pixels: int, seed: int):
        self.shards, self.sizes, self.pixels, self.seed = shards, sizes, pixels, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng((self.seed, worker.id if worker else 0))
        shares = np.array([share for _, _, share in self.sizes], float)
        while True:
            height, width, _ = self.sizes[rng.choice(len(self.sizes), p=shares / shares.sum())]
            count = max(1, self.pixels // (height * width))
            yield stacked([random_sample(self.shards, rng, height, width) for _ in range(count)])


def loader(shards: Shards, sizes: List[Size], pixels: int, seed: int, workers: int) -> Iterator[Batch]:
    """The batches of `workers` processes in turns; 0 makes them in this one."""
    crops = RandomCrops(shards, sizes, pixels, seed)
    return iter(DataLoader(
        crops, batch_size=None, num_workers=workers, worker_init_fn=leave_interrupts, pin_memory=torch.cuda.is_available()))


def leave_interrupts(_: int) -> None:
    """Ctrl-C goes to all processes of a terminal; the one that trains saves its work first and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
