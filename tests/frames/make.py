"""Makes the sample frames of this folder: NAME_rgb.png, NAME_sparse.exr, NAME_depth.exr.

    python3 make.py [NAME ...]         needs numpy and OpenCV with OpenEXR; about two minutes for all three

A small path tracer (direct light from area lamps, one bounce, then a constant) in numpy, and a model of a ToF spot
sensor. Array code uses only + - * / sqrt, comparisons and integer hashes, and no BLAS, so that a seed gives the
same picture wherever it runs.

World: metres, x right, y up, z away from the viewer, floor at y = 0. Depth is z in the camera's frame.
"""
import math
import os
import sys

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
import cv2  # noqa: E402  (reads the variable above when it is loaded)
import numpy as np  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
F = np.float32
CHUNK = 1 << 14  # rays traced together; keeps the temporaries in cache


def dot(a, b):
    return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]


def unit(a):
    return a / np.sqrt(np.maximum(dot(a, a), F(1e-20)))[..., None]


# ---------------------------------------------------------------- textures: (u, v) in metres -> albedo

def lattice(i, j, seed):
    """A hash of two integers to [0, 1)."""
    n = (i.astype(np.int64) * 73856093) ^ (j.astype(np.int64) * 19349663) ^ (seed * 83492791)
    n = (n ^ (n >> 15)) * 0x2C1B3C6D & 0xFFFFFFFF
    n = (n ^ (n >> 12)) * 0x297A2D39 & 0xFFFFFFFF
    return ((n ^ (n >> 15)) & 0xFFFF).astype(F) / F(65536)


def noise(u, v, seed):
    i, j = np.floor(u), np.floor(v)
    a, b = u - i, v - j
    a, b = a * a * (3 - 2 * a), b * b * (3 - 2 * b)
    top = lattice(i, j, seed) * (1 - a) + lattice(i + 1, j, seed) * a
    low = lattice(i, j + 1, seed) * (1 - a) + lattice(i + 1, j + 1, seed) * a
    return top * (1 - b) + low * b


def mix(t, a, b):
    t = t.astype(F)[:, None]
    return np.asarray(a, F) * (1 - t) + np.asarray(b, F) * t


def plain(colour, grain=0.04, seed=1):
    """Paint or cloth: one colour with a slight cloudiness."""
    c = np.asarray(colour, F)
    return lambda u, v: c * (1 - grain + 2 * grain * noise(u * 9, v * 9, seed))[:, None]


def planks(light, dark, width, length, seed):
    """Floor boards, staggered, each with its own tone and a grain along u."""
    def texture(u, v):
        row = np.floor(v / width)
        along = u / length + lattice(row, row * 0, seed)
        board = np.floor(along)
        tone = F(0.65) * lattice(board, row, seed + 1) + F(0.35) * noise(u * 5, v * 60, seed + 2)
        gap = (v / width - row < F(0.025)) | (along - board < F(0.006))
        return mix(tone, light, dark) * np.where(gap, F(0.45), F(1))[:, None]
    return texture


def tiles(a, b, size, joint, seed):
    """Square tiles; a and b alternate."""
    def texture(u, v):
        i, j = np.floor(u / size), np.floor(v / size)
        gap = (u / size - i < joint) | (v / size - j < joint)
        c = mix((i + j) % 2, a, b) * (F(0.93) + F(0.14) * lattice(i, j, seed))[:, None]
        return np.where(gap[:, None], F(0.35), c).astype(F)
    return texture


def stripes(a, b, period, duty=0.5, across=False):
    return lambda u, v: mix(((v if across else u) / period) % 1 < duty, a, b)


def rug(field, border, accent, hu, hv):
    """A rug of half size hu × hv: a border and rows of diamonds."""
    def texture(u, v):
        edge = np.minimum(hu - np.abs(u), hv - np.abs(v))
        d = np.abs((u / F(0.3)) % 1 - F(0.5)) + np.abs((v / F(0.3)) % 1 - F(0.5))
        c = mix((d < F(0.36)) & (d > F(0.2)), field, accent)
        c = np.where(((edge < F(0.16)) & (edge > F(0.05)))[:, None], np.asarray(border, F), c)
        return c * (F(0.9) + F(0.2) * noise(u * 70, v * 70, 3))[:, None]
    return texture


def painting(sky, land, far, seed):
    """A landscape in a frame, u and v about -0.5 … 0.5 of the picture's size."""
    def texture(u, v):
        hill = F(0.25) * noise(u * 6, u * 0, seed) - F(0.12)
        c = mix(np.clip(v * 2 + F(0.5), 0, 1), far, sky)
        c = np.where((v < hill)[:, None], np.asarray(far, F) * F(0.6), c)
        return np.where((v < hill * F(0.6) - F(0.12))[:, None], np.asarray(land, F) * (F(0.7) + F(0.6) * noise(u * 30, v * 30, seed))[:, None], c)
    return texture


