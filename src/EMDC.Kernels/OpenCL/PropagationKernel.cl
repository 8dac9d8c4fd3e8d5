// Propagation.PropagationKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

__kernel void PropagationKernel(
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
    int top = (int)get_group_id(0) / s.TilesAcross * (s.Rows - 2 * halo) - halo;
    int left = (int)get_group_id(0) % s.TilesAcross * (s.Columns - 2 * halo) - halo;
    Propagation_Fill_gl(y, shared, s, top, left, pitch, plane);
    Affinities a = Affinities_Of(g, f, depth, s, top + ty, left + tx);
    int from = (ty + n) * pitch + tx + n;
    int to = from + plane;
    float result = 0.0f;
    for (int t = 0; t < s.Iterations; t++)
    {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        result = Ring_Around_l(a.One, shared, from, pitch, 1, a.Centre * shared[from]);
        if (n > 1)
        {
            result = Ring_Around_l(a.Two, shared, from, pitch, 2, result);
        }
        if (n > 2)
        {
            result = Ring_Around_l(a.Three, shared, from, pitch, 3, result);
        }
        shared[to] = result;
        int v0 = from;
        from = to;
        to = v0;
    }
    Propagation_Store(yTo, s, halo, top, left, ty, tx, result);
}
