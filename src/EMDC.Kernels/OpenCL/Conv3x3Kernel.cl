// Conv3x3.Conv3x3Kernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    Layout X;
    int Columns;
    int Rows;
    int Splits;
    int Chunk;
    int Pitch;
    int TilesAcross;
    Output To;
} Conv3x3Shape;

__kernel void Conv3x3Kernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float *slope, int slope_offset, int slope_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    Conv3x3Shape s)
{
    __local float4 tile[1032];
    __local float4 weights[576];
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    slope += slope_offset;
    r += r_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int pixels = s.Columns * s.Rows;
    int split = thread / pixels;
    int v0 = thread % pixels;
    int tx = v0 % s.Columns;
    int ty = v0 / s.Columns;
    int top = (int)get_group_id(0) / s.TilesAcross * s.Rows;
    int left = (int)get_group_id(0) % s.TilesAcross * s.Columns;
    int rows = s.Rows + 2;
    int columns = s.Columns + 2;
    int right = (s.To.Width + 3) / 4;
    int firstWeight = (int)get_group_id(1) * s.InChannels * 18;
    Sums sums = Sums_get_Zero();
    for (int first = 0; first < s.InChannels; first += s.Chunk)
    {
        int count = s.InChannels - first < s.Chunk ? s.InChannels - first : s.Chunk;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int e = thread; e < count * rows * columns; e += threads)
        {
            int line = e / columns;
            int column = e - line * columns;
            int c = line / rows;
            int row = line - c * rows;
            float4 v = (float4)(0.0f);
            if (top + row <= s.To.Height + 1 && left + column <= right + 1)
            {
                v = x[(first + c) * s.X.Plane + s.X.Origin + (top + row) * s.X.Row + (left + column) - s.X.Row - 1];
            }
            tile[line * s.Pitch + column] = v;
        }
        for (int e = thread; e < count * 18; e += threads)
        {
            weights[e] = w[firstWeight + first * 18 + e];
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int c = split; c < count; c += s.Splits)
        {
            int at = (c * rows + ty) * s.Pitch + tx;
            int k = c * 18;
            for (int u = 0; u < 3; u++, at += s.Pitch, k += 6)
            {
                float4 a = tile[at];
                float4 m = tile[at + 1];
                float4 b = tile[at + 2];
                float4 t = (float4)(a.w, m.xyz);
                sums = Sums_Add(sums, weights[k], weights[k + 1], t);
                sums = Sums_Add(sums, weights[k + 2], weights[k + 3], m);
                t = (float4)(m.yzw, b.x);
                sums = Sums_Add(sums, weights[k + 4], weights[k + 5], t);
            }
        }
    }
    int o = 8 * (int)get_group_id(1);
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, slope, r, y, s.To, o, top + ty, left + tx, sums);
        return;
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    SplitSum_Put_l(tile, thread, threads, sums);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * pixels; e += threads)
    {
        int pair = e / pixels;
        int q = e - pair * pixels;
        float4 even = SplitSum_Get_l(tile, 2 * pair, q, pixels, threads, s.Splits);
        float4 odd = SplitSum_Get_l(tile, 2 * pair + 1, q, pixels, threads, s.Splits);
        Epilogue_Store2(bias, slope, r, y, s.To, o + 2 * pair, top + q / s.Columns, left + q % s.Columns, even, odd);
    }
}