def wood(light, dark, seed):
    return lambda u, v: mix(F(0.6) * noise(u * 3, v * 28, seed) + F(0.4) * noise(u * 10, v * 90, seed + 1), light, dark)


# ---------------------------------------------------------------- solids

class Solid:
    """A primitive with its texture.

    `returns`: share of the ToF spots that come back (0: black glass). `outside`: a view through a window, which has
    no depth in the ground truth either.
    """

    def __init__(self, texture, gloss=0.0, returns=1.0, glow=0.0, outside=False):
        self.texture, self.gloss, self.glow, self.outside = texture, gloss, glow, outside
        self.returns = 0.0 if outside else returns


class Box(Solid):
    """Centre, half sizes, yaw in degrees. `inside` makes it a room seen from within."""

    def __init__(self, centre, half, texture, yaw=0.0, inside=False, **kw):
        super().__init__(texture, **kw)
        self.c, self.h, self.inside = np.asarray(centre, F), np.asarray(half, F), inside
        self.cos, self.sin = F(math.cos(math.radians(yaw))), F(math.sin(math.radians(yaw)))

    def local(self, a):
        return np.stack((self.cos * a[:, 0] - self.sin * a[:, 2], a[:, 1], self.sin * a[:, 0] + self.cos * a[:, 2]), 1)

    def hit(self, o, d):
        o, d = self.local(o - self.c), self.local(d)
        d = np.where(np.abs(d) < F(1e-9), F(1e-9), d)
        inv = 1 / d
        a, b = -inv * o, np.abs(inv) * self.h
        near = np.maximum(np.maximum(a[:, 0] - b[:, 0], a[:, 1] - b[:, 1]), a[:, 2] - b[:, 2])
        far = np.minimum(np.minimum(a[:, 0] + b[:, 0], a[:, 1] + b[:, 1]), a[:, 2] + b[:, 2])
        t = far if self.inside else near
        return np.where((near < far) & (t > F(1e-4)), t, F(np.inf))

    def surface(self, p):
        """Outward normal (inward for a room) and texture coordinates in metres."""
        q = self.local(p - self.c)
        gap = np.abs(np.abs(q) - self.h)
        axis = np.argmin(gap, 1)
        n = np.zeros_like(q)
        rows = np.arange(len(q))
        n[rows, axis] = np.where(q[rows, axis] > 0, F(1), F(-1)) * (-1 if self.inside else 1)
        u = np.where(axis == 0, q[:, 2], q[:, 0])
        v = np.where(axis == 1, q[:, 2], q[:, 1])
        world = np.stack((self.cos * n[:, 0] + self.sin * n[:, 2], n[:, 1], -self.sin * n[:, 0] + self.cos * n[:, 2]), 1)
        return world, u, v


class Room(Box):
    """Axis-aligned room from `low` to `high`; textures for floor, ceiling and the four walls."""

    def __init__(self, low, high, floor, ceiling, walls):
        low, high = np.asarray(low, F), np.asarray(high, F)
        super().__init__((low + high) / 2, (high - low) / 2, None, inside=True)
        self.floor, self.ceiling, self.walls = floor, ceiling, walls

    def albedo(self, p, n, u, v):
        out = np.zeros((len(p), 3), F)
        for mask, texture in ((n[:, 1] > F(0.5), self.floor), (n[:, 1] < F(-0.5), self.ceiling), (np.abs(n[:, 1]) < F(0.5), self.walls)):
            if mask.any():
                out[mask] = texture(u[mask], v[mask])
        return out


class Sphere(Solid):
    def __init__(self, centre, radius, texture, **kw):
        super().__init__(texture, **kw)
        self.c, self.r = np.asarray(centre, F), F(radius)

    def hit(self, o, d):
        o = o - self.c
        b = dot(o, d)
        disc = b * b - dot(o, o) + self.r * self.r
        t = -b - np.sqrt(np.maximum(disc, 0))
        return np.where((disc > 0) & (t > F(1e-4)), t, F(np.inf))

    def surface(self, p):
        n = (p - self.c) / self.r
        return n, n[:, 0] * self.r, n[:, 1] * self.r


