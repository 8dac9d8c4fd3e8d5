"""One convolution a funnel stage computes what up to four compute, gradients and logits' term included."""
import unittest

import torch

from emdc import EMDC, NINE_STAGES, SIX_STAGES
from training import packed
from training.funnel import refine
from training.initial import initialise
from training.logits import Watched
from training.norms import batch_norms


class PackedTest(unittest.TestCase):
    def test_packed_stages_are_the_network(self):
        for plan in (NINE_STAGES, SIX_STAGES):
            torch.manual_seed(3)
            watched = Watched(refine)
            model = EMDC(plan, watched)
            initialise(model)
            with torch.no_grad():
                model.rezero.fill_(0.5)
                for norm in batch_norms(model):  # far from a batch norm that does nothing
                    norm.running_mean.normal_(0, 0.3)
                    norm.running_var.uniform_(0.5, 2)
                    norm.bias.normal_(0, 0.1)
                    norm.weight.uniform_(0.5, 1.5)
                for name, parameter in model.named_parameters():
                    if name.startswith(("guid_conv", "fuse_conv")):
                        parameter.normal_(0, 0.1)
            model.double().eval()
            rgb, spots = torch.randn(2, 3, 32, 64).double(), (torch.rand(2, 1, 32, 64) < 0.1).double() * 3
            cut = torch.randn(2, 1, 32, 64).double()
            results = []
            for way in (lambda: (model(rgb, spots), watched.take()), lambda: packed.Packed(model)(rgb, spots)):
                outputs, logits = way()
                loss = (outputs.dense * cut).sum() + logits
                results.append((*outputs, logits, *torch.autograd.grad(loss, list(model.parameters()))))
            for ours, theirs in zip(*results):
                self.assertLess(float((ours - theirs).abs().max()), 1e-6 * max(1.0, float(theirs.abs().max())))

    def test_norms_that_measure_are_not_folded(self):
        torch.manual_seed(3)
        model = EMDC(NINE_STAGES)
        initialise(model)
        rgb, spots = torch.randn(2, 3, 32, 64), (torch.rand(2, 1, 32, 64) < 0.1).float() * 3
        before = [norm.running_mean.clone() for norm in batch_norms(model)]
        packed.Packed(model)(rgb, spots)
        self.assertTrue(all((norm.running_mean != mean).any() for norm, mean in zip(batch_norms(model), before)))

    def test_a_machine_without_a_card_takes_plain_PyTorch(self):
        self.assertIs(packed.fastest(torch.device("cpu")), packed.plain)


if __name__ == "__main__":
    unittest.main()
