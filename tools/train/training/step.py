"""One step of the optimiser: forwards, backwards, bound on the gradient, AdamW, average. A batch whose gradient is not finite changes
nothing, and nobody waits for the device to find that out.
"""
from typing import Callable, Dict

import torch
from torch import Tensor, nn

from .averaged import Averaged
from .batches import Batch
from .losses import Loss


class PlainStep:
    """Operator by operator."""

    def __init__(self, compute: Callable[[Batch], Loss], optimiser: torch.optim.Optimizer, averaged: Averaged, model: nn.Module, clip: float):
        self.compute, self.optimiser, self.averaged, self.model, self.clip = compute, optimiser, averaged, model, clip

    def __call__(self, batch: Batch, step: int) -> Dict[str, Tensor]:
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.compute(batch)
        loss.total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        if torch.isfinite(norm):  # one broken batch must not break the run
            self.optimiser.step()
            self.averaged.update(self.model, step)
        return {**loss.parts, "norm": norm.detach()}


class RecordedStep:
    """The same as a CUDA graph for one size of batches: one launch instead of thousands. The gradient of a broken batch becomes 0."""

    WARM_UPS = 3

    def __init__(self, plain: PlainStep, batch: Batch):
        self.plain = plain
        self.input = Batch(*(tensor.clone() for tensor in batch))
        self.keep = torch.zeros((), device=batch.rgb.device)
        self.parameters = [p for p in plain.model.parameters()]
        state = [tensor.clone() for tensor in self.tensors()]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(self.WARM_UPS):
                self.run()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        plain.optimiser.zero_grad(set_to_none=True)
        torch.cuda.empty_cache()  # the graph has memory of its own
        with torch.cuda.graph(self.graph):
            self.parts = self.run()
        with torch.no_grad():  # warming up was no training
            for tensor, before in zip(self.tensors(), state):
                tensor.copy_(before)

    def tensors(self):
        """What the warm-up changes and the run had before."""
        return [*self.parameters, *self.plain.averaged.model.parameters(),
                *(value for state in self.plain.optimiser.state.values() for value in state.values() if isinstance(value, Tensor))]

    def run(self) -> Dict[str, Tensor]:
        self.plain.optimiser.zero_grad(set_to_none=True)
        loss = self.plain.compute(self.input)
        loss.total.backward()
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        norm = torch.stack([g.norm() for g in gradients]).norm()
        bound = torch.where(torch.isfinite(norm), (self.plain.clip / (norm + 1e-6)).clamp_max(1.0), torch.zeros_like(norm))
        for g in gradients:
            torch.nan_to_num_(g, 0.0, 0.0, 0.0)
            g.mul_(bound)
        self.plain.optimiser.step()
        with torch.no_grad():
            for average, current in zip(self.plain.averaged.model.parameters(), self.parameters):
                average.lerp_(current, 1 - self.keep)
        return {**loss.parts, "norm": norm.detach()}

    def __call__(self, batch: Batch, step: int) -> Dict[str, Tensor]:
        for to, tensor in zip(self.input, batch):
            to.copy_(tensor, non_blocking=True)
        self.keep.fill_(self.plain.averaged.decay_at(step))
        self.graph.replay()
        return {name: value.clone() for name, value in self.parts.items()}


def recorded(compute: Callable[[Batch], Loss], optimiser: torch.optim.Optimizer, averaged: Averaged, model: nn.Module, clip: float, batch: Batch):
    """The step as a graph where PyTorch and the device can, else operator by operator with a word about why."""
    plain = PlainStep(compute, optimiser, averaged, model, clip)
    try:
        for group in optimiser.param_groups:
            if not isinstance(group["lr"], Tensor):
                group["lr"] = torch.tensor(group["lr"], device=batch.rgb.device)
        if not optimiser.state:
            plain(batch, 0)  # makes the optimiser's state, which must be there before anything is recorded
        return RecordedStep(plain, batch)
    except (RuntimeError, ValueError, TypeError) as error:
        print(f"The step is not recorded as a CUDA graph: {str(error).splitlines()[0]}", flush=True)
        for group in optimiser.param_groups:
            group["lr"] = float(group["lr"])
        return plain