class Cylinder(Solid):
    """Vertical, from y0 to y1, closed; the radius goes from r0 at the foot to r1 at the top."""

    def __init__(self, x, z, y0, y1, r0, texture, r1=None, **kw):
        super().__init__(texture, **kw)
        self.x, self.z, self.y0, self.y1, self.r0 = F(x), F(z), F(y0), F(y1), F(r0)
        self.slope = F(((r0 if r1 is None else r1) - r0) / (y1 - y0))

    def hit(self, o, d):
        ox, oz, oy = o[:, 0] - self.x, o[:, 2] - self.z, o[:, 1] - self.y0
        k = self.slope
        r = self.r0 + k * oy
        a = d[:, 0] * d[:, 0] + d[:, 2] * d[:, 2] - k * k * d[:, 1] * d[:, 1]
        b = ox * d[:, 0] + oz * d[:, 2] - k * r * d[:, 1]
        c = ox * ox + oz * oz - r * r
        disc = b * b - a * c
        a = np.where(np.abs(a) < F(1e-9), F(1e-9), a)
        t = (-b - np.sqrt(np.maximum(disc, 0))) / a
        y = oy + t * d[:, 1]
        best = np.where((disc > 0) & (t > F(1e-4)) & (y >= 0) & (y <= self.y1 - self.y0), t, F(np.inf))
        dy = np.where(np.abs(d[:, 1]) < F(1e-9), F(1e-9), d[:, 1])
        for level, radius in ((F(0), self.r0), (self.y1 - self.y0, self.r0 + k * (self.y1 - self.y0))):
            t = (level - oy) / dy
            x, z = ox + t * d[:, 0], oz + t * d[:, 2]
            best = np.where((x * x + z * z < radius * radius) & (t > F(1e-4)) & (t < best), t, best)
        return best

    def surface(self, p):
        x, y, z = p[:, 0] - self.x, p[:, 1] - self.y0, p[:, 2] - self.z
        r = self.r0 + self.slope * y
        cap = np.minimum(np.abs(y), np.abs(y - (self.y1 - self.y0))) < np.abs(np.sqrt(x * x + z * z) - r)
        side = unit(np.stack((x, -self.slope * np.abs(r), z), 1))
        up = np.zeros_like(side)
        up[:, 1] = np.where(y * 2 > self.y1 - self.y0, F(1), F(-1))
        # around the axis: a rational stand-in for the angle, monotonic in each half
        around = np.where(z > 0, 1 - x / r, x / r - 1) * r
        return np.where(cap[:, None], up, side), around, y


class Lamp:
    """A rectangular light: centre, two half edges, radiance; shines to the side of edge_u × edge_v."""

    def __init__(self, centre, edge_u, edge_v, radiance):
        self.c, self.u, self.v = (np.asarray(a, F) for a in (centre, edge_u, edge_v))
        n = np.asarray(np.cross(np.asarray(edge_u, float), np.asarray(edge_v, float)))
        self.area = F(4 * math.sqrt(float((n * n).sum())))
        self.n, self.radiance = (n / math.sqrt(float((n * n).sum()))).astype(F), np.asarray(radiance, F)


# ---------------------------------------------------------------- light transport

