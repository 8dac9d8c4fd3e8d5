"""The deepest levels: what they are worth, and the training that is theirs."""
import unittest

import torch

import coarse
import levels
from emdc import EMDC
from training.averaged import Averaged
from training.batches import Batch
from training.initial import initialise
from training.step import PlainStep


def network() -> EMDC:
    torch.manual_seed(5)
    model = EMDC()
    initialise(model)
    return model.eval()


def wall(metres: float = 2.0) -> Batch:
    """A wall, measured at every eighth pixel of its left half only."""
    depth = torch.full((2, 1, 64, 96), metres)
    spots = torch.zeros_like(depth)
    spots[:, :, ::8, :48:8] = metres
    return Batch(torch.randn(2, 3, 64, 96), spots, depth)


class Levels(unittest.TestCase):
    def test_a_level_is_replaced_by_its_mean_and_the_network_is_left_as_it_was(self):
        x = torch.arange(6.0).reshape(1, 1, 2, 3)
        kept, replaced = levels.levelled([x, x], (1,))
        self.assertTrue(torch.equal(kept, x))
        self.assertTrue(torch.equal(replaced, torch.full_like(x, 2.5)))

        model, batch = network(), wall()
        before = model(batch.rgb, batch.spots).dense
        found = levels.worth(model, [batch])
        self.assertEqual(len(found), 7)
        self.assertAlmostEqual(found["the network as it is"][0], ((before - 2).abs() / 2).mean().item(), places=5)
        self.assertTrue(torch.equal(model(batch.rgb, batch.spots).dense, before))


class CoarseTraining(unittest.TestCase):
    def test_blocks_take_the_mean_of_their_known_pixels_and_count_more_where_nothing_was_measured(self):
        batch = wall()
        batch.depth[:, :, :8, :8] = 0                          # unknown
        batch.depth[:, :, 8:16, 0:8] = 3
        batch.depth[:, :, 8:16, 0:2] = 0                       # a quarter of the block
        truth = coarse.Truth(batch, 8, relative=0.0, unmeasured=3.0)
        self.assertAlmostEqual(truth.depth[0, 0, 1, 0].item(), 3, places=5)
        self.assertEqual(truth.weight[0, 0, 0, 0].item(), 0)
        self.assertAlmostEqual((truth.weight[0, 0, 0, 8] / truth.weight[0, 0, 0, 2]).item(), 4, places=5)
        self.assertEqual(truth.empty.sum().item(), 2 * 8 * 6)
        self.assertAlmostEqual(truth.loss(truth.depth).item(), 0, places=6)
        error, count = truth.error(1.1 * truth.depth)
        self.assertAlmostEqual(error / count, 0.1, places=5)

    def test_only_the_deep_part_learns_and_it_learns(self):
        model = coarse.Coarse(network())
        batch = wall()
        before = {name: value.clone() for name, value in model.state_dict().items()}
        optimiser = torch.optim.AdamW(model.learning(), 3e-4)
        step = PlainStep(lambda batch: coarse.objective(model, batch, 0.7, 3.0), optimiser, Averaged(model, 0.99), model, 1.0)
        losses = [step(batch, i)["coarse"].item() for i in range(12)]
        self.assertLess(losses[-1], 0.7 * losses[0])
        changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
        self.assertTrue(all(name.startswith(("network.enc.features.", "network.dec5.", "network.dec4.", "head")) for name in changed))
        self.assertFalse(any(name.startswith(tuple(f"network.enc.features.{i}." for i in range(coarse.KEPT))) for name in changed))
        self.assertIn("network.enc.features.17.conv.6.weight", changed)

    def test_a_disconnected_dec3_reads_the_mean_of_dec4(self):
        model, x = network(), torch.randn(1, 128, 8, 12)
        mean = torch.randn(96)
        with torch.no_grad():
            level = torch.cat((mean[None, :, None, None].expand(1, 96, 8, 12), x[:, 96:]), 1)
            expected = model.dec3.conv(level)
            coarse.disconnect(model, mean)
            found = model.dec3.conv(x)
        inside = (slice(None), slice(None), slice(1, -1), slice(1, -1))  # beyond the picture the old level was 0
        self.assertTrue(torch.allclose(found[inside], expected[inside], atol=1e-4))


if __name__ == "__main__":
    unittest.main()
