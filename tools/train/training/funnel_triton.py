"""A stage of the funnel as Triton kernels: softmaxes, products and iterations forward, and their gradients by gathering, without atomics.

The formulas are those of `training.funnel`. P = B·H·W pixels; rows: P×32 (channels last: [9n guidance logits | n fuse logits | zeros | y]);
a: 9n×P; y, squares: P; kept: P bytes. `check` compares with `packed.plain` before it is used.

A stage's logits are read once forwards and once backwards: the same kernels give Σ (log Σ exp)² and its gradient, put y beside the logits for
the next convolution, and add that convolution's gradient.
"""
import torch
import triton
import triton.language as tl
from torch import Tensor

from . import packed

BLOCK = 128


@triton.jit
def softmax(rows, first, COUNT: tl.constexpr, WIDTH: tl.constexpr, p):
    """BLOCK×WIDTH of which COUNT are used, the others 0, and log Σ exp."""
    j = tl.arange(0, WIDTH)
    x = tl.load(rows + p[:, None] * 32 + first + j[None, :], mask=(p >= 0)[:, None] & (j < COUNT)[None, :], other=-float("inf"))
    largest = tl.max(x, 1)
    x = tl.exp(x - largest[:, None])
    total = tl.sum(x, 1)
    return x / total[:, None], largest + tl.log(total)


@triton.jit
def nth(x, k: tl.constexpr, WIDTH: tl.constexpr):
    """Column k of BLOCK×WIDTH."""
    return tl.sum(tl.where((tl.arange(0, WIDTH) == k)[None, :], x, 0.0), 1)