class Scene:
    def __init__(self, size, eye, target, fov, solids, lamps, ambient, exposure):
        self.h, self.w = size
        self.eye = np.asarray(eye, F)
        z = np.asarray(target, float) - np.asarray(eye, float)
        z /= math.sqrt(float((z * z).sum()))
        x = np.cross((0.0, 1.0, 0.0), z)
        x /= math.sqrt(float((x * x).sum()))
        self.x, self.y, self.z = x.astype(F), np.cross(z, x).astype(F), z.astype(F)
        self.f = F(self.w / 2 / math.tan(math.radians(fov) / 2))
        self.solids, self.lamps = solids, lamps
        self.ambient, self.exposure = np.asarray(ambient, F), F(exposure)

    def rays(self, px, py):
        """Directions through image points (pixel centres at +0.5), z = 1 in the camera's frame."""
        a, b = (px - F(self.w / 2)) / self.f, (F(self.h / 2) - py) / self.f
        return a[:, None] * self.x + b[:, None] * self.y + self.z

    def nearest(self, o, d):
        best, which = np.full(len(d), np.inf, F), np.full(len(d), -1, np.int32)
        for i, s in enumerate(self.solids):
            t = s.hit(o, d)
            closer = t < best
            best, which = np.where(closer, t, best), np.where(closer, i, which)
        return best, which

    def blocked(self, o, d, limit):
        dark = np.zeros(len(d), bool)
        for s in self.solids:
            if s.glow == 0 and not getattr(s, "inside", False):  # a room is convex: it hides no lamp from itself
                dark |= s.hit(o, d) < limit
        return dark

    def shade(self, p, which):
        n, albedo, gloss, glow = np.zeros_like(p), np.zeros_like(p), np.zeros(len(p), F), np.zeros(len(p), F)
        for i in np.unique(which):
            m = which == i
            s = self.solids[i]
            n[m], u, v = s.surface(p[m])
            albedo[m] = s.albedo(p[m], n[m], u, v) if isinstance(s, Room) else s.texture(u, v)
            gloss[m], glow[m] = s.gloss, s.glow
        return n, albedo * albedo, gloss, glow  # textures are written as they look; light adds up in their squares

    def direct(self, p, n, toward, gloss, r1, r2):
        diffuse, shine = np.zeros_like(p), np.zeros_like(p)
        for k, lamp in enumerate(self.lamps):
            a, b = (r1 + F(0.381966 * k)) % 1, (r2 + F(0.618034 * k)) % 1
            q = lamp.c + (2 * a - 1)[:, None] * lamp.u + (2 * b - 1)[:, None] * lamp.v - p
            r = np.sqrt(dot(q, q))
            q = q / r[:, None]
            cos = np.maximum(dot(q, n), 0) * np.maximum(-dot(q, np.broadcast_to(lamp.n, q.shape)), 0)
            g = cos * lamp.area / np.maximum(r * r, F(0.15))
            lit = np.flatnonzero(g > 1e-5)
            g = g.copy()
            g[lit[self.blocked(p[lit] + n[lit] * F(2e-3), q[lit], r[lit] - F(0.02))]] = 0
            diffuse += g[:, None] * lamp.radiance
            half = dot(unit(q + toward), n)
            for _ in range(5):
                half = half * half  # a highlight of exponent 32
            shine += (g * half * gloss)[:, None] * lamp.radiance
        return diffuse, shine

    def radiance(self, o, d, r, sphere):
        d = unit(d)
        t, which = self.nearest(o, d)
        p = o + d * t[:, None]
        n, albedo, gloss, glow = self.shade(p, which)
        diffuse, shine = self.direct(p, n, -d, gloss, r[0], r[1])
        bounce = unit(n * F(1.001) + sphere)
        start = p + n * F(2e-3)
        t2, which2 = self.nearest(start, bounce)
        p2 = start + bounce * np.where(np.isfinite(t2), t2, F(0))[:, None]
        n2, albedo2, _, glow2 = self.shade(p2, np.maximum(which2, 0))
        diffuse2, _ = self.direct(p2, n2, -bounce, gloss * 0, r[2], r[3])
        indirect = albedo2 * (diffuse2 + self.ambient + np.minimum(glow2, F(0.5))[:, None])
        return albedo * (diffuse + indirect + glow[:, None]) + shine

    def render(self, rng, side):
        """Linear RGB, side² samples a pixel, each with low-discrepancy sequences of its own shift."""
        h, w, n = self.h, self.w, side * side
        circle = np.array([(math.cos(2 * math.pi * i / 512), math.sin(2 * math.pi * i / 512)) for i in range(512)], F)
        shift = rng.random((6, h * w)).astype(F)
        yy, xx = np.divmod(np.arange(h * w), w)
        out = np.zeros((h * w, 3), F)
        for s in range(n):
            r = [(shift[k] + F((s * a) % 1)) % 1 for k, a in enumerate((0.7548776662, 0.5698402910, 0.8191725134, 0.6710436067))]
            # a spiral of n points on the sphere for the bounces, turned and shifted at random in each pixel
            level = 2 * ((shift[4] + F((s + 0.5) / n)) % 1) - 1
            turn = circle[np.floor((shift[5] + F(s * 0.6180339887 % 1)) % 1 * 512).astype(np.int64) % 512]
            ring = np.sqrt(1 - level * level)
            ball = np.stack((ring * turn[:, 0], level, ring * turn[:, 1]), 1)
            px, py = xx + F((s % side + 0.5) / side), yy + F((s // side + 0.5) / side)
            for a in range(0, h * w, CHUNK):
                c = slice(a, min(a + CHUNK, h * w))
                d = self.rays(px[c].astype(F), py[c].astype(F))
                out[c] += np.minimum(self.radiance(np.broadcast_to(self.eye, d.shape), d, [x[c] for x in r], ball[c]) * self.exposure, F(4))
        return (out / F(n)).reshape(h, w, 3)

    def depth(self):
        """z of the surface behind each pixel's centre (0 outside a window), and the share of spots that come back from it."""
        yy, xx = np.divmod(np.arange(self.h * self.w), self.w)
        z, back = np.zeros(self.h * self.w, F), np.zeros(self.h * self.w, F)
        for a in range(0, len(z), CHUNK):
            c = slice(a, min(a + CHUNK, len(z)))
            d = self.rays((xx[c] + F(0.5)).astype(F), (yy[c] + F(0.5)).astype(F))
            length = np.sqrt(dot(d, d))
            t, which = self.nearest(np.broadcast_to(self.eye, d.shape), d / length[:, None])
            z[c] = np.where(np.array([s.outside for s in self.solids])[which], F(0), t / length)
            back[c] = np.array([s.returns for s in self.solids], F)[which]
        return z.reshape(self.h, self.w), back.reshape(self.h, self.w)


# ---------------------------------------------------------------- the camera and the ToF sensor

def photograph(rng, linear):
    """Shot and read noise, a shoulder for the highlights, square-root coding to 8 bits."""
    linear = linear + rng.standard_normal(linear.shape).astype(F) * np.sqrt(F(2.5e-4) * linear + F(4e-6))
    x = np.maximum(linear, 0)
    x = np.where(x > F(0.6), F(0.6) + (x - F(0.6)) / (1 + (x - F(0.6)) / F(0.4)), x)
    return np.floor(np.sqrt(x) * 255 + F(0.5)).clip(0, 255).astype(np.uint8)


def spots(rng, depth, back, stride, pincushion=3e-5, jitter=0.2, noise_share=0.01, gap=None):
    """Staggered grid, pincushion distortion about a point near the centre, jitter in pixels, noise of 1 % of the depth.

    gap = (top, left, bottom, right): a part of the field of view without spots.
    """
    h, w = depth.shape
    rows = np.arange(stride / 2, h, stride)
    y, x = [], []
    for i, row in enumerate(rows):
        cols = np.arange(stride / 2 + (stride / 2 if i % 2 else 0), w, stride)
        y.append(np.full(len(cols), row))
        x.append(cols)
    y, x = np.concatenate(y), np.concatenate(x)
    cy, cx = h / 2 + rng.uniform(-8, 8), w / 2 + rng.uniform(-8, 8)
    scale = 192 / h  # the distortion is that of a 192 rows high image
    r2 = ((y - cy) * (y - cy) + (x - cx) * (x - cx)) * scale * scale
    g = 1 + pincushion * r2
    y = np.floor((y - cy) * g + cy + rng.uniform(-jitter, jitter, len(y))).astype(int)
    x = np.floor((x - cx) * g + cx + rng.uniform(-jitter, jitter, len(x))).astype(int)
    error, lost = rng.normal(0, 1, len(y)), rng.random(len(y))
    reflectance = max(rng.normal(1, 1 / 3), 0.2)
    ok = (y >= 0) & (y < h) & (x >= 0) & (x < w)
    if gap:
        ok &= ~((y >= gap[0]) & (y < gap[2]) & (x >= gap[1]) & (x < gap[3]))
    y, x, error, lost = y[ok], x[ok], error[ok], lost[ok]
    z = depth[y, x]
    keep = lost < back[y, x]
    sparse = np.zeros_like(depth)
    sparse[y[keep], x[keep]] = (z * (1 + noise_share * reflectance * error))[keep].astype(F)
    return sparse


# ---------------------------------------------------------------- furniture

WHITE, BLACK, OAK, WALNUT = (.93, .92, .9), (.1, .1, .11), ((.78, .6, .42), (.62, .45, .29)), ((.5, .34, .22), (.34, .22, .14))


def table(x, z, top, half_x, half_z, texture, leg=0.025, yaw=0.0, thick=0.02, **kw):
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    parts = [Box((x, top - thick, z), (half_x, thick, half_z), texture, yaw=yaw, **kw)]
    for i in (-1, 1):
        for j in (-1, 1):
            a, b = i * (half_x - 2 * leg), j * (half_z - 2 * leg)
            parts.append(Box((x + c * a + s * b, (top - 2 * thick) / 2, z - s * a + c * b), (leg, (top - 2 * thick) / 2, leg), texture, yaw=yaw))
    return parts


def chair(x, z, yaw, texture, seat=0.45, size=0.21, back=0.9):
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))

    def at(a, b):
        return x + c * a + s * b, z - s * a + c * b
    parts = [Box((x, seat, z), (size, 0.02, size), texture, yaw=yaw)]
    for i in (-1, 1):
        lx, lz = at(i * (size - .02), -(size - .02))
        parts.append(Cylinder(lx, lz, 0, seat, .016, texture))
        lx, lz = at(i * (size - .02), size - .02)
        parts.append(Cylinder(lx, lz, 0, back, .016, texture))
    for y in (back - .05, back - .17, back - .29):
        bx, bz = at(0, size - .02)
        parts.append(Box((bx, y, bz), (size - .02, .03, .01), texture, yaw=yaw))
    return parts


