"""The losses against values computed by hand."""
import unittest

import torch

from training import losses


def image(*rows):
    return torch.tensor(rows, dtype=torch.float64)[None, None]


class PaperLoss(unittest.TestCase):
    def test_mean_absolute_error_counts_known_pixels_only(self):
        p, g = image((1.0, 5.0), (2.0, 3.0)), image((2.0, 0.0), (2.5, 0.0005))
        # known: |1 − 2| and |2 − 2.5|; 0 and half a millimetre are no ground truth
        self.assertAlmostEqual(losses.weighted_mean((p - g).abs(), losses.pixel_weights(g, 0)).item(), 0.75, places=12)

    def test_relative_weights_have_mean_one_and_follow_the_inverse_depth(self):
        g = image((1.0, 2.0), (4.0, 0.0))
        weights = losses.pixel_weights(g, 1)
        # 1/g = 1, 1/2, 1/4 with mean 7/12
        for found, expected in zip(weights.flatten().tolist(), (12 / 7, 6 / 7, 3 / 7, 0.0)):
            self.assertAlmostEqual(found, expected, places=12)
        half = losses.pixel_weights(g, 0.5)
        self.assertAlmostEqual(half[0, 0, 0, 0].item(), 0.5 + 0.5 * 12 / 7, places=12)

    def test_gradient_error_of_a_step(self):
        # A step of 1 m to the right between columns 2 and 3 of a 3×4 image, predicted as flat: the Sobel windows about
        # columns 1 and 2 see 4·(1 − 0) to the right and nothing downwards.
        g = image(*[(1.0, 1.0, 2.0, 2.0)] * 3)
        errors, known = losses.gradient_errors(torch.ones_like(g), g)
        self.assertEqual(known.tolist(), [[[[1.0, 1.0]]]])
        self.assertEqual(errors.tolist(), [[[[4.0, 4.0]]]])

    def test_gradient_error_of_a_corner_adds_both_directions(self):
        g = image((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 3.0))  # Sobel in the middle: 2·1 both ways
        errors, _ = losses.gradient_errors(torch.ones_like(g), g)
        self.assertEqual(errors.item(), 4.0)

    def test_gradient_needs_ground_truth_in_the_whole_window(self):
        g = image((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 0.0))
        _, known = losses.gradient_errors(torch.ones_like(g), g)
        self.assertEqual(known.item(), 0.0)

    def test_every_term_weighs_as_much_as_the_first(self):
        g = torch.full((1, 1, 4, 4), 2.0, dtype=torch.float64)
        ramp = torch.arange(16, dtype=torch.float64).reshape(1, 1, 4, 4)
        dense, local, global_ = (g + scale * ramp for scale in (0.01, 0.03, 0.1))
        loss = losses.paper(dense, local, global_, g)
        # L + λ1·Lg + λ2·Ll + λ3·Lcgd = L + L + L + 0.7·L, with L = 0.01 · mean(0…15)
        self.assertAlmostEqual(loss.parts["dense"], 0.075, places=12)
        self.assertAlmostEqual(loss.total.item(), 3.7 * 0.075, places=12)

    def test_weights_of_the_terms_have_no_gradient(self):
        g = torch.full((1, 1, 4, 4), 2.0, dtype=torch.float64)
        global_ = (g + 0.5).requires_grad_()
        loss = losses.paper(g + 0.25, g + 1.0, global_, g)
        loss.total.backward()
        # λ1 = 0.25/0.5; ∂/∂p of a mean over 16 pixels is 1/16. With gradient through λ it would be 0.
        self.assertTrue(torch.allclose(global_.grad, torch.full_like(g, 0.5 / 16)))


class PublishedLoss(unittest.TestCase):
    def test_sums_image_means_with_constant_weights(self):
        g = torch.ones((2, 1, 4, 4), dtype=torch.float64)
        g[1, 0, 2:] = 0  # half of the second image is unknown, so that its gradient windows are, too
        dense, local, global_ = g.clone(), g.clone(), g.clone()
        dense[0] += 0.1
        dense[1] += 0.3
        local += 0.2
        global_ += 0.4
        loss = losses.published(dense, local, global_, g)
        # dense 0.1 + 0.3, local 2·0.2, global 2·(2·0.4), no gradient error: constant offsets
        self.assertAlmostEqual(loss.total.item(), 0.4 + 0.4 + 1.6, places=12)

    def test_gradient_weighs_two_point_eight(self):
        g = image(*[(1.0, 1.0, 2.0)] * 3)
        flat = torch.ones_like(g)
        loss = losses.published(flat, g, g, g)
        self.assertAlmostEqual(loss.total.item(), 1 / 3 + 2.8 * 4.0, places=12)


if __name__ == "__main__":
    unittest.main()
