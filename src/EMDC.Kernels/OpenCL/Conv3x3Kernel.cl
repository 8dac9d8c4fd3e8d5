// Conv3x3.Conv3x3Kernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

__kernel void Conv3x3Kernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float *slope, int slope_offset, int slope_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    Conv3x3Shape s)
{
    __local float4 shared[1536];
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    slope += slope_offset;
    r += r_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int pixels = s.Columns * s.Rows;
    Conv3x3Staging tile = Conv3x3Staging_Of(s, (int)get_group_id(0), thread, threads);
    int firstWeight = (int)get_group_id(1) * s.InChannels * 18;
    int end = x_length - 1;
    int count = s.InChannels < s.Chunk ? s.InChannels : s.Chunk;
    int from = 0;
    int to = 768;
    Conv3x3Staging_Fill_gl(tile, x, shared, tile.Start, from, count * tile.Rows * tile.Columns, end);
    for (int e = thread; e < count * 18; e += threads)
    {
        shared[tile.Weights + e] = w[firstWeight + e];
    }
    Sums sums = Sums_get_Zero();
    for (int first = 0; first < s.InChannels; first += s.Chunk)
    {
        int rest = s.InChannels - first - count;
        int coming = rest < s.Chunk ? rest : s.Chunk;
        int units = coming * tile.Rows * tile.Columns;
        int weights = coming * 18;
        int e = thread;
        int nextWeight = firstWeight + (first + count) * 18;
        Conv3x3Walk v0 = tile.Start;
        v0.From = tile.Start.From + (first + count) * s.X.Plane;
        Conv3x3Walk walk = v0;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int c = tile.Split; c < count; e += threads, c += s.Splits)
        {
            Conv3x3Walk a = walk;
            Conv3x3Walk b = Conv3x3Staging_Next(tile, a);
            walk = Conv3x3Staging_Next(tile, b);
            float4 va = Conv3x3Staging_Load(x, a, units, end);
            float4 vb = Conv3x3Staging_Load(x, b, units, end);
            float4 vw = (float4)(0.0f);
            if (e < weights)
            {
                vw = w[nextWeight + e];
            }
            int at = from + (c * tile.Rows + tile.Row) * s.Pitch + tile.Column;
            int k = from + tile.Weights + c * 18;
            for (int u = 0; u < 3; u++, at += s.Pitch, k += 6)
            {
                float4 l = shared[at];
                float4 m = shared[at + 1];
                float4 n = shared[at + 2];
                sums = Sums_Add(sums, shared[k], shared[k + 1], (float4)(l.w, m.xyz));
                sums = Sums_Add(sums, shared[k + 2], shared[k + 3], m);
                sums = Sums_Add(sums, shared[k + 4], shared[k + 5], (float4)(m.yzw, n.x));
            }
            Conv3x3Staging_Store_l(shared, to, a, units, va);
            Conv3x3Staging_Store_l(shared, to, b, units, vb);
            if (e < weights)
            {
                shared[to + tile.Weights + e] = vw;
            }
        }
        Conv3x3Staging_Fill_gl(tile, x, shared, walk, to, units, end);
        for (; e < weights; e += threads)
        {
            shared[to + tile.Weights + e] = w[nextWeight + e];
        }
        int v1 = from;
        from = to;
        to = v1;
        count = coming;
    }
    int o = 8 * (int)get_group_id(1);
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, slope, r, y, s.To, o, tile.Top + tile.Row, tile.Left + tile.Column, sums);
        return;
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    SplitSum_Put_l(shared, thread, threads, sums);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * pixels; e += threads)
    {
        int pair = e / pixels;
        int q = e - pair * pixels;
        int qy = q / s.Columns;
        float4 even = SplitSum_Get_l(shared, 2 * pair, q, pixels, threads, s.Splits);
        float4 odd = SplitSum_Get_l(shared, 2 * pair + 1, q, pixels, threads, s.Splits);
        Epilogue_Store2(bias, slope, r, y, s.To, o + 2 * pair, tile.Top + qy, tile.Left + q - qy * s.Columns, even, odd);
    }
}