def books(rng, x0, x1, y, z, depth, height, along_z=False):
    """A row of books standing on y from x0 to x1 (or along z)."""
    parts, at = [], x0
    palette = ((.62, .16, .14), (.15, .25, .45), (.86, .8, .66), (.2, .38, .28), (.82, .58, .18), (.3, .2, .3), (.9, .9, .88), (.12, .13, .15), (.45, .6, .7))
    while at < x1 - .03:
        t = float(rng.uniform(.012, .032))
        hgt, dep = float(height * rng.uniform(.62, .97)) / 2, float(depth * rng.uniform(.75, 1)) / 2
        c = palette[int(rng.integers(len(palette)))]
        texture = stripes(c, tuple(min(1, v * 1.5 + .1) for v in c), .11, .82, across=True)
        if rng.random() > .12:
            centre = (z, y + hgt, at + t) if along_z else (at + t, y + hgt, z)
            half = (dep, hgt, t * .96) if along_z else (t * .96, hgt, dep)
            parts.append(Box(centre, half, texture))
        at += 2 * t
    return parts


def shelf(rng, x, z, width, height, depth, levels, texture):
    """A bookcase against the wall behind it (its front looks to -z)."""
    parts = [Box((x + i * (width / 2 - .012), height / 2, z), (.012, height / 2, depth / 2), texture) for i in (-1, 1)]
    parts.append(Box((x, height / 2, z + depth / 2 - .005), (width / 2, height / 2, .005), texture))
    step = (height - .05) / levels
    for k in range(levels + 1):
        y = .03 + k * step
        parts.append(Box((x, y, z), (width / 2 - .02, .01, depth / 2 - .01), texture))
        if k < levels:
            span = width - .06
            end = x - span / 2 + span * float(rng.uniform(.5, 1))
            parts += books(rng, x - span / 2, end, y + .01, z - .02, depth * .7, step - .04)
    return parts


