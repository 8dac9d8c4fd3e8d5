// Pointwise.PointwiseKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Units;
    int Splits;
    int Across;
    ConvEnd To;
} PointwiseShape;

__kernel void PointwiseKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    PointwiseShape s)
{
    __local float4 shared[2048];
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    r += r_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int split = thread / s.Units;
    int p = thread - split * s.Units;
    int unit = (int)get_group_id(0) * s.Units + p;
    int i = unit / s.Across;
    int j = unit - i * s.Across;
    Layout v0 = s.X;
    int at = v0.Origin + (i < s.To.Height ? i : s.To.Height - 1) * v0.Row + j;
    int share = (s.InChannels + s.Splits - 1) / s.Splits;
    int c = split * share;
    int last = c + share < s.InChannels ? c + share : s.InChannels;
    int k = ((int)get_group_id(1) * s.InChannels + c) * 2;
    at += c * s.X.Plane;
    Sums sums = Pointwise_Multiply(x, at, s.X.Plane, w, k, last - c);
    int o = 8 * (int)get_group_id(1);
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, bias, r, y, s.To, o, i, j, sums);
        return;
    }
    SplitSum_Put_l(shared, thread, threads, sums);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * s.Units; e += threads)
    {
        int pair = e / s.Units;
        int q = e - pair * s.Units;
        unit = (int)get_group_id(0) * s.Units + q;
        i = unit / s.Across;
        float4 even = SplitSum_Get_l(shared, 2 * pair, q, s.Units, threads, s.Splits);
        float4 odd = SplitSum_Get_l(shared, 2 * pair + 1, q, s.Units, threads, s.Splits);
        Epilogue_Store2(bias, bias, r, y, s.To, o + 2 * pair, i, unit - i * s.Across, even, odd);
    }
}
