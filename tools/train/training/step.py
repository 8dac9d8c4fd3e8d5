"""One step of the optimiser: forwards, backwards, bound on the gradient, AdamW, average. A batch whose gradient is not finite changes
nothing, and nobody waits for the device to find that out.
"""
import gc
from typing import Callable, Dict, Iterable, List

import torch
from torch import Tensor, nn

from .averaged import Averaged
from .batches import Batch
from .losses import Loss


def aligned(parameters: Iterable[Tensor]) -> List[Tensor]:
    """Gradients with the very strides of their parameters, as a fused optimiser wants them; those of sides of 1 are arbitrary otherwise."""
    found = []
    for p in parameters:
        if p.grad is None:
            continue
        if p.grad.stride() != p.stride():
            alike = all(size == 1 or a == b for size, a, b in zip(p.shape, p.grad.stride(), p.stride()))
            p.grad = p.grad.as_strided(p.shape, p.stride()) if alike else torch.empty_like(p).copy_(p.grad)
        found.append(p.grad)
    return found


class PlainStep:
    """Operator by operator."""

    def __init__(self, compute: Callable[[Batch], Loss], optimiser: torch.optim.Optimizer, averaged: Averaged, model: nn.Module, clip: float):
        self.compute, self.optimiser, self.averaged, self.model, self.clip = compute, optimiser, averaged, model, clip

    def __call__(self, batch: Batch, step: int) -> Dict[str, Tensor]:
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.compute(batch)
        loss.total.backward()
        aligned(self.model.parameters())
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        if torch.isfinite(norm):  # one broken batch must not break the run
            self.optimiser.step()
            self.averaged.update(self.model, step)
        return {**loss.parts, "norm": norm.detach()}


class RecordedStep:
    """The same as a CUDA graph for one size of batches: one launch instead of thousands. The optimiser must be a fused one: it bounds the
    gradient itself, and leaves everything as it is where it is told that the gradient is not finite.
    """

    WARM_UPS = 3

    def __init__(self, plain: PlainStep, batch: Batch):
        self.plain, self.optimiser = plain, plain.optimiser
        self.input = Batch(*(tensor.clone() for tensor in batch))
        self.keep = torch.zeros((), device=batch.rgb.device)
        self.parameters = [p for p in plain.model.parameters()]
        # Everything happens on one stream: a parameter adds up its gradient on the stream on which it was first used.
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            if not self.optimiser.state:
                self.run()  # makes the optimiser's state, with a rate that is still 0
            state = [tensor.clone() for tensor in self.tensors()]
            for _ in range(self.WARM_UPS):
                self.run()
        torch.cuda.current_stream().wait_stream(stream)
        gc.collect()
        torch.cuda.synchronize()
        torch.cuda.empty_cache()  # the graph has memory of its own
        self.graph = torch.cuda.CUDAGraph()
        self.optimiser.zero_grad(set_to_none=True)
        with torch.cuda.graph(self.graph, stream=stream):
            self.parts = self.run()
        with torch.no_grad():  # warming up was no training
            for tensor, before in zip(self.tensors(), state):
                tensor.copy_(before)

    def tensors(self):
        """What the warm-up changes and the run had before."""
        return [*self.parameters, *self.plain.averaged.model.parameters(),
                *(value for state in self.optimiser.state.values() for value in state.values() if isinstance(value, Tensor))]

    def run(self) -> Dict[str, Tensor]:
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.plain.compute(self.input)
        loss.total.backward()
        norm = torch.stack(torch._foreach_norm(aligned(self.parameters))).norm()
        self.optimiser.grad_scale = (norm / self.plain.clip).clamp_min(1.0)  # the gradient is divided by it
        self.optimiser.found_inf = (~torch.isfinite(norm)).float()
        self.optimiser.step()
        with torch.no_grad():
            averages = list(self.plain.averaged.model.parameters())
            changes = torch._foreach_sub(self.parameters, averages)
            torch._foreach_mul_(changes, 1 - self.keep)
            torch._foreach_add_(averages, changes)
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
        return RecordedStep(plain, batch)
    except (RuntimeError, ValueError, TypeError) as error:
        print(f"The step is not recorded as a CUDA graph: {str(error).splitlines()[0]}", flush=True)
        for group in optimiser.param_groups:
            group["lr"] = float(group["lr"])
        optimiser.grad_scale = optimiser.found_inf = None
        return plain