def picture(x, y, z, hw, hh, art, frame=(.2, .15, .1)):
    """Hangs on a wall that looks to -z."""
    return [Box((x, y, z), (hw + .025, hh + .025, .015), plain(frame)),
            Box((x, y, z - .004), (hw, hh, .015), lambda u, v: art(u / F(2 * hw), v / F(2 * hh)))]


def plant(rng, x, z, radius, height, foot=0.0):
    parts = [Cylinder(x, z, foot, foot + .3, .12, plain((.75, .72, .68)), r1=.16), Cylinder(x, z, foot + .28, foot + height * .6, .02, plain((.35, .27, .18)))]
    for _ in range(26):
        v = rng.normal(0, 1, 3)
        v = v / math.sqrt(float((v * v).sum())) * radius * float(rng.uniform(.55, 1))
        g = float(rng.uniform(.75, 1.15))
        parts.append(Sphere((x + v[0], foot + height * .72 + v[1] * 1.25, z + v[2]), radius * float(rng.uniform(.16, .3)), plain((.26 * g, .48 * g, .2 * g), .3, int(rng.integers(99)))))
    return parts


# ---------------------------------------------------------------- the three frames

def livingroom(rng):
    sofa, cushion = plain((.36, .47, .55), .07), plain((.86, .66, .3), .06)
    s = [Room((-2.6, 0, -2.2), (2.6, 2.6, 3.0), planks((.74, .57, .4), (.55, .39, .26), .14, 1.1, 5), plain(WHITE), plain((.84, .82, .76), .02))]
    s.append(Box((.15, .006, .95), (1.25, .006, .85), rug((.72, .3, .25), (.2, .24, .36), (.9, .82, .68), 1.25, .85)))
    s += [Box((.3, .2, 2.3), (1.05, .2, .42), sofa), Box((.3, .55, 2.68), (1.05, .32, .12), sofa),  # sofa: seat, back, arms, cushions
          Box((-.82, .32, 2.3), (.12, .32, .42), sofa), Box((1.42, .32, 2.3), (.12, .32, .42), sofa),
          Box((-.18, .44, 2.2), (.46, .05, .3), sofa), Box((.78, .44, 2.2), (.46, .05, .3), sofa),
          Box((-.42, .66, 2.42), (.2, .19, .06), cushion, yaw=18), Box((1.08, .65, 2.42), (.19, .18, .06), stripes((.9, .88, .82), (.25, .35, .45), .06), yaw=-16)]
    s += table(.25, 1.0, .42, .52, .3, wood(*WALNUT, 11), yaw=-8, gloss=.05)
    s += [Cylinder(.05, 1.02, .42, .62, .05, plain((.2, .42, .45)), r1=.075, gloss=.4), Sphere((.08, .72, 1.03), .07, plain((.8, .36, .4), .2)), Sphere((.0, .69, 1.0), .06, plain((.9, .75, .4), .2)),
          Sphere((.02, .75, 1.06), .05, plain((.3, .48, .24), .3)), Box((.5, .44, .95), (.13, .018, .09), plain((.7, .25, .2)), yaw=24), Box((.5, .468, .95), (.12, .012, .085), plain((.9, .88, .84)), yaw=9)]
    s += shelf(rng, -1.75, 2.83, 1.1, 2.0, .3, 5, wood(*OAK, 7))
    s += [Cylinder(1.95, 2.35, 0, .03, .15, plain(BLACK)), Cylinder(1.95, 2.35, 0, 1.45, .015, plain(BLACK)), Cylinder(1.95, 2.35, 1.4, 1.7, .22, plain((.98, .9, .74)), r1=.14, glow=.55)]
    s += picture(.0, 1.62, 2.985, .36, .25, painting((.6, .74, .88), (.42, .5, .24), (.7, .66, .62), 21)) + picture(.95, 1.66, 2.985, .19, .26, painting((.9, .62, .4), (.25, .25, .4), (.8, .5, .45), 4))
    s += plant(rng, 2.15, 1.35, .34, 1.25)
    s += [Cylinder(-1.35, 1.25, 0, .4, .3, stripes((.82, .74, .6), (.7, .6, .46), .05, .6, across=True)), Cylinder(-1.35, 1.25, .4, .44, .3, plain((.86, .78, .64), .08), r1=.27)]  # a pouf
    lamps = [Lamp((.2, 2.58, .6), (.5, 0, 0), (0, 0, .5), (2.0, 1.9, 1.75)), Lamp((-2.58, 1.5, -.6), (0, .6, 0), (0, 0, .8), (2.0, 2.3, 2.8))]
    return Scene((192, 256), (-.55, 1.5, -1.75), (.12, .82, 2.2), 66, s, lamps, (.2, .2, .21), 1.45), dict(stride=5.5)


