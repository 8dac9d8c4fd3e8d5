// Conv3x3Direct.Conv3x3DirectKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Across;
    Output To;
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
        float4 y0 = (float4)(0.0f);
        float4 y1 = y0;
        float4 y2 = y0;
        float4 y3 = y0;
        float4 y4 = y0;
        float4 y5 = y0;
        float4 y6 = y0;
        float4 y7 = y0;
        for (int c = 0; c < s.InChannels; c++, plane += s.X.Plane)
        {
            int at = plane;
            for (int u = 0; u < 3; u++, at += s.X.Row, k += 6)
            {
                float4 a = x[at];
                float4 m = x[at + 1];
                float4 b = x[at + 2];
                float4 t = (float4)(a.w, m.xyz);
                float4 v = w[k];
                float4 q = w[k + 1];
                y0 = v.x * t + y0;
                y1 = v.y * t + y1;
                y2 = v.z * t + y2;
                y3 = v.w * t + y3;
                y4 = q.x * t + y4;
                y5 = q.y * t + y5;
                y6 = q.z * t + y6;
                y7 = q.w * t + y7;
                v = w[k + 2];
                q = w[k + 3];
                y0 = v.x * m + y0;
                y1 = v.y * m + y1;
                y2 = v.z * m + y2;
                y3 = v.w * m + y3;
                y4 = q.x * m + y4;
                y5 = q.y * m + y5;
                y6 = q.z * m + y6;
                y7 = q.w * m + y7;
                t = (float4)(m.yzw, b.x);
                v = w[k + 4];
                q = w[k + 5];
                y0 = v.x * t + y0;
                y1 = v.y * t + y1;
                y2 = v.z * t + y2;
                y3 = v.w * t + y3;
                y4 = q.x * t + y4;
                y5 = q.y * t + y5;
                y6 = q.z * t + y6;
                y7 = q.w * t + y7;
            }
        }
        Epilogue_Store(bias, slope, r, y, s.To, o, i, j, y0, y1);
        Epilogue_Store(bias, slope, r, y, s.To, o + 2, i, j, y2, y3);
        Epilogue_Store(bias, slope, r, y, s.To, o + 4, i, j, y4, y5);
        Epilogue_Store(bias, slope, r, y, s.To, o + 6, i, j, y6, y7);
    }
}
