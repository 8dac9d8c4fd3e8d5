// PropagationWide.PropagationWideKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

static inline float4 PropagationWide_Shares(__global float *f, __global float *depth, PropagationShape s, int i, int j)
{
    if (i < 0 || i >= s.Height || j < 0 || j >= s.Width)
    {
        return (float4)(0.0f);
    }
    int n = s.Dilations;
    int at = s.Layout.Origin + i * s.Layout.Row + j;
    int plane = s.Layout.Plane;
    if (depth[at] > 0.0f)
    {
        return (float4)(0.0f, 0.0f, 0.0f, 1.0f);
    }
    if (n == 1)
    {
        return (float4)(1.0f, 0.0f, 0.0f, 0.0f);
    }
    float f0 = f[at];
    float f1 = f[at + plane];
    float f2 = n > 2 ? f[at + 2 * plane] : f0;
    float highest = f0 > f1 ? f0 : f1;
    highest = f2 > highest ? f2 : highest;
    float s1 = exp(f1 - highest);
    float s2 = n > 2 ? exp(f2 - highest) : 0.0f;
    float v0 = exp(f0 - highest);
    float total = v0 + s1 + s2;
    return (float4)(v0 / total, s1 / total, s2 / total, 0.0f);
}

static inline void PropagationWide_Store(__global float *yTo, PropagationShape s, int halo, int at, int top, int left, int ty, int tx, float result)
{
    int i = top + ty;
    int j = left + tx;
    if (i >= 0 && i < s.Height && j >= 0 && j < s.Width && tx >= halo && tx < s.Columns - halo && ty >= halo && ty < s.Rows - halo)
    {
        yTo[at] = result;
    }
}