def corridor(rng):
    s = [Room((-1.15, 0, -.6), (1.15, 2.6, 6.4), tiles((.82, .79, .72), (.42, .46, .5), .38, .02, 3), plain(WHITE), plain((.86, .84, .8), .02))]
    door, frame_ = wood((.66, .5, .36), (.52, .37, .25), 31), plain((.92, .91, .88))
    for side, z in ((-1, 1.7), (1, 2.6), (-1, 4.3), (1, 5.2)):
        x = side * 1.15
        s += [Box((x, 1.03, z), (.02, 1.03, .43), door), Box((x, 2.1, z), (.04, .05, .53), frame_), Box((x, 1.05, z - .48), (.04, 1.05, .05), frame_), Box((x, 1.05, z + .48), (.04, 1.05, .05), frame_),
              Sphere((x - side * .06, 1.02, z - .33), .03, plain((.8, .75, .55)), gloss=.6)]
    s += [Box((0, 1.03, 6.39), (.42, 1.03, .02), plain((.3, .4, .5))), Box((0, 2.1, 6.39), (.52, .05, .03), frame_), Box((-.47, 1.05, 6.39), (.05, 1.05, .03), frame_), Box((.47, 1.05, 6.39), (.05, 1.05, .03), frame_)]
    s.append(Box((0, .005, 3.1), (.36, .005, 1.9), rug((.32, .4, .42), (.7, .62, .48), (.62, .3, .26), .36, 1.9)))
    s += [Box((-1.15, .06, 3.0), (.015, .06, 3.6), frame_), Box((1.15, .06, 3.0), (.015, .06, 3.6), frame_)]  # skirting boards
    for k in range(9):  # a radiator
        s.append(Box((1.08, .42, 1.1 + k * .09), (.05, .3, .032), plain((.9, .9, .88)), gloss=.1))
    s += table(-.93, 3.05, .78, .18, .45, wood(*OAK, 13), leg=.018)
    s += [Cylinder(-.93, 3.2, .78, 1.08, .06, plain((.24, .36, .55)), r1=.09, gloss=.5), Sphere((-.93, 1.2, 3.2), .13, plain((.75, .3, .35), .35, 8)), Box((-.93, .82, 2.82), (.1, .035, .14), plain((.85, .8, .7)), yaw=20)]
    s += chair(.74, 4.15, -65, wood(*WALNUT, 17))
    s += plant(rng, -.78, 5.75, .3, 1.15)
    s += [Cylinder(.8, 1.95, 0, .55, .13, stripes((.72, .66, .5), (.5, .45, .33), .05, across=True), r1=.17)]  # an umbrella stand and two umbrellas
    s += [Cylinder(.77, 1.93, .1, .86, .012, plain((.2, .15, .12))), Cylinder(.84, 1.99, .1, .8, .014, plain((.5, .15, .15)))]
    s += [Box((-1.13, 1.62, 2.75), (.015, .24, .18), stripes((.8, .5, .3), (.3, .4, .5), .09)), Box((-1.13, 1.62, 3.35), (.015, .24, .18), stripes((.85, .82, .6), (.4, .55, .45), .07, across=True))]
    s += [Box((.7, .17, 3.25), (.2, .17, .15), plain((.72, .56, .38), .06), yaw=15), Box((.72, .42, 3.26), (.15, .08, .12), plain((.78, .62, .43), .06), yaw=-12)]
    for z in (1.0, 3.4, 5.6):
        s.append(Box((0, 2.58, z), (.16, .02, .3), plain((1, 1, 1)), glow=1.3))
    lamps = [Lamp((0, 2.55, z), (.16, 0, 0), (0, 0, .3), (6.2, 6.0, 5.4)) for z in (1.0, 3.4, 5.6)]
    return Scene((384, 512), (.22, 1.48, -.5), (-.08, 1.0, 4.0), 64, s, lamps, (.22, .22, .22), 1.1), dict(stride=8)


