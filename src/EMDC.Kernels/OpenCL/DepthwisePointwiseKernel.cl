// DepthwisePointwise.DepthwisePointwiseKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int Channels;
    DepthwiseShape Depthwise;
    int Units;
    int Blocks;
    int Splits;
    int Chunk;
    ConvEnd To;
} DepthwisePointwiseShape;

__kernel void DepthwisePointwiseKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float4 *m, int m_offset, int m_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    DepthwisePointwiseShape s)
{
    __local float4 shared[2048];
    x += x_offset;
    w += w_offset;
    m += m_offset;
    bias += bias_offset;
    r += r_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int outputs = s.Units * s.Blocks;
    int split = thread / outputs;
    int v0 = thread - split * outputs;
    int block = v0 / s.Units;
    int p = v0 - block * s.Units;
    int b = (int)get_group_id(1) * s.Blocks + block;
    int blocks = (s.To.Channels + 7) / 8;
    int weights = (b < blocks ? b : blocks - 1) * s.Channels * 2;
    int firstUnit = (int)get_group_id(0) * s.Units;
    Sums sums = Sums_get_Zero();
    for (int first = 0; first < s.Channels; first += s.Chunk)
    {
        int count = s.Channels - first < s.Chunk ? s.Channels - first : s.Chunk;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int e = thread; e < count * s.Units; e += threads)
        {
            int c = e / s.Units;
            int unit = firstUnit + e - c * s.Units;
            int i = unit / s.Depthwise.Across;
            float4 t = (float4)(0.0f);
            if (i < s.Depthwise.Height)
            {
                int j = unit - i * s.Depthwise.Across;
                t = Depthwise_At(x, (first + c) * s.Depthwise.X.Plane + s.Depthwise.X.Origin + s.Depthwise.Stride * i * s.Depthwise.X.Row + s.Depthwise.Stride * j, w, 3 * (first + c), s.Depthwise);
            }
            shared[e] = t;
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        int k = weights + (first + split) * 2;
        for (int c = split; c < count; c += s.Splits, k += 2 * s.Splits)
        {
            sums = Sums_Add(sums, m[k], m[k + 1], shared[c * s.Units + p]);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    SplitSum_Put_l(shared, thread, threads, sums);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * outputs; e += threads)
    {
        int pair = e / outputs;
        int n = e - pair * outputs;
        int from = n / s.Units;
        int unit = firstUnit + n - from * s.Units;
        int i = unit / s.Depthwise.Across;
        float4 even = SplitSum_Get_l(shared, 2 * pair, n, outputs, threads, s.Splits);
        float4 odd = SplitSum_Get_l(shared, 2 * pair + 1, n, outputs, threads, s.Splits);
        Epilogue_Store2(bias, bias, r, y, s.To, 8 * ((int)get_group_id(1) * s.Blocks + from) + 2 * pair, i, unit - i * s.Depthwise.Across, even, odd);
    }
}
