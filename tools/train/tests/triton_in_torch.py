"""As much of Triton's language as `training.funnel_triton` uses, computed by PyTorch on a CPU: it proves the kernels' formulas and indices
on a machine without a GPU. It says nothing about how Triton compiles them. Reading or writing outside a tensor is an error here.
"""
import sys
import types

import torch


class Pointer:
    """An address within a tensor, or many of them."""

    def __init__(self, memory, at):
        self.memory, self.at = memory, at

    def __add__(self, more):
        return Pointer(self.memory, self.at + more)


def load(pointer, mask=None, other=None):
    at = torch.as_tensor(pointer.at)
    mask = torch.ones_like(at, dtype=torch.bool) if mask is None else torch.as_tensor(mask).expand_as(at)
    found = torch.full(at.shape, 0 if other is None else other, dtype=pointer.memory.dtype)
    found[mask] = pointer.memory[inside(pointer, at[mask])]
    return found


def store(pointer, value, mask=None):
    at = torch.as_tensor(pointer.at)
    mask = torch.ones_like(at, dtype=torch.bool) if mask is None else torch.as_tensor(mask).expand_as(at)
    pointer.memory[inside(pointer, at[mask])] = torch.as_tensor(value).expand_as(at)[mask].to(pointer.memory.dtype)


def inside(pointer, at):
    if at.numel() and (at.min() < 0 or at.max() >= pointer.memory.numel()):
        raise IndexError(f"{int(at.min())} to {int(at.max())} of {pointer.memory.numel()}")
    return at


class Kernel:
    program = 0

    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)

    def __getitem__(self, grid):
        def launch(*arguments):
            assert all(a.is_contiguous() for a in arguments if isinstance(a, torch.Tensor))
            for Kernel.program in range(grid[0]):
                self.function(*(Pointer(a.view(-1), 0) if isinstance(a, torch.Tensor) else a for a in arguments))
        return launch


def where(condition, a, b):
    a, b = (torch.as_tensor(x, dtype=torch.float32) if isinstance(x, float) else x for x in (a, b))
    return torch.where(condition, a, b)


def install() -> None:
    """Makes `import triton` find this where Triton is not installed."""
    triton, language = types.ModuleType("triton"), types.ModuleType("triton.language")
    triton.jit, triton.cdiv, triton.language = Kernel, lambda a, b: -(-a // b), language
    for name, value in dict(
            load=load, store=store, where=where, arange=torch.arange, zeros=lambda shape, dtype: torch.zeros(shape, dtype=dtype),
            program_id=lambda axis: Kernel.program, minimum=lambda a, b: torch.clamp(a, max=b), exp=torch.exp, log=torch.log,
            max=lambda x, axis: x.amax(axis), sum=lambda x, axis: x.sum(axis), static_range=range, constexpr=object, float32=torch.float32).items():
        setattr(language, name, value)
    sys.modules.update({"triton": triton, "triton.language": language})
