"""The recorded step is the plain one, asks CUDA for what a capture needs in the right order, and gives way to the plain one where that fails.

Stands in for CUDA: streams and captures only write down what was asked, and a graph is replayed by computing the step again.
"""
import contextlib
import copy
import io
import unittest
from unittest import mock

import torch
from torch import nn

from training import step as steps
from training.averaged import Averaged
from training.batches import Batch
from training.losses import Loss


class Fused(torch.optim.AdamW):
    """A fused optimiser's way with a gradient: it is divided by `grad_scale`, and nothing happens where `found_inf` is not 0."""

    grad_scale = found_inf = None

    def step(self, closure=None):
        if self.grad_scale is not None:
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad.div_(self.grad_scale)
        if self.found_inf is None or self.found_inf.item() == 0:
            rates = [group["lr"] for group in self.param_groups]
            for group in self.param_groups:
                group["lr"] = float(group["lr"])
            super().step()
            for group, rate in zip(self.param_groups, rates):
                group["lr"] = rate


class StandIn:
    """As much of torch.cuda as a capture uses; `failing` names the call that fails."""

    def __init__(self, failing: str = ""):
        self.calls, self.failing, self.current = [], failing, "default"

    def did(self, call: str) -> None:
        self.calls.append(call)
        if call == self.failing:
            raise RuntimeError(f"{call} failed\nand more lines")

    def patched(self):
        cuda = self

        class Stream:
            def __init__(self, name="side"):
                self.name = name

            def wait_stream(self, other):
                cuda.did(f"{self.name} waits for {other.name}")

        class Graph:
            def __init__(self):
                cuda.did("new graph")

            def replay(self):
                cuda.did("replay")
                self.again()

        @contextlib.contextmanager
        def on(stream):
            before, cuda.current = cuda.current, stream.name
            yield
            cuda.current = before

        @contextlib.contextmanager
        def capture(graph, stream, capture_error_mode):
            cuda.did(f"capture on {stream.name}, {capture_error_mode}")
            with on(stream):
                yield
            cuda.did("end of capture")

        return mock.patch.multiple(
            torch.cuda, Stream=Stream, stream=on, current_stream=lambda: Stream(cuda.current), synchronize=lambda: cuda.did("synchronize"),
            empty_cache=lambda: cuda.did("empty cache"), CUDAGraph=Graph, graph=capture)


class Trained:
    """A little network with its optimiser, and the step that trains it."""

    def __init__(self, cuda: StandIn = None):
        torch.manual_seed(1)
        self.cuda = cuda
        self.model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.PReLU(4), nn.Conv2d(4, 1, 1)).eval()
        self.averaged = Averaged(copy.deepcopy(self.model), 0.9)
        with torch.no_grad():
            self.model[1].running_mean.fill_(0.5)
        self.optimiser = Fused(self.model.parameters(), 0.01)
        self.step = None

    def compute(self, batch: Batch) -> Loss:
        if self.cuda is not None:
            self.cuda.did(f"step on {self.cuda.current}")
        loss = 30 * (self.model(batch.rgb) - batch.depth).abs().mean()
        return Loss(loss, {"dense": loss.detach()})

    def values(self):
        return [tensor.clone() for tensor in (*self.model.state_dict().values(), *self.averaged.model.state_dict().values())]

    def record(self) -> str:
        said = io.StringIO()
        with self.cuda.patched(), contextlib.redirect_stdout(said):
            self.step = steps.recorded(self.compute, self.optimiser, self.averaged, self.model, 1.0, batch(0))
        if isinstance(self.step, steps.RecordedStep):
            self.step.graph.again = lambda: [self.step.parts[name].copy_(value) for name, value in self.step.run().items()]
        return said.getvalue()


def batch(number: int, scale: float = 1.0) -> Batch:
    rgb, spots, depth = torch.rand((3, 2, 3, 8, 8), generator=torch.Generator().manual_seed(number))
    return Batch(rgb * scale, spots[:, :1], depth[:, :1])