__kernel void PropagationWideKernel(
    __global float *g, int g_offset, int g_length,
    __global float *f, int f_offset, int f_length,
    __global float *depth, int depth_offset, int depth_length,
    __global float *y, int y_offset, int y_length,
    __global float *yTo, int yTo_offset, int yTo_length,
    PropagationShape s)
{
    __local float shared[2888];
    g += g_offset;
    f += f_offset;
    depth += depth_offset;
    y += y_offset;
    yTo += yTo_offset;
    int n = s.Dilations;
    int halo = (s.Iterations - 1) * n;
    int pitch = s.Columns + 2 * n;
    int plane = pitch * (s.Rows + 2 * n);
    int ty = (int)get_local_id(0) / s.Columns;
    int tx = (int)get_local_id(0) - ty * s.Columns;
    int quarter = s.Rows / 4;
    int next = quarter * pitch;
    int top = (int)get_group_id(0) / s.TilesAcross * (s.Rows - 2 * halo) - halo;
    int left = (int)get_group_id(0) % s.TilesAcross * (s.Columns - 2 * halo) - halo;
    Propagation_Fill_gl(y, shared, s, top, left, pitch, plane);
    float4 sa = PropagationWide_Shares(f, depth, s, top + ty, left + tx);
    float4 sb = PropagationWide_Shares(f, depth, s, top + ty + quarter, left + tx);
    float4 sc = PropagationWide_Shares(f, depth, s, top + ty + 2 * quarter, left + tx);
    float4 sd = PropagationWide_Shares(f, depth, s, top + ty + 3 * quarter, left + tx);
    int at = s.Layout.Origin + (top + ty) * s.Layout.Row + (left + tx);
    int step = quarter * s.Layout.Row;
    int ring = 9 * s.Layout.Plane;
    Ring a1 = (Ring){0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    Ring a2 = a1;
    Ring a3 = a1;
    Ring b1 = a1;
    Ring b2 = a1;
    Ring b3 = a1;
    Ring c1 = a1;
    Ring c2 = a1;
    Ring c3 = a1;
    Ring d1 = a1;
    Ring d2 = a1;
    Ring d3 = a1;
    if (sa.x + sa.y + sa.z != 0.0f)
    {
        a1 = Ring_Of(g, at, s.Layout.Plane, sa.x);
        if (n > 1)
        {
            a2 = Ring_Of(g, at + ring, s.Layout.Plane, sa.y);
        }
        if (n > 2)
        {
            a3 = Ring_Of(g, at + 2 * ring, s.Layout.Plane, sa.z);
        }
    }
    if (sb.x + sb.y + sb.z != 0.0f)
    {
        b1 = Ring_Of(g, at + step, s.Layout.Plane, sb.x);
        if (n > 1)
        {
            b2 = Ring_Of(g, at + step + ring, s.Layout.Plane, sb.y);
        }
        if (n > 2)
        {
            b3 = Ring_Of(g, at + step + 2 * ring, s.Layout.Plane, sb.z);
        }
    }
    if (sc.x + sc.y + sc.z != 0.0f)
    {
        c1 = Ring_Of(g, at + 2 * step, s.Layout.Plane, sc.x);
        if (n > 1)
        {
            c2 = Ring_Of(g, at + 2 * step + ring, s.Layout.Plane, sc.y);
        }
        if (n > 2)
        {
            c3 = Ring_Of(g, at + 2 * step + 2 * ring, s.Layout.Plane, sc.z);
        }
    }
    if (sd.x + sd.y + sd.z != 0.0f)
    {
        d1 = Ring_Of(g, at + 3 * step, s.Layout.Plane, sd.x);
        if (n > 1)
        {
            d2 = Ring_Of(g, at + 3 * step + ring, s.Layout.Plane, sd.y);
        }
        if (n > 2)
        {
            d3 = Ring_Of(g, at + 3 * step + 2 * ring, s.Layout.Plane, sd.z);
        }
    }
    float ca = sa.w + a1.Centre + a2.Centre + a3.Centre;
    float ra = 0.0f;
    float cb = sb.w + b1.Centre + b2.Centre + b3.Centre;
    float rb = 0.0f;
    float cc = sc.w + c1.Centre + c2.Centre + c3.Centre;
    float rc = 0.0f;
    float cd = sd.w + d1.Centre + d2.Centre + d3.Centre;
    float rd = 0.0f;
    int from = (ty + n) * pitch + tx + n;
    int to = from + plane;
    for (int t = 0; t < s.Iterations; t++)
    {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        ra = Ring_Around_l(a1, shared, from, pitch, 1, ca * shared[from]);
        rb = Ring_Around_l(b1, shared, from + next, pitch, 1, cb * shared[from + next]);
        rc = Ring_Around_l(c1, shared, from + 2 * next, pitch, 1, cc * shared[from + 2 * next]);
        rd = Ring_Around_l(d1, shared, from + 3 * next, pitch, 1, cd * shared[from + 3 * next]);
        if (n > 1)
        {
            ra = Ring_Around_l(a2, shared, from, pitch, 2, ra);
            rb = Ring_Around_l(b2, shared, from + next, pitch, 2, rb);
            rc = Ring_Around_l(c2, shared, from + 2 * next, pitch, 2, rc);
            rd = Ring_Around_l(d2, shared, from + 3 * next, pitch, 2, rd);
        }
        if (n > 2)
        {
            ra = Ring_Around_l(a3, shared, from, pitch, 3, ra);
            rb = Ring_Around_l(b3, shared, from + next, pitch, 3, rb);
            rc = Ring_Around_l(c3, shared, from + 2 * next, pitch, 3, rc);
            rd = Ring_Around_l(d3, shared, from + 3 * next, pitch, 3, rd);
        }
        shared[to] = ra;
        shared[to + next] = rb;
        shared[to + 2 * next] = rc;
        shared[to + 3 * next] = rd;
        int v0 = from;
        from = to;
        to = v0;
    }
    PropagationWide_Store(yTo, s, halo, at, top, left, ty, tx, ra);
    PropagationWide_Store(yTo, s, halo, at + step, top, left, ty + quarter, tx, rb);
    PropagationWide_Store(yTo, s, halo, at + 2 * step, top, left, ty + 2 * quarter, tx, rc);
    PropagationWide_Store(yTo, s, halo, at + 3 * step, top, left, ty + 3 * quarter, tx, rd);
}
