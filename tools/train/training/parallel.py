"""One process a device, started by torchrun; without it, one process alone."""
import contextlib
import os
from typing import Iterator

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


def count() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def is_first() -> bool:
    return rank() == 0


def device() -> torch.device:
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if torch.cuda.is_available() else torch.device("cpu")


@contextlib.contextmanager
def processes() -> Iterator[None]:
    """The group of all processes, as long as the run lasts."""
    if count() == 1:
        yield
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(device())
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
    finally:
        distributed.destroy_process_group()


def wrapped(model: nn.Module) -> nn.Module:
    """Averages gradients over the processes while they are computed; starts from the first one's parameters."""
    if count() == 1:
        return model
    return DistributedDataParallel(model, broadcast_buffers=False)


def agreed(wish: bool, where: torch.device) -> bool:
    """What the first process wishes."""
    if count() == 1:
        return wish
    flag = torch.tensor([float(wish)], device=where)
    distributed.broadcast(flag, 0)
    return bool(flag.item())
