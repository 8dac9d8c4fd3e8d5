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
    int pi = top + ty;
    int pj = left + tx;
    int at = 0;
    float centre = 0.0f;
    Ring one = (Ring){0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    Ring two = one;
    Ring three = one;
    bool inside = pi >= 0 && pi < s.Height && pj >= 0 && pj < s.Width;
    if (inside)
    {
        at = s.Layout.Origin + pi * s.Layout.Row + pj;
        if (depth[at] > 0.0f)
        {
            centre = 1.0f;
        }
        else
        {
            float s0 = 1.0f;
            float s1 = 0.0f;
            float s2 = 0.0f;
            if (n > 1)
            {
                float f0 = f[at];
                float f1 = f[at + s.Layout.Plane];
                float f2 = n > 2 ? f[at + 2 * s.Layout.Plane] : f0;
                float highest = f0 > f1 ? f0 : f1;
                highest = f2 > highest ? f2 : highest;
                s0 = exp(f0 - highest);
                s1 = exp(f1 - highest);
                s2 = n > 2 ? exp(f2 - highest) : 0.0f;
                float total = s0 + s1 + s2;
                s0 /= total;
                s1 /= total;
                s2 /= total;
            }
            one = Ring_Of(g, at, s.Layout.Plane, s0);
            centre = one.Centre;
            if (n > 1)
            {
                two = Ring_Of(g, at + 9 * s.Layout.Plane, s.Layout.Plane, s1);
                centre += two.Centre;
            }
            if (n > 2)
            {
                three = Ring_Of(g, at + 18 * s.Layout.Plane, s.Layout.Plane, s2);
                centre += three.Centre;
            }
        }
    }
    int from = (ty + n) * pitch + tx + n;
    int to = from + plane;
    float result = 0.0f;
    for (int t = 0; t < s.Iterations; t++)
    {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        result = Ring_Around_l(one, shared, from, pitch, 1, centre * shared[from]);
        if (n > 1)
        {
            result = Ring_Around_l(two, shared, from, pitch, 2, result);
        }
        if (n > 2)
        {
            result = Ring_Around_l(three, shared, from, pitch, 3, result);
        }
        shared[to] = result;
        int v0 = from;
        from = to;
        to = v0;
    }
    if (inside && tx >= halo && tx < s.Columns - halo && ty >= halo && ty < s.Rows - halo)
    {
        yTo[at] = result;
    }
}