@triton.jit
def affinities(rows, a, squares, P, N: tl.constexpr, BLOCK: tl.constexpr):
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = p < P
    # Beyond the end stands the last pixel again: -inf - -inf is no number.
    at = tl.minimum(p, P - 1)
    j = tl.arange(0, 16)
    total = tl.zeros((BLOCK,), tl.float32)
    shares, size = softmax(rows, 9 * N, N, 4, at)
    if N > 1:
        total += size * size
    for k in tl.static_range(N):
        x, size = softmax(rows, 9 * k, 9, 16, at)
        total += size * size
        if N > 1:
            x = x * nth(shares, k, 4)[:, None]
        tl.store(a + (9 * k + j)[None, :] * P + p[:, None], x, mask=valid[:, None] & (j < 9)[None, :])
    tl.store(squares + p, total, mask=valid)


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
def backward_logits(rows, ys, gs, of_squares, of_joined, kept, to, P, H, W, N: tl.constexpr, T: tl.constexpr, BLOCK: tl.constexpr):
    """ys: y_0 … y_{T−1}, gs: ∂L/∂y_1 … ∂L/∂y_T, T×P each; of_squares: P; of_joined: P×32 → the gradient of all logits, P×32."""
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    valid = p < P
    at = tl.minimum(p, P - 1)
    j, f, c = tl.arange(0, 16), tl.arange(0, 4), tl.arange(0, 32)
    row, column = p // W % H, p % W
    moved = valid & (tl.load(kept + p, valid, 1) == 0)
    z = 2.0 * tl.load(of_squares + p, valid, 0.0)
    shares, fuse_size = softmax(rows, 9 * N, N, 4, at)
    inners = tl.zeros((BLOCK, 4), tl.float32)
    for k in tl.static_range(N):
        down, right = (j // 3 - 1) * (k + 1), (j % 3 - 1) * (k + 1)
        r, q = row[:, None] + down[None, :], column[:, None] + right[None, :]
        ok = moved[:, None] & (j < 9)[None, :] & (r >= 0) & (r < H) & (q >= 0) & (q < W)
        d = tl.zeros((BLOCK, 16), tl.float32)
        for t in tl.static_range(T):
            d += tl.load(gs + t * P + p, moved, 0.0)[:, None] * tl.load(ys + t * P + p[:, None] + (down * W + right)[None, :], ok, 0.0)
        x, size = softmax(rows, 9 * k, 9, 16, at)
        inner = tl.sum(x * d, 1)
        inners = tl.where((f == k)[None, :], inner[:, None], inners)
        g = d - inner[:, None]
        if N > 1:
            g = g * nth(shares, k, 4)[:, None]
        inside = valid[:, None] & (j < 9)[None, :]
        place = p[:, None] * 32 + 9 * k + j[None, :]
        tl.store(to + place, x * (g + (z * size)[:, None]) + tl.load(of_joined + place, inside, 0.0), mask=inside)
    if N > 1:
        inside = valid[:, None] & (f < N)[None, :]
        place = p[:, None] * 32 + 9 * N + f[None, :]
        g = inners - tl.sum(shares * inners, 1)[:, None] + (z * fuse_size)[:, None]
        tl.store(to + place, shares * g + tl.load(of_joined + place, inside, 0.0), mask=inside)
    unused = 10 * N if N > 1 else 9
    tl.store(to + p[:, None] * 32 + c[None, :], tl.zeros((BLOCK, 32), tl.float32), mask=valid[:, None] & (c >= unused)[None, :])


class TritonStage(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int):
        batch, _, height, width = y.shape
        pixels = y.numel()
        grid = (triton.cdiv(pixels, BLOCK),)
        rows = logits.permute(0, 2, 3, 1).contiguous()  # no copy: the convolutions write channels last
        flags = kept.to(torch.uint8).contiguous()
        a = torch.empty((9 * n, pixels), dtype=torch.float32, device=y.device)
        squares = torch.empty_like(y, memory_format=torch.contiguous_format)
        ys = torch.empty((iterations + 1, pixels), dtype=torch.float32, device=y.device)
        ys[0].copy_(y.reshape(-1))
        affinities[grid](rows, a, squares, pixels, n, BLOCK)
        for t in range(iterations):
            forward_step[grid](a, ys[t], flags, ys[t + 1], pixels, height, width, n, BLOCK)
        out = ys[iterations].clone()
        joined = rows.clone()
        joined[..., -1] = out.view(batch, height, width)
        ctx.save_for_backward(rows, flags, a, ys)
        ctx.sizes = (y.shape, n, iterations)
        return out.view(y.shape), joined.permute(0, 3, 1, 2), squares

    @staticmethod
    def backward(ctx, of_y: Tensor, of_joined: Tensor, of_squares: Tensor):
        rows, flags, a, ys = ctx.saved_tensors
        shape, n, iterations = ctx.sizes
        height, width = shape[2:]
        pixels = a.shape[1]
        grid = (triton.cdiv(pixels, BLOCK),)
        of_joined = of_joined.permute(0, 2, 3, 1).contiguous()
        gs = torch.empty((iterations + 1, pixels), dtype=torch.float32, device=a.device)
        torch.add(of_y.reshape(-1), of_joined[..., -1].reshape(-1), out=gs[iterations])
        for t in reversed(range(iterations)):
            backward_step[grid](a, gs[t + 1], flags, gs[t], pixels, height, width, n, BLOCK)
        of_logits = torch.empty_like(rows)
        backward_logits[grid](rows, ys, gs[1:], of_squares.contiguous(), of_joined, flags, of_logits, pixels, height, width, n, iterations, BLOCK)
        return gs[0].view(shape), of_logits.permute(0, 3, 1, 2), None, None, None


def stage(y: Tensor, logits: Tensor, kept: Tensor, n: int, iterations: int) -> packed.StageOutput:
    """As `packed.plain`."""
    return packed.StageOutput(*TritonStage.apply(y, logits, kept, n, iterations))


def check(device: torch.device) -> float:
    """The largest difference from `packed.plain`, of results and gradients, in units of their largest values; for 1 to 3 dilations."""
    worst = 0.0
    generator = torch.Generator(device).manual_seed(1)
    for n in (1, 2, 3):
        found = []
        y, g = (torch.rand((2, 1, 32, 40), generator=generator, device=device) for _ in range(2))
        logits, of_joined = (2 * torch.randn((2, packed.CHANNELS, 32, 40), generator=generator, device=device) for _ in range(2))
        of_joined[:, 10 * n if n > 1 else 9:-1] = 0  # as from a convolution whose weights there are 0
        kept = torch.rand((2, 1, 32, 40), generator=generator, device=device) < 0.05
        for way in (packed.plain, stage):
            inputs = [y.clone().requires_grad_(), logits.clone().contiguous(memory_format=torch.channels_last).requires_grad_()]
            out = way(*inputs, kept, n, 3)
            of_logits = torch.autograd.grad(out, inputs, (g, of_joined, 0.1 * g))
            found.append((*out, of_logits[0], of_logits[1][:, :10 * n if n > 1 else 9]))
        for ours, theirs in zip(*found):
            worst = max(worst, float((ours - theirs).abs().max() / theirs.abs().max()))
    return worst
