"""Triton's kernels of the funnel, their formulas on a CPU: values and gradients are those of `packed.plain`."""
import unittest

import torch

from . import triton_in_torch


class FunnelTriton(unittest.TestCase):
    def test_values_and_gradients_are_those_of_PyTorch(self):
        try:
            import triton  # noqa: F401, the real one stays if it is there
        except ImportError:
            triton_in_torch.install()
        else:
            self.skipTest("Triton is installed; it checks itself on the GPU before it is used")
        from training import funnel_triton
        self.assertLess(funnel_triton.check(torch.device("cpu")), 1e-5)


if __name__ == "__main__":
    unittest.main()
