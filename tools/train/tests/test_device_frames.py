"""Batches that are drawn on the device are what the other loader draws."""
import os
import tempfile
import threading
import time
import unittest

import numpy as np
import torch

from training.densities import measured, near_edges, redrawn
from training.device_frames import DeviceFrames
from training.shards import Shards


def shards(folder: str, frames: int = 4, brightness: int = 0) -> str:
    """Frames of 64×96: a wall at 2 m left of one at 8 m (beyond what int16 holds in 1/5000 m), spots in a tenth of the pixels."""
    rng = np.random.default_rng(3)
    path = os.path.join(folder, ".00000.partial")
    os.makedirs(path)
    depth = np.where(np.arange(96) < 48, 10000, 40000).astype(np.uint16) * np.ones((frames, 64, 1), np.uint16)
    np.save(os.path.join(path, "rgb.npy"), (np.full(frames, brightness) if brightness else np.arange(frames) * 20 + 100).astype(np.uint8)[:, None, None, None] * np.ones((1, 64, 96, 3), np.uint8))
    np.save(os.path.join(path, "depth.npy"), depth)
    np.save(os.path.join(path, "spots.npy"), depth[:, None] * (rng.random((frames, 2, 64, 96)) < 0.1).astype(np.uint16))
    os.rename(path, os.path.join(folder, "00000"))
    return folder


class OnDevice(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            self.frames = DeviceFrames.of(Shards([shards(folder)]), torch.device("cpu"), seed=1)

    def test_batches_are_crops_in_metres_with_spots_on_their_depth(self):
        batches = self.frames.batches([(32, 64, 1)], 8 * 32 * 64)
        for _ in range(20):
            rgb, spots, depth = next(batches)
            self.assertEqual(((8, 3, 32, 64), (8, 1, 32, 64), (8, 1, 32, 64)), (tuple(rgb.shape), tuple(spots.shape), tuple(depth.shape)))
            self.assertTrue(((depth == 2) | (depth == 8)).all())
            self.assertTrue(torch.isfinite(rgb).all())
            there = spots > 0
            self.assertTrue((there.sum((1, 2, 3)) >= 24).all())
            self.assertLess(((spots - depth).abs() / depth)[there].max().item(), 0.08)

    def test_densities_reach_from_spots_to_whole_maps(self):
        shares = torch.cat([(self.frames.batch(16, 64, 96).spots > 0).float().mean((1, 2, 3)) for _ in range(20)])
        self.assertLess(shares.min(), 0.08)
        self.assertGreater(shares.max(), 0.95)
        self.assertGreater(((shares > 0.08) & (shares < 0.12)).float().mean(), 0.6)  # three quarters keep their own tenth

    def test_the_same_seed_draws_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            again = DeviceFrames.of(Shards([shards(folder)]), torch.device("cpu"), seed=1)
        for a, b in zip(self.frames.batch(4, 32, 32), again.batch(4, 32, 32)):
            self.assertTrue(torch.equal(a, b))


class Arrives(unittest.TestCase):
    def test_shards_that_appear_are_taken_and_deleted_and_the_newest_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            threading.Timer(0.3, shards, (os.path.join(folder, "first"),)).start()
            frames = DeviceFrames.arriving_in([folder], torch.device("cpu"), seed=1, capacity=6)
            self.assertEqual(4, frames.count)
            shards(os.path.join(folder, "second"), brightness=7)
            batches = frames.batches([(32, 64, 1)], 8 * 32 * 64)
            for _ in range(200):
                next(batches)
                if frames.count == 6:
                    break
                time.sleep(0.05)
            # Two places were free, two of the oldest went.
            self.assertEqual([7, 7, 140, 160, 7, 7], frames.rgb[:, 0, 0, 0].tolist())
            self.assertEqual([], os.listdir(os.path.join(folder, "first")) + os.listdir(os.path.join(folder, "second")))

    def test_a_broken_shard_is_left_out_and_the_next_is_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = os.path.join(folder, "0", "00000")
            os.makedirs(broken)
            for name in ("rgb", "depth", "spots"):
                with open(os.path.join(broken, f"{name}.npy"), "wb") as file:
                    file.write(b"\x93NUMPY")
            shards(os.path.join(folder, "1"), brightness=9)
            frames = DeviceFrames.arriving_in([folder], torch.device("cpu"), seed=1, capacity=4)
            self.assertEqual([9] * 4, frames.rgb[:, 0, 0, 0].tolist())
            self.assertTrue(os.path.exists(broken))

    def test_samples_are_mirrored_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = np.load(os.path.join(shards(folder), "00000", "spots.npy")).reshape(-1, 64, 96) / np.float32(5000)
            frames = DeviceFrames.arriving_in([folder], torch.device("cpu"), seed=1, capacity=4)
            rgb, spots, _ = frames.batch(40, 64, 96)
        self.assertEqual(4, len(torch.unique(rgb[:, 0])))
        for a in spots[:, 0].numpy():
            self.assertTrue(any(np.array_equal(a, b) or np.array_equal(a, b[:, ::-1]) for b in kept))


class Densities(unittest.TestCase):
    def test_most_samples_keep_their_spots_and_some_become_maps(self):
        rng = np.random.default_rng(1)
        depth = np.full((64, 96), 3, np.float32)
        spots = np.where(rng.random(depth.shape) < 0.02, depth, 0).astype(np.float32)
        shares = np.array([np.count_nonzero(redrawn(rng, spots, depth)) / depth.size for _ in range(400)])
        self.assertGreater((shares == np.count_nonzero(spots) / depth.size).mean(), 0.65)
        self.assertGreater(shares.max(), 0.95)

    def test_unknown_pixels_are_never_measured(self):
        rng = np.random.default_rng(2)
        depth = np.full((64, 96), 3, np.float32)
        depth[10:20] = 0
        for _ in range(20):
            self.assertEqual(np.count_nonzero(measured(rng, depth)[10:20]), 0)

    def test_edges_grow_by_the_margin(self):
        depth = np.where(np.arange(8) < 4, 1, 2).astype(np.float32) * np.ones((3, 1), np.float32)
        self.assertEqual(near_edges(depth, 0)[0].astype(int).tolist(), [0, 0, 0, 1, 1, 0, 0, 0])
        self.assertEqual(near_edges(depth, 2)[1].astype(int).tolist(), [0, 1, 1, 1, 1, 1, 1, 0])


if __name__ == "__main__":
    unittest.main()
