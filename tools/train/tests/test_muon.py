"""Muon's steps: the formula, which parameters take them, and what a recorded step asks of an optimiser."""
import unittest

import torch
from torch import nn

from emdc import EMDC
from emdc.plan import SIX_STAGES
from training.groups import groups, is_matrix
from training.muon import Muon, blocks, orthogonal


class MuonTest(unittest.TestCase):
    def test_singular_vectors_stay_and_values_come_near_one(self):
        torch.manual_seed(1)
        for shape in ((12, 40), (40, 12), (9, 9)):
            m = torch.randn(shape, dtype=torch.float64)
            u, values, v = torch.linalg.svd(m, full_matrices=False)
            found = u.T @ orthogonal(m) @ v.T
            off = found - torch.diag(torch.diagonal(found))
            self.assertLess(off.abs().max().item(), 1e-9)
            self.assertTrue(((torch.diagonal(found) > 0.6) & (torch.diagonal(found) < 1.25)).all())

    def test_blocks_cut_the_shorter_side_and_are_views(self):
        m = torch.zeros(640, 2880)
        parts = blocks(m)
        self.assertEqual([tuple(part.shape) for part in parts], [(160, 2880)] * 4)
        parts[3].fill_(1)
        self.assertEqual(m[480:].min().item(), 1)
        self.assertEqual([tuple(part.shape) for part in blocks(torch.zeros(960, 160))], [(960, 160)])
        self.assertEqual([tuple(part.shape) for part in blocks(torch.zeros(960, 385))], [(960, 128), (960, 128), (960, 129)])

    def test_a_step_is_that_of_the_formula_and_others_take_adamws(self):
        torch.manual_seed(2)
        kernel, other = nn.Parameter(torch.randn(8, 3, 3, 3)), nn.Parameter(torch.randn(5))
        alone = nn.Parameter(other.detach().clone())
        optimiser = Muon([{"params": [kernel], "weight_decay": 0.1, "muon": True}, {"params": [other], "weight_decay": 0.0}], 0.01)
        adamw = torch.optim.AdamW([alone], 0.01, weight_decay=0.0)
        expected, momentum = kernel.detach().clone(), torch.zeros_like(kernel)
        for _ in range(3):
            kernel.grad, other.grad = torch.randn_like(kernel), torch.randn_like(other)
            alone.grad = other.grad.clone()
            momentum = 0.95 * momentum + 0.05 * kernel.grad
            turned = orthogonal((0.95 * momentum + 0.05 * kernel.grad).reshape(8, 27)).reshape(8, 3, 3, 3)
            expected = expected * (1 - 0.01 * 0.1) - 0.01 * 0.2 * 27 ** 0.5 * turned
            optimiser.step()
            adamw.step()
        self.assertLess((kernel - expected).abs().max().item(), 1e-6)
        self.assertTrue(torch.equal(other, alone))

    def test_a_scaled_gradient_and_one_that_is_not_finite(self):
        def trained(grad, scale=None, broken=None):
            torch.manual_seed(3)
            p = nn.Parameter(torch.randn(4, 2, 3, 3))
            optimiser = Muon([{"params": [p], "muon": True}], 0.01)
            optimiser.grad_scale, optimiser.found_inf = scale, broken
            p.grad = grad
            optimiser.step()
            return p.detach(), optimiser.state[p]["momentum"]
        grad = torch.ones(4, 2, 3, 3)
        for a, b in zip(trained(grad), trained(4 * grad, torch.tensor(4.0), torch.tensor(0.0))):
            self.assertTrue(torch.equal(a, b))
        kept, momentum = trained(float("nan") * grad, torch.tensor(float("nan")), torch.tensor(1.0))
        torch.manual_seed(3)
        self.assertTrue(torch.equal(kept, torch.randn(4, 2, 3, 3)))
        self.assertEqual(momentum.abs().max().item(), 0)

    def test_dense_kernels_outside_the_funnel_are_its_matrices(self):
        model = EMDC(SIX_STAGES)
        names = {name for name, value in model.named_parameters() if is_matrix(name, value)}
        self.assertIn("enc.features.0.0.weight", names)
        self.assertIn("dec5.conv.weight", names)
        self.assertFalse(names & {"enc.features.1.conv.0.weight", "alpha.weight"})
        self.assertFalse([name for name in names if name.startswith(("guid_conv", "fuse_conv"))])
        by_name = {id(value): name for name, value in model.named_parameters()}
        found = groups(model, 0.01, muon=True)
        self.assertEqual({by_name[id(p)] for group in found for p in group["params"] if group.get("muon")}, names)
        self.assertEqual(sum(len(group["params"]) for group in found), len(by_name))
        self.assertFalse([group for group in groups(model, 0.01) if group.get("muon")])


if __name__ == "__main__":
    unittest.main()
