// Conv3x3Direct.Conv3x3DirectKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Across;
    ConvEnd To;
} Conv3x3DirectShape;

__kernel void Conv3x3DirectKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float *slope, int slope_offset, int slope_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    Conv3x3DirectShape s)
{
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    slope += slope_offset;
    r += r_offset;
    y += y_offset;
    int v0 = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = v0 / s.Across;
    int j = v0 - i * s.Across;
    int o = 8 * (int)get_group_id(1);
    if (i < s.To.Height)
    {
        int plane = s.X.Origin + i * s.X.Row + j - s.X.Row - 1;
        int k = (int)get_group_id(1) * s.InChannels * 18;
        Sums sums = Sums_get_Zero();
        for (int c = 0; c < s.InChannels; c++, plane += s.X.Plane)
        {
            int at = plane;
            for (int u = 0; u < 3; u++, at += s.X.Row, k += 6)
            {
                float4 a = x[at];
                float4 m = x[at + 1];
                float4 b = x[at + 2];
                float4 t = (float4)(a.w, m.xyz);
                sums = Sums_Add(sums, w[k], w[k + 1], t);
                sums = Sums_Add(sums, w[k + 2], w[k + 3], m);
                t = (float4)(m.yzw, b.x);
                sums = Sums_Add(sums, w[k + 4], w[k + 5], t);
            }
        }
        Epilogue_Store(bias, slope, r, y, s.To, o, i, j, sums);
    }
}
