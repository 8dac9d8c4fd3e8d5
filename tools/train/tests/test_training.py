"""What training does differently from the plain network gives the same."""
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np
import torch

from emdc import EMDC, propagation
from training import batches, checkpoint, norms
from training.averaged import Averaged
from training.bfloat16 import Clipped, autocast, prepare
from training.funnel import refine
from training.groups import groups, set_rate
from training.initial import initialise
from training.logits import Watched
from training.schedule import rate
from training.shards import Shards


def shards(folder: str, frames: int = 3) -> str:
    """Random frames of 64×96 with two draws of about 600 spots."""
    rng = np.random.default_rng(3)
    path = os.path.join(folder, "00000")
    os.makedirs(path)
    depth = rng.integers(2500, 25000, (frames, 64, 96)).astype(np.uint16)
    np.save(os.path.join(path, "rgb.npy"), rng.integers(0, 256, (frames, 64, 96, 3)).astype(np.uint8))
    np.save(os.path.join(path, "depth.npy"), depth)
    np.save(os.path.join(path, "spots.npy"), depth[:, None] * (rng.random((frames, 2, 64, 96)) < 0.1).astype(np.uint16))
    return folder


class Funnel(unittest.TestCase):
    def test_values_and_gradients_are_those_of_the_plain_formulas(self):
        torch.manual_seed(1)
        for dilations in (1, 2, 3):
            y, fuse, *guidance = (torch.randn(2, channels, 7, 9, dtype=torch.float64, requires_grad=True)
                                  for channels in (1, dilations, *[9] * dilations))
            kept = torch.rand(2, 1, 7, 9) < 0.2
            fuse = fuse if dilations > 1 else None
            inputs = [y, *([fuse] if dilations > 1 else []), *guidance]
            plain, fast = (f(y, guidance, fuse, kept, 3) for f in (propagation.refine, refine))
            self.assertTrue(torch.allclose(plain, fast, rtol=1e-12, atol=1e-12))
            upstream = torch.randn_like(plain)
            for expected, found in zip(*(torch.autograd.grad(x, inputs, upstream) for x in (plain, fast))):
                self.assertTrue(torch.allclose(expected, found, rtol=1e-12, atol=1e-12))