class Recorded(unittest.TestCase):
    def assert_alike(self, ours, theirs):
        for a, b in zip(ours, theirs):
            self.assertTrue(torch.allclose(a, b, rtol=1e-5, atol=1e-6), (a, b))

    def test_replays_train_as_plain_steps_do(self):
        plain, graph = Trained(), Trained(StandIn())
        plain.step = steps.PlainStep(plain.compute, plain.optimiser, plain.averaged, plain.model, 1.0)
        self.assertEqual(graph.record(), "")
        for number in range(4):
            for one in (plain, graph):
                for group in one.optimiser.param_groups:
                    group["lr"] = group["lr"] if one is plain else group["lr"].fill_(0.01)
            ours, theirs = (one.step(batch(number), number) for one in (graph, plain))
            self.assertGreater(theirs["norm"], 1)  # so the bound matters
            self.assert_alike([ours["dense"], ours["norm"]], [theirs["dense"], theirs["norm"]])
            self.assert_alike(graph.values(), plain.values())

    def test_a_broken_batch_changes_nothing(self):
        graph = Trained(StandIn())
        graph.record()
        graph.step(batch(0), 0)
        before = [tensor.clone() for tensor in graph.model.parameters()]
        self.assertFalse(torch.isfinite(graph.step(batch(1, float("nan")), 1)["norm"]))
        self.assert_alike(graph.model.parameters(), before)
        graph.step(batch(2), 2)
        self.assertFalse(all(torch.equal(a, b) for a, b in zip(graph.model.parameters(), before)))

    def test_what_is_asked_of_cuda_and_in_which_order(self):
        cuda = StandIn()
        graph = Trained(cuda)
        weights = [tensor.clone() for tensor in graph.model.parameters()]
        graph.record()
        self.assertEqual(cuda.calls, [
            "side waits for default", *["step on side"] * 3, "default waits for side", "synchronize", "empty cache", "new graph",
            "capture on side, thread_local", "step on side", "end of capture"])
        self.assert_alike(graph.model.parameters(), weights)
        self.assertTrue(all(not value.any() for state in graph.optimiser.state.values() for value in state.values()))
        self.assertEqual(graph.averaged.model[1].running_mean.tolist(), [0.5] * 4)

    def test_whatever_fails_plain_steps_follow_from_the_same_weights_with_one_sentence(self):
        for call in ("side waits for default", "step on side", "synchronize", "new graph", "capture on side, thread_local", "end of capture"):
            with self.subTest(call):
                failing, plain = Trained(StandIn(call)), Trained()
                said = failing.record()
                self.assertEqual(said, f"The step is not replayed as a CUDA graph: {call} failed\n")
                self.assertIsInstance(failing.step, steps.PlainStep)
                self.assertTrue(all(isinstance(group["lr"], float) for group in failing.optimiser.param_groups))
                failing.cuda.failing = ""
                plain.step = steps.PlainStep(plain.compute, plain.optimiser, plain.averaged, plain.model, 1.0)
                for one in (failing, plain):
                    one.step(batch(3), 0)
                self.assert_alike(failing.values(), plain.values())

    def test_a_replay_that_fails_is_made_up_for_and_is_the_last(self):
        graph, plain = Trained(StandIn()), Trained()
        graph.record()
        plain.step = steps.PlainStep(plain.compute, plain.optimiser, plain.averaged, plain.model, 1.0)
        graph.cuda.failing = "replay"
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            for number in range(2):
                for one in (graph, plain):
                    one.step(batch(number), number)
        self.assertEqual(said.getvalue(), "The step is not replayed as a CUDA graph: replay failed\n")
        self.assertEqual(graph.cuda.calls.count("replay"), 1)
        self.assert_alike(graph.values(), plain.values())


if __name__ == "__main__":
    unittest.main()
