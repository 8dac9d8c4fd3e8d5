"""A stage of the funnel as Triton kernels: softmaxes, products and iterations forward, and their gradients by gathering, without atomics.

The formulas are those of `training.funnel`. P = B·H·W pixels; logits: P×32 (channels last: [9n guidance | n fuse | the rest unused]);
a: 9n×P; y: P; kept: P bytes. Written without a card: `check` compares with `training.funnel` before it is used.
"""
import torch
import triton
import triton.language as tl
from torch import Tensor

from . import packed

BLOCK = 128


@triton.jit
def softmaxes(logits, k: tl.constexpr, N: tl.constexpr, p, valid):
    """Kernel k: BLOCK×16 of which 9 are used, and all shares: BLOCK×4 of which N are used."""
    j = tl.arange(0, 16)
    x = tl.load(logits + p[:, None] * 32 + 9 * k + j[None, :], mask=valid[:, None] & (j < 9)[None, :], other=-float("inf"))
    x = tl.exp(x - tl.max(x, 1)[:, None])
    x = x / tl.sum(x, 1)[:, None]
    f = tl.arange(0, 4)
    if N > 1:
        s = tl.load(logits + p[:, None] * 32 + 9 * N + f[None, :], mask=valid[:, None] & (f < N)[None, :], other=-float("inf"))
        s = tl.exp(s - tl.max(s, 1)[:, None])
        s = s / tl.sum(s, 1)[:, None]
    else:
        s = tl.where((f == 0)[None, :] & valid[:, None], 1.0, 0.0)
    return x, s


@triton.jit
def affinities(logits, a, P, N: tl.constexpr, BLOCK: tl.constexpr):
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = p < P
    # Beyond the end stands the last pixel again: -inf - -inf is no number.
    at = tl.minimum(p, P - 1)
    j, f = tl.arange(0, 16), tl.arange(0, 4)
    for k in tl.static_range(N):
        x, s = softmaxes(logits, k, N, at, at >= 0)
        share = tl.sum(tl.where((f == k)[None, :], s, 0.0), 1)
        tl.store(a + (9 * k + j)[None, :] * P + p[:, None], x * share[:, None], mask=valid[:, None] & (j < 9)[None, :])


