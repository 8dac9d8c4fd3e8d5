// PropagationWide.PropagationWideKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

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
    Affinities a = Affinities_Of(g, f, depth, s, top + ty, left + tx);
    Affinities b = Affinities_Of(g, f, depth, s, top + ty + quarter, left + tx);
    Affinities c = Affinities_Of(g, f, depth, s, top + ty + 2 * quarter, left + tx);
    Affinities d = Affinities_Of(g, f, depth, s, top + ty + 3 * quarter, left + tx);
    float ra = 0.0f;
    float rb = 0.0f;
    float rc = 0.0f;
    float rd = 0.0f;
    int from = (ty + n) * pitch + tx + n;
    int to = from + plane;
    for (int t = 0; t < s.Iterations; t++)
    {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        ra = Ring_Around_l(a.One, shared, from, pitch, 1, a.Centre * shared[from]);
        rb = Ring_Around_l(b.One, shared, from + next, pitch, 1, b.Centre * shared[from + next]);
        rc = Ring_Around_l(c.One, shared, from + 2 * next, pitch, 1, c.Centre * shared[from + 2 * next]);
        rd = Ring_Around_l(d.One, shared, from + 3 * next, pitch, 1, d.Centre * shared[from + 3 * next]);
        if (n > 1)
        {
            ra = Ring_Around_l(a.Two, shared, from, pitch, 2, ra);
            rb = Ring_Around_l(b.Two, shared, from + next, pitch, 2, rb);
            rc = Ring_Around_l(c.Two, shared, from + 2 * next, pitch, 2, rc);
            rd = Ring_Around_l(d.Two, shared, from + 3 * next, pitch, 2, rd);
        }
        if (n > 2)
        {
            ra = Ring_Around_l(a.Three, shared, from, pitch, 3, ra);
            rb = Ring_Around_l(b.Three, shared, from + next, pitch, 3, rb);
            rc = Ring_Around_l(c.Three, shared, from + 2 * next, pitch, 3, rc);
            rd = Ring_Around_l(d.Three, shared, from + 3 * next, pitch, 3, rd);
        }
        shared[to] = ra;
        shared[to + next] = rb;
        shared[to + 2 * next] = rc;
        shared[to + 3 * next] = rd;
        int v0 = from;
        from = to;
        to = v0;
    }
    Propagation_Store(yTo, s, halo, top, left, ty, tx, ra);
    Propagation_Store(yTo, s, halo, top, left, ty + quarter, tx, rb);
    Propagation_Store(yTo, s, halo, top, left, ty + 2 * quarter, tx, rc);
    Propagation_Store(yTo, s, halo, top, left, ty + 3 * quarter, tx, rd);
}
