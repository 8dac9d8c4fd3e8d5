// Conv3x3Stride2.Conv3x3Stride2Kernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Across;
    ConvEnd To;
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
    Sums sums = Sums_get_Zero();
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
                sums = Sums_Add(sums, weights[k], weights[k + 1], t);
                t = (float4)(m.xz, b.xz);
                sums = Sums_Add(sums, weights[k + 2], weights[k + 3], t);
                t = (float4)(m.yw, b.yw);
                sums = Sums_Add(sums, weights[k + 4], weights[k + 5], t);
            }
        }
    }
    int o = 8 * (int)get_group_id(1);
    Epilogue_Store(bias, bias, r, y, s.To, o, i, j, sums);
}