@triton.jit
def forward_step(a, y, kept, to, P, H, W, N: tl.constexpr, BLOCK: tl.constexpr):
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = p < P
    row, column = p // W % H, p % W
    total = tl.zeros((BLOCK,), tl.float32)
    for k in tl.static_range(N):
        for j in tl.static_range(9):
            down, right = (j // 3 - 1) * (k + 1), (j % 3 - 1) * (k + 1)
            ok = valid & (row + down >= 0) & (row + down < H) & (column + right >= 0) & (column + right < W)
            total += tl.load(a + (9 * k + j) * P + p, valid, 0.0) * tl.load(y + p + down * W + right, ok, 0.0)
    keep = tl.load(kept + p, valid, 0) != 0
    tl.store(to + p, tl.where(keep, tl.load(y + p, valid, 0.0), total), valid)


@triton.jit
def backward_step(a, g, kept, to, P, H, W, N: tl.constexpr, BLOCK: tl.constexpr):
    """∂L/∂y(q) = [q kept] g(q) + Σ_j [p not kept] a_j(p) g(p) with p = q − offset_j."""
    q = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = q < P
    row, column = q // W % H, q % W
    total = tl.where(tl.load(kept + q, valid, 0) != 0, tl.load(g + q, valid, 0.0), 0.0)
    for k in tl.static_range(N):
        for j in tl.static_range(9):
            down, right = (j // 3 - 1) * (k + 1), (j % 3 - 1) * (k + 1)
            ok = valid & (row - down >= 0) & (row - down < H) & (column - right >= 0) & (column - right < W)
            p = q - down * W - right
            moved = ok & (tl.load(kept + p, ok, 1) == 0)
            total += tl.load(a + (9 * k + j) * P + p, moved, 0.0) * tl.load(g + p, moved, 0.0)
    tl.store(to + q, total, valid)


@triton.jit
def backward_logits(logits, ys, gs, kept, to, P, H, W, N: tl.constexpr, T: tl.constexpr, BLOCK: tl.constexpr):
    """ys: y_0 … y_{T−1}, gs: ∂L/∂y_1 … ∂L/∂y_T, T×P each → the gradient of all logits."""
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = p < P
    at = tl.minimum(p, P - 1)
    j, f = tl.arange(0, 16), tl.arange(0, 4)
    row, column = p // W % H, p % W
    moved = valid & (tl.load(kept + p, valid, 1) == 0)
    inners = tl.zeros((BLOCK, 4), tl.float32)
    for k in tl.static_range(N):
        down, right = (j // 3 - 1) * (k + 1), (j % 3 - 1) * (k + 1)
        r, c = row[:, None] + down[None, :], column[:, None] + right[None, :]
        ok = moved[:, None] & (j < 9)[None, :] & (r >= 0) & (r < H) & (c >= 0) & (c < W)
        d = tl.zeros((BLOCK, 16), tl.float32)
        for t in tl.static_range(T):
            d += tl.load(gs + t * P + p, moved, 0.0)[:, None] * tl.load(ys + t * P + p[:, None] + (down * W + right)[None, :], ok, 0.0)
        x, s = softmaxes(logits, k, N, at, at >= 0)
        share = tl.sum(tl.where((f == k)[None, :], s, 0.0), 1)
        inner = tl.sum(x * d, 1)
        inners = tl.where((f == k)[None, :], inner[:, None], inners)
        tl.store(to + p[:, None] * 32 + 9 * k + j[None, :], share[:, None] * x * (d - inner[:, None]), mask=valid[:, None] & (j < 9)[None, :])
    if N > 1:
        x, s = softmaxes(logits, 0, N, at, at >= 0)
        tl.store(to + p[:, None] * 32 + 9 * N + f[None, :], s * (inners - tl.sum(s * inners, 1)[:, None]), mask=valid[:, None] & (f < N)[None, :])


class TritonStage(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int) -> Tensor:
        height, width = y.shape[2:]
        pixels = y.numel()
        grid = (triton.cdiv(pixels, BLOCK),)
        rows = logits.permute(0, 2, 3, 1).contiguous()  # no copy: the convolutions write channels last
        flags = kept.to(torch.uint8).contiguous()
        a = torch.empty((9 * n, pixels), dtype=torch.float32, device=y.device)
        ys = torch.empty((iterations + 1, pixels), dtype=torch.float32, device=y.device)
        ys[0].copy_(y.reshape(-1))
        affinities[grid](rows, a, pixels, n, BLOCK)
        for t in range(iterations):
            forward_step[grid](a, ys[t], flags, ys[t + 1], pixels, height, width, n, BLOCK)
        ctx.save_for_backward(rows, flags, a, ys)
        ctx.sizes = (y.shape, n, iterations)
        return ys[iterations].clone().view(y.shape)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        rows, flags, a, ys = ctx.saved_tensors
        shape, n, iterations = ctx.sizes
        height, width = shape[2:]
        pixels = a.shape[1]
        grid = (triton.cdiv(pixels, BLOCK),)
        gs = torch.empty((iterations + 1, pixels), dtype=torch.float32, device=a.device)
        gs[iterations].copy_(gradient.reshape(-1))
        for t in reversed(range(iterations)):
            backward_step[grid](a, gs[t + 1], flags, gs[t], pixels, height, width, n, BLOCK)
        of_logits = torch.zeros_like(rows)
        backward_logits[grid](rows, ys, gs[1:], flags, of_logits, pixels, height, width, n, iterations, BLOCK)
        return gs[0].view(shape), of_logits.permute(0, 3, 1, 2), None, None, None


def stage(y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int) -> Tensor:
    """As `packed.plain`."""
    return TritonStage.apply(y, logits, kept, n, iterations)


def check(device: torch.device) -> float:
    """The largest difference from `packed.plain`, of results and gradients, in units of their largest values; for 1 to 3 dilations."""
    worst = 0.0
    generator = torch.Generator(device).manual_seed(1)
    for n in (1, 2, 3):
        found = []
        y, g = (torch.rand((2, 1, 32, 40), generator=generator, device=device) for _ in range(2))
        logits = 2 * torch.randn((2, packed.CHANNELS, 32, 40), generator=generator, device=device)
        kept = torch.rand((2, 1, 32, 40), generator=generator, device=device) < 0.05
        for way in (packed.plain, stage):
            inputs = [y.clone().requires_grad_(), logits.clone().contiguous(memory_format=torch.channels_last).requires_grad_()]
            out = way(*inputs, kept, n, 3)
            found.append((out, *torch.autograd.grad(out, inputs, g)))
        for ours, theirs in zip(*found):
            worst = max(worst, float((ours - theirs).abs().max() / theirs.abs().max()))
    return worst