def desk(rng):
    sky = lambda u, v: mix(np.clip(v * F(.9) + F(.45), 0, 1), (.86, .9, .93), (.55, .72, .93)) * np.where((v < F(-.28) + F(.3) * noise(u * 5, u * 0, 9))[:, None], np.asarray((.45, .55, .4), F), F(1))
    s = [Room((-2.0, 0, -1.6), (2.0, 2.6, 1.9), planks((.6, .48, .38), (.46, .35, .27), .12, .9, 8), plain(WHITE), plain((.76, .8, .8), .02))]
    white = plain((.92, .92, .9))
    s += [Box((-.85, 1.62, 1.9), (.55, .62, .012), sky, glow=1.1, outside=True), Box((-.85, 1.62, 1.88), (.025, .62, .025), white)]  # a window in its frame
    s += [Box((-.85, y, 1.88), (.62, .035, .035), white) for y in (.98, 2.26)] + [Box((x, 1.62, 1.88), (.035, .66, .035), white) for x in (-1.43, -.27)]
    s += table(-.05, 1.45, .74, .95, .38, wood(*OAK, 19), leg=.028)
    s += [Box((.1, 1.12, 1.62), (.36, .21, .015), lambda u, v: np.broadcast_to(np.asarray((.2, .21, .23), F), (len(u), 3)), returns=0, gloss=.25),  # a monitor that is off
          Box((.1, 1.12, 1.64), (.375, .225, .012), plain(BLACK)), Cylinder(.1, 1.63, .74, .95, .022, plain((.2, .2, .21))), Box((.1, .747, 1.6), (.14, .007, .1), plain((.2, .2, .21)))]
    s += [Box((.08, .752, 1.28), (.22, .01, .075), stripes((.82, .82, .8), (.55, .55, .55), .032, .8), yaw=3), Box((.42, .755, 1.27), (.03, .014, .05), plain((.25, .25, .27)), yaw=-8)]
    s += books(rng, -.92, -.58, .74, 1.62, .2, .3)
    s += [Cylinder(.68, 1.5, .74, .77, .09, plain((.75, .2, .16)), gloss=.2), Cylinder(.68, 1.5, .75, 1.22, .011, plain((.6, .6, .6))), Cylinder(.62, 1.46, 1.16, 1.32, .11, plain((.75, .2, .16)), r1=.05, gloss=.3)]
    s += [Cylinder(-.42, 1.3, .74, .84, .04, plain((.93, .92, .88)), gloss=.3), Box((-.62, .75, 1.22), (.105, .008, .15), plain((.95, .95, .93)), yaw=-15), Box((-.62, .762, 1.22), (.1, .005, .145), stripes((.95, .95, .93), (.75, .76, .78), .016, .7, across=True), yaw=-9)]
    s += chair(.15, .78, 200, plain((.25, .3, .36)), seat=.46, size=.22, back=.94)
    s += shelf(rng, 1.42, 1.74, .85, 1.85, .28, 5, wood((.85, .83, .8), (.76, .74, .7), 2))
    s += [Cylinder(-1.45, 1.1, 0, .34, .15, plain((.35, .37, .4)), r1=.19), Box((-1.62, .3, 1.62), (.24, .3, .2), plain((.7, .56, .4), .07), yaw=12)]
    s += picture(.55, 1.85, 1.885, .3, .22, painting((.75, .8, .6), (.7, .35, .25), (.5, .6, .65), 12), (.85, .84, .8))
    s.append(Box((-.2, .006, .5), (1.1, .006, .7), stripes((.62, .66, .62), (.8, .79, .72), .12)))
    lamps = [Lamp((.3, 2.58, .1), (.45, 0, 0), (0, 0, .45), (2.3, 2.2, 2.0)), Lamp((-.85, 1.62, 1.87), (.0, .6, 0), (.52, 0, 0), (1.9, 2.2, 2.6))]
    return Scene((192, 256), (.25, 1.52, -1.4), (-.05, .98, 1.5), 64, s, lamps, (.24, .24, .25), 1.3), dict(stride=5.5, gap=(138, 36, 180, 100))


FRAMES = {"livingroom": (livingroom, 1, 7), "corridor": (corridor, 2, 4), "desk": (desk, 3, 7)}  # builder, seed, samples a pixel side


def main(names):
    kind = [cv2.IMWRITE_EXR_TYPE, cv2.IMWRITE_EXR_TYPE_FLOAT, cv2.IMWRITE_EXR_COMPRESSION, cv2.IMWRITE_EXR_COMPRESSION_ZIP]
    for name in names or FRAMES:
        build, seed, side = FRAMES[name]
        rng = np.random.default_rng(seed)
        scene, sensor = build(rng)
        rgb = photograph(rng, scene.render(rng, side))
        depth, back = scene.depth()
        sparse = spots(rng, depth, back, **sensor)
        cv2.imwrite(os.path.join(HERE, f"{name}_rgb.png"), rgb[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
        cv2.imwrite(os.path.join(HERE, f"{name}_sparse.exr"), sparse, kind)
        cv2.imwrite(os.path.join(HERE, f"{name}_depth.exr"), depth, kind)
        print(f"{name}: {scene.h}x{scene.w}, {(sparse > 0).sum()} spots, depth {depth[depth > 0].min():.2f} to {depth.max():.2f} m, {(back == 0).mean():.1%} without returns")


if __name__ == "__main__":
    main(sys.argv[1:])
