// Conv3x3Wide.Conv3x3WideKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

static inline int Conv3x3Wide_At(int first, int e, int units, int toSecond)
{
    return first + (e < units ? e : e - units + toSecond);
}

__kernel void Conv3x3WideKernel(
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
    int blockWeights = s.InChannels * 18;
    int firstWeight = 2 * (int)get_group_id(1) * blockWeights;
    int end = x_length - 1;
    int toSecond = 16 * (int)get_group_id(1) + 8 < s.To.Channels ? blockWeights : 0;
    int count = s.InChannels < s.Chunk ? s.InChannels : s.Chunk;
    int from = 0;
    int to = 768;
    Conv3x3Staging_Fill_gl(tile, x, shared, tile.Start, from, count * tile.Rows * tile.Columns, end);
    for (int e = thread; e < 2 * count * 18; e += threads)
    {
        shared[tile.Weights + e] = w[Conv3x3Wide_At(firstWeight, e, count * 18, toSecond)];
    }
    Sums sums = Sums_get_Zero();
    Sums second = sums;
    for (int first = 0; first < s.InChannels; first += s.Chunk)
    {
        int rest = s.InChannels - first - count;
        int coming = rest < s.Chunk ? rest : s.Chunk;
        int units = coming * tile.Rows * tile.Columns;
        int weights = 2 * coming * 18;
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
                vw = w[Conv3x3Wide_At(nextWeight, e, weights / 2, toSecond)];
            }
            int at = from + (c * tile.Rows + tile.Row) * s.Pitch + tile.Column;
            int k = from + tile.Weights + c * 18;
            int q = k + count * 18;
            for (int u = 0; u < 3; u++, at += s.Pitch, k += 6, q += 6)
            {
                float4 l = shared[at];
                float4 m = shared[at + 1];
                float4 n = shared[at + 2];
                l = (float4)(l.w, m.xyz);
                n = (float4)(m.yzw, n.x);
                sums = Sums_Add(Sums_Add(Sums_Add(sums, shared[k], shared[k + 1], l), shared[k + 2], shared[k + 3], m), shared[k + 4], shared[k + 5], n);
                second = Sums_Add(Sums_Add(Sums_Add(second, shared[q], shared[q + 1], l), shared[q + 2], shared[q + 3], m), shared[q + 4], shared[q + 5], n);
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
            shared[to + tile.Weights + e] = w[Conv3x3Wide_At(nextWeight, e, weights / 2, toSecond)];
        }
        int v1 = from;
        from = to;
        to = v1;
        count = coming;
    }
    int o = 16 * (int)get_group_id(1);
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, slope, r, y, s.To, o, tile.Top + tile.Row, tile.Left + tile.Column, sums);
        Epilogue_Store(bias, slope, r, y, s.To, o + 8, tile.Top + tile.Row, tile.Left + tile.Column, second);
        return;
    }
    int half_ = 8 * SplitSum_Pitch(threads);
    __local float4 *behind = shared + half_;
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    SplitSum_Put_l(shared, thread, threads, sums);
    SplitSum_Put_l(behind, thread, threads, second);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * pixels; e += threads)
    {
        int pair = e / pixels;
        int q = e - pair * pixels;
        int qy = q / s.Columns;
        int i = tile.Top + qy;
        int j = tile.Left + q - qy * s.Columns;
        float4 even = SplitSum_Get_l(shared, 2 * pair, q, pixels, threads, s.Splits);
        float4 odd = SplitSum_Get_l(shared, 2 * pair + 1, q, pixels, threads, s.Splits);
        Epilogue_Store2(bias, slope, r, y, s.To, o + 2 * pair, i, j, even, odd);
        even = SplitSum_Get_l(behind, 2 * pair, q, pixels, threads, s.Splits);
        odd = SplitSum_Get_l(behind, 2 * pair + 1, q, pixels, threads, s.Splits);
        Epilogue_Store2(bias, slope, r, y, s.To, o + 8 + 2 * pair, i, j, even, odd);
    }
}
