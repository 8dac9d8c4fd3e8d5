// Conv3x3Stride2.Conv3x3Stride2Kernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Across;
    Output To;
} Conv3x3Stride2Shape;

__kernel void Conv3x3Stride2Kernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    Conv3x3Stride2Shape s)
{
    __local float4 weights[576];
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    r += r_offset;
    y += y_offset;
    int v0 = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = v0 / s.Across;
    int j = v0 - i * s.Across;
    Layout v1 = s.X;
    int start = v1.Origin + 2 * (i < s.To.Height ? i : s.To.Height - 1) * v1.Row + 2 * j - s.X.Row - 1;
    int firstWeight = (int)get_group_id(1) * s.InChannels * 18;
    float4 y0 = (float4)(0.0f);
    float4 y1 = y0;
    float4 y2 = y0;
    float4 y3 = y0;
    float4 y4 = y0;
    float4 y5 = y0;
    float4 y6 = y0;
    float4 y7 = y0;
    for (int first = 0; first < s.InChannels; first += 32)
    {
        int count = s.InChannels - first < 32 ? s.InChannels - first : 32;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int e = (int)get_local_id(0); e < count * 18; e += (int)get_local_size(0))
        {
            weights[e] = w[firstWeight + first * 18 + e];
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int c = 0; c < count; c++, start += s.X.Plane)
        {
            int at = start;
            int k = c * 18;
            for (int u = 0; u < 3; u++, at += s.X.Row, k += 6)
            {
                float4 a = x[at];
                float4 m = x[at + 1];
                float4 b = x[at + 2];
                float4 t = (float4)(a.w, m.yw, b.y);
                float4 v = weights[k];
                float4 q = weights[k + 1];
                y0 = v.x * t + y0;
                y1 = v.y * t + y1;
                y2 = v.z * t + y2;
                y3 = v.w * t + y3;
                y4 = q.x * t + y4;
                y5 = q.y * t + y5;
                y6 = q.z * t + y6;
                y7 = q.w * t + y7;
                t = (float4)(m.xz, b.xz);
                v = weights[k + 2];
                q = weights[k + 3];
                y0 = v.x * t + y0;
                y1 = v.y * t + y1;
                y2 = v.z * t + y2;
                y3 = v.w * t + y3;
                y4 = q.x * t + y4;
                y5 = q.y * t + y5;
                y6 = q.z * t + y6;
                y7 = q.w * t + y7;
                t = (float4)(m.yw, b.yw);
                v = weights[k + 4];
                q = weights[k + 5];
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
    }
    int o = 8 * (int)get_group_id(1);
    Epilogue_Store(bias, bias, r, y, s.To, o, i, j, y0, y1);
    Epilogue_Store(bias, bias, r, y, s.To, o + 2, i, j, y2, y3);
    Epilogue_Store(bias, bias, r, y, s.To, o + 4, i, j, y4, y5);
    Epilogue_Store(bias, bias, r, y, s.To, o + 6, i, j, y6, y7);
}