class Network(unittest.TestCase):
    def test_clipped_is_relu6(self):
        x = torch.tensor([-2.0, 0.0, 3.0, 6.0, 9.0])
        self.assertEqual(Clipped()(x).tolist(), torch.nn.ReLU6()(x).tolist())

    def test_in_bfloat16_names_stay_and_depths_are_float32(self):
        model = EMDC(refine=refine)
        initialise(model)
        names = list(model.state_dict())
        prepare(model)
        self.assertEqual(list(model.state_dict()), names)
        self.assertFalse(any(isinstance(module, torch.nn.ReLU6) for module in model.modules()))
        spots = torch.rand(2, 1, 32, 64) * (torch.rand(2, 1, 32, 64) < 0.1)
        with autocast(torch.device("cpu"), True):
            outputs = model(torch.randn(2, 3, 32, 64), spots)
        self.assertEqual([output.dtype for output in outputs], [torch.float32] * 3)
        sum(output.sum() for output in outputs).backward()
        self.assertTrue(all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters()))

    def test_sub_pixels_start_equal(self):
        model = EMDC()
        initialise(model)
        weight = model.dec1.conv.weight
        self.assertTrue(torch.equal(weight[0], weight[3]))
        self.assertFalse(torch.equal(weight[3], weight[4]))
        self.assertEqual(model.rezero.item(), 0)

    def test_the_funnel_starts_with_equal_kernels_in_every_stage(self):
        torch.manual_seed(1)
        seen = []

        def watch(y, guidance, fuse, kept, iterations):
            seen.append(propagation.affinities(guidance, fuse))
            return refine(y, guidance, fuse, kept, iterations)

        model = EMDC(refine=watch).eval()
        initialise(model)
        model(torch.randn(1, 3, 32, 32), torch.rand(1, 1, 32, 32))
        for affinity in seen:
            self.assertTrue(torch.allclose(affinity, torch.full_like(affinity, 1 / affinity.shape[1]), atol=1e-6))
        model.guid_conv1_1[0].bias.data[3] = 2  # what the first stage learns goes on to the last one
        model(torch.randn(1, 3, 32, 32), torch.rand(1, 1, 32, 32))
        self.assertGreater(seen[-1][0, 3, 16, 16].item(), 0.4)

    def test_every_parameter_is_in_one_group_and_the_funnel_is_slower(self):
        model = EMDC()
        found = groups(model, 0.01)
        self.assertEqual(sum(len(group["params"]) for group in found), len(list(model.parameters())))
        optimiser = torch.optim.AdamW(found, 1.0)
        set_rate(optimiser, 0.5)
        rates = {id(p): (group["lr"], group["weight_decay"]) for group in optimiser.param_groups for p in group["params"]}
        self.assertEqual(rates[id(model.guid_conv3_2[0].weight)], (0.2, 0.0))
        self.assertEqual(rates[id(model.dec1.conv.weight)], (0.5, 0.01))
        self.assertEqual(rates[id(model.dec1.conv.bias)], (0.5, 0.0))

    def test_the_logits_penalty_is_the_mean_over_all_softmaxes(self):
        watched = Watched(propagation.refine)
        model = EMDC(refine=watched).eval()
        initialise(model)
        with torch.no_grad():
            model(torch.randn(1, 3, 32, 32), torch.rand(1, 1, 32, 32))
        self.assertEqual(watched.squares, [])
        model(torch.randn(1, 3, 32, 32), torch.rand(1, 1, 32, 32))
        # 18 softmaxes of nine equal logits 0, three of three, three of two: (ln 9)², (ln 3)², (ln 2)²
        expected = (18 * math.log(9) ** 2 + 3 * math.log(3) ** 2 + 3 * math.log(2) ** 2) / 24
        self.assertAlmostEqual(watched.take().item(), expected, places=5)
        self.assertEqual(watched.squares, [])

    def test_calibrated_norms_compute_in_use_what_they_computed_on_the_crops(self):
        torch.manual_seed(2)
        model = EMDC()
        initialise(model)
        with tempfile.TemporaryDirectory() as folder:
            crops = batches.loader(Shards([shards(folder)]), [(64, 96, 1)], 2 * 64 * 96, 1, 0)
            taken = [next(crops) for _ in range(2)]
        model.enc.features[0][1].running_var.fill_(float("inf"))
        norms.calibrate(model, iter(taken), 4, torch.device("cpu"))
        rgb, spots = (torch.cat([getattr(batch, name) for batch in taken]) for name in ("rgb", "spots"))
        with torch.no_grad():
            in_use = model.eval().stages(rgb, spots)["enc.features.3"]
            by_batch = model.train().stages(rgb, spots)["enc.features.3"]
        # not equal: a running variance is divided by n − 1, a batch's by n
        self.assertTrue(torch.isfinite(in_use).all())
        self.assertLess((by_batch - in_use).abs().max() / by_batch.abs().max(), 0.02)


