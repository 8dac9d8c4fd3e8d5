"""The funnel's logits on the way: a stage that also collects Z of `losses.objective`."""
from typing import Callable, List, Optional

import torch
from torch import Tensor


class Watched:
    """Stands in for `refine` of a network and remembers (log Σ exp)² of every softmax until it is asked."""

    def __init__(self, refine: Callable[..., Tensor]):
        self.refine = refine
        self.squares: List[Tensor] = []

    def __call__(self, y: Tensor, guidance: List[Tensor], fuse: Optional[Tensor], kept: Tensor, iterations: int) -> Tensor:
        if torch.is_grad_enabled():
            for logits in [*guidance] + ([] if fuse is None else [fuse]):
                self.squares.append(logits.float().logsumexp(1).square().mean())
        return self.refine(y, guidance, fuse, kept, iterations)

    def take(self) -> Tensor:
        """The mean over the softmaxes since the last call; all have as many pixels."""
        squares, self.squares = self.squares, []
        return torch.stack(squares).mean()
