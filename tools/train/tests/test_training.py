"""What training does differently from the plain network gives the same."""
import os
import tempfile
import unittest

import numpy as np
import torch

from emdc import EMDC, propagation
from training import batches, checkpoint, norms
from training.averaged import Averaged
from training.bfloat16 import Clipped, autocast, prepare
from training.funnel import refine
from training.initial import initialise
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