class Runs(unittest.TestCase):
    def train(self, folder: str, *options: str) -> str:
        return self.finished(self.started(folder, *options))

    def finished(self, process: subprocess.Popen) -> str:
        out, _ = process.communicate()
        self.assertEqual(process.returncode, 0, out)
        return out

    def started(self, folder: str, *options: str, **environment: str) -> subprocess.Popen:
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        if not os.path.exists(os.path.join(folder, "shards")):
            shards(os.path.join(folder, "shards"))
        data = os.path.join(folder, "shards")
        return subprocess.Popen(
            [sys.executable, os.path.join(root, "train.py"), "--data", data, "--validate", data, "--validation-frames", "1",
             "--out", os.path.join(folder, "run"), "--sizes", "32x32", "--pixels", "2048", "--workers", "0", "--threads", "1", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", **environment})

    def test_two_processes_train_one_network_and_end_together(self):
        with tempfile.TemporaryDirectory() as folder:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = str(free.getsockname()[1])
            # What torchrun sets; Debian's own does not start on its Python.
            processes = [self.started(folder, "--minutes", "0.02", "--freeze-norms-at", "1", RANK=str(rank), LOCAL_RANK=str(rank),
                                      WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=port) for rank in range(2)]
            out = "".join(self.finished(process) for process in processes)
            self.assertEqual(out.count("rmae"), 1, out)  # one of them reports
            state = torch.load(os.path.join(folder, "run", "resume.pth"))
            self.assertEqual(state["samples"], 2 * 2 * state["step"])
            self.assertTrue(os.path.exists(os.path.join(folder, "run", "weights.pth")))

    def test_a_run_ends_at_its_second_with_frames_on_the_device_and_half_precision(self):
        with tempfile.TemporaryDirectory() as folder:
            end = time.time() + 10
            self.train(folder, "--end-at", str(end), "--on-device", "--half")
            self.assertLess(time.time(), end + 90)  # starting, a step and a save take their time on a busy machine
            weights = torch.load(os.path.join(folder, "run", "weights.pth"))["state_dict"]
            self.assertEqual(weights["dec1.conv.weight"].dtype, torch.float16)
            self.assertEqual(weights["dec1.bn.running_var"].dtype, torch.float32)


    def test_a_run_whose_second_has_passed_keeps_what_it_was_given(self):
        with tempfile.TemporaryDirectory() as folder:
            self.train(folder, "--end-at", "1", "--on-device")
            self.assertTrue(os.path.exists(os.path.join(folder, "run", "weights.pth")))


class Files(unittest.TestCase):
    def test_samples_come_in_metres(self):
        with tempfile.TemporaryDirectory() as folder:
            found = Shards([shards(folder)])
            sample = found.sample(2, 5)  # draw 5 of 2 is draw 1
            self.assertEqual(len(found), 3)
            self.assertEqual(sample.depth.dtype, np.float32)
            raw = np.load(os.path.join(folder, "00000", "spots.npy"))[2, 1]
            self.assertTrue(np.allclose(sample.spots * 5000, raw, atol=0.01))

    def test_shards_of_other_shapes_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(shards(folder), "00000")
            np.save(os.path.join(path, "rgb.npy"), np.zeros((3, 64, 95, 3), np.uint8))
            with self.assertRaisesRegex(ValueError, r"rgb is \(3, 64, 95, 3\), depth \(3, 64, 96\)"):
                Shards([folder])

    def test_no_shards_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "no folder with spots.npy"):
                Shards([folder])

    def test_weights_come_back_and_a_missing_one_is_named(self):
        model = EMDC()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "weights.pth")
            checkpoint.save_weights(path, model, 1)
            other = EMDC()
            checkpoint.load_weights(path, other)
            self.assertTrue(all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters())))
            state = model.state_dict()
            del state["rezero"]
            torch.save({"state_dict": state}, path)
            with self.assertRaisesRegex(ValueError, "1 parameters are missing, the first is rezero"):
                checkpoint.load_weights(path, other)


class Schedule(unittest.TestCase):
    def test_rises_then_falls(self):
        self.assertEqual(rate(0, 1e-3), 0)
        self.assertAlmostEqual(rate(0.01, 1e-3), 5e-4)
        self.assertAlmostEqual(rate(0.02, 1e-3), 1e-3)
        self.assertAlmostEqual(rate(0.51, 1e-3), 1e-3 * (0.01 + 0.99 * 0.5))
        self.assertAlmostEqual(rate(1, 1e-3), 1e-5)

    def test_average_follows_quickly_at_first(self):
        model = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.constant_(model.weight, 0.0)
        averaged = Averaged(model, 0.999)
        torch.nn.init.constant_(model.weight, 1.0)
        averaged.update(model, 0)  # decay (1 + 0)/(10 + 0)
        self.assertAlmostEqual(averaged.model.weight.item(), 0.9, places=6)


if __name__ == "__main__":
    unittest.main()
