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
    """The same as a CUDA graph for one size of batches and batch norms that are kept: one launch instead of thousands. The optimiser must be
    a fused one: it bounds the gradient itself, and leaves everything as it is where it is told that the gradient is not finite.

    What PyTorch asks of a capture, and where it is kept: everything happens on one stream, from the first warm-up on (a parameter adds up its
    gradient on the stream on which it was first used, and libraries have their handles there); three warm-ups compile Triton's kernels and
    let cuDNN choose; gradients are none before the capture, so that the graph has memory of its own for them; inputs, rate and decay are
    tensors that stay where they are; nothing in the step is read on the host; and no other thread, such as the one that reads shards, can spoil it.
    """

    WARM_UPS = 3

    def __init__(self, plain: PlainStep, batch: Batch):
        self.plain, self.optimiser = plain, plain.optimiser
        self.input = Batch(*(tensor.clone() for tensor in batch))
        self.keep = torch.zeros((), device=batch.rgb.device)
        self.parameters = [p for p in plain.model.parameters()]
        self.failed = False
        changed = self.tensors()
        before = [tensor.clone() for tensor in changed]
        try:
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(self.WARM_UPS):
                    self.run()
            torch.cuda.current_stream().wait_stream(stream)
            gc.collect()
            torch.cuda.synchronize()
            torch.cuda.empty_cache()  # the graph has memory of its own
            self.graph = torch.cuda.CUDAGraph()
            self.optimiser.zero_grad(set_to_none=True)
            with torch.cuda.graph(self.graph, stream=stream, capture_error_mode="thread_local"):
                self.parts = self.run()
        finally:
            self.put_back(changed, before)

    def tensors(self) -> List[Tensor]:
        """What a step changes."""
        return [*self.parameters, *self.plain.averaged.model.parameters(),
                *(value for state in self.optimiser.state.values() for value in state.values() if isinstance(value, Tensor))]

    @torch.no_grad()
    def put_back(self, changed: List[Tensor], before: List[Tensor]) -> None:
        """Warming up was no training. What it made of the optimiser's state stays where it is, for the graph names it, and begins at 0."""
        for tensor, value in zip(changed, before):
            tensor.copy_(value)
        known = {id(tensor) for tensor in changed}
        for tensor in self.tensors():
            if id(tensor) not in known:
                tensor.zero_()
        for average, current in zip(self.plain.averaged.model.buffers(), self.plain.model.buffers()):
            average.copy_(current)  # statistics of norms that are kept

    def run(self) -> Dict[str, Tensor]:
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.plain.compute(self.input)
        loss.total.backward()
        norm = torch.stack(torch._foreach_norm(aligned(self.parameters))).norm()
        self.optimiser.grad_scale = (norm / self.plain.clip).clamp_min(1.0)  # the gradient is divided by it
        self.optimiser.found_inf = (~torch.isfinite(norm)).float()
        self.optimiser.step()
        with torch.no_grad():
            for average, current in zip(self.plain.averaged.model.parameters(), self.parameters):
                average.lerp_(current, 1 - self.keep)
        return {**loss.parts, "norm": norm.detach()}

    def __call__(self, batch: Batch, step: int) -> Dict[str, Tensor]:
        if not self.failed:
            try:
                for to, tensor in zip(self.input, batch):
                    to.copy_(tensor, non_blocking=True)
                self.keep.fill_(self.plain.averaged.decay_at(step))
                self.graph.replay()
                return {name: value.clone() for name, value in self.parts.items()}
            except RuntimeError as error:
                self.failed = True
                abandoned(self.optimiser, error)
        return self.plain(batch, step)


def abandoned(optimiser: torch.optim.Optimizer, error: Exception) -> None:
    """Says why steps go operator by operator from now on, and lets the optimiser look at nothing that belongs to a graph."""
    print(f"The step is not replayed as a CUDA graph: {(str(error).splitlines() or [type(error).__name__])[0]}", flush=True)
    optimiser.grad_scale = optimiser.found_inf = None


def recorded(compute: Callable[[Batch], Loss], optimiser: torch.optim.Optimizer, averaged: Averaged, model: nn.Module, clip: float, batch: Batch):
    """The step as a graph where PyTorch and the device can, else operator by operator with a word about why."""
    plain = PlainStep(compute, optimiser, averaged, model, clip)
    try:
        for group in optimiser.param_groups:
            if not isinstance(group["lr"], Tensor):
                group["lr"] = torch.tensor(group["lr"], device=batch.rgb.device)
        return RecordedStep(plain, batch)
    except Exception as error:  # whatever an untried driver or compiler throws: the run goes on
        abandoned(optimiser, error)
        for group in optimiser.param_groups:
            group["lr"] = float(group["lr"])
        return plain
