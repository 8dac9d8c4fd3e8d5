"""The losses against values computed by hand."""
import math
import unittest

import torch

from training import losses

PLAIN = losses.Weights(relative=0, edges=0, limit=math.inf, negative=0, logits=0)


def image(*rows, around=0.0):
    """At least 3×3, which Sobel needs; what is added at the right and below is `around`, for ground truth: unknown."""
    x = torch.tensor(rows, dtype=torch.float64)[None, None]
    return torch.nn.functional.pad(x, (0, max(0, 3 - x.shape[3]), 0, max(0, 3 - x.shape[2])), value=around)


def nothing(g):
    return torch.zeros_like(g)


class Objective(unittest.TestCase):
    def test_errors_count_at_known_pixels_in_units_of_their_mean_depth(self):
        p, g = image((1.0, 5.0), (2.0, 3.0)), image((2.0, 0.0), (4.0, 0.0005))
        # known: |1 − 2| and |2 − 4| with a mean depth of 3; 0 and half a millimetre are no ground truth
        loss = losses.objective(p, p, p, g, nothing(g), weights=PLAIN)
        self.assertAlmostEqual(loss.parts["dense"].item(), 1.5 / 3, places=12)

    def test_relative_weights_follow_the_inverse_depth(self):
        g = image((1.0, 2.0), (3.0, 2.0))  # a mean of 2: s/g = 2, 1, 2/3, 1
        p = g + image((0.1, 0.0), (0.1, 0.0))
        loss = losses.objective(p, p, p, g, nothing(g), weights=PLAIN._replace(relative=0.5))
        self.assertAlmostEqual(loss.parts["dense"].item(), (0.1 * 1.5 + 0.1 * (0.5 + 1 / 3)) / 2 / 4, places=12)

    def test_an_image_counts_logarithmically_beyond_the_limit(self):
        g = torch.full((2, 1, 3, 3), 2.0, dtype=torch.float64)
        p = torch.cat((g[:1] + 1, g[1:] + 8))  # 0.5 and 4 in units of the mean depth
        loss = losses.objective(p, p, p, g, nothing(g), weights=PLAIN._replace(limit=1.0))
        self.assertAlmostEqual(loss.parts["dense"].item(), (0.5 + 1 + math.log(4)) / 2, places=12)

    def test_pixels_near_edges_weigh_more(self):
        g = image(*[(1.0, 1.0, 1.0, 1.0, 3.0, 3.0)] * 3)
        self.assertEqual(losses.near_edges(g, 2)[0, 0, 0].tolist(), [0, 0, 1, 1, 1, 1])
        p = g.clone()
        p[..., 0] += 0.3  # far from the edge: weight 1 of a total of 3·(2 + 4·2)
        loss = losses.objective(p, p, p, g, nothing(g), weights=PLAIN._replace(edges=1.0, edge_reach=2))
        self.assertAlmostEqual(loss.parts["dense"].item(), 3 * 0.3 / (5 / 3) / 30, places=12)

    def test_depths_nearer_than_half_of_the_nearest_are_punished_everywhere(self):
        g, spots = image((2.0, 0.0), (2.0, 2.0)), image((0.0, 1.0), (0.0, 0.0))
        p = image((2.0, -0.5), (2.0, 0.4), around=1.0)  # 0.5 is the bound
        loss = losses.objective(p, p, p, g, spots, weights=PLAIN._replace(negative=1.0))
        self.assertAlmostEqual(loss.parts["negative"].item(), 2 * (1.0 + 0.1) / 2 / 9, places=12)

    def test_measured_pixels_have_a_term_of_their_own(self):
        g, spots = image((2.0, 2.0), (2.0, 0.0)), image((1.9, 0.0), (0.0, 2.0))
        loss = losses.objective(g + 0.5, g, g, g, spots, weights=PLAIN._replace(measured=1.0))
        self.assertAlmostEqual(loss.parts["measured"].item(), 0.25, places=12)

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
        loss = losses.objective(dense, local, global_, g, nothing(g), weights=PLAIN)
        # L + λ1·Lg + λ2·Ll + λ3·Lcgd = L + L + L + 0.7·L, with L = 0.01 · mean(0…15) / 2
        self.assertAlmostEqual(loss.parts["dense"].item(), 0.0375, places=12)
        self.assertAlmostEqual(loss.total.item(), 3.7 * 0.0375, places=12)

    def test_weights_of_the_terms_have_no_gradient(self):
        g = torch.full((1, 1, 4, 4), 2.0, dtype=torch.float64)
        global_ = (g + 0.5).requires_grad_()
        losses.objective(g + 0.25, g + 1.0, global_, g, nothing(g), weights=PLAIN).total.backward()
        # λ1 = 0.25/0.5; ∂/∂p of a mean over 16 pixels in units of 2 m is 1/32. With gradient through λ it would be 0.
        self.assertTrue(torch.allclose(global_.grad, torch.full_like(g, 0.5 / 32)))

    def test_an_image_without_ground_truth_is_no_trouble(self):
        g = torch.zeros((1, 1, 4, 4), dtype=torch.float64)
        p = torch.ones_like(g).requires_grad_()
        loss = losses.objective(p, p, p, g, nothing(g))
        loss.total.backward()
        self.assertEqual(loss.total.item(), 0.0)
        self.assertEqual(p.grad.abs().max().item(), 0.0)


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
