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
    float4 y0 = (float4)(0.0f);
    float4 y1 = y0;
    float4 y2 = y0;
    float4 y3 = y0;
    float4 y4 = y0;
    float4 y5 = y0;
    float4 y6 = y0;
    float4 y7 = y0;
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
                v = weights[k + 2];
                q = weights[k + 3];
                y0 = v.x * m + y0;
                y1 = v.y * m + y1;
                y2 = v.z * m + y2;
                y3 = v.w * m + y3;
                y4 = q.x * m + y4;
                y5 = q.y * m + y5;
                y6 = q.z * m + y6;
                y7 = q.w * m + y7;
                t = (float4)(m.yzw, b.x);
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
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, slope, r, y, s.To, o, top + ty, left + tx, y0, y1);
        Epilogue_Store(bias, slope, r, y, s.To, o + 2, top + ty, left + tx, y2, y3);
        Epilogue_Store(bias, slope, r, y, s.To, o + 4, top + ty, left + tx, y4, y5);
        Epilogue_Store(bias, slope, r, y, s.To, o + 6, top + ty, left + tx, y6, y7);
        return;
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    SplitSum_Put_l(tile, thread, threads, y0, y1, y2, y3, y4, y5, y6, y7);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * pixels; e += threads)
    {
        int pair = e / pixels;
        int q = e - pair * pixels;
        float4 even = SplitSum_Get_l(tile, 2 * pair, q, pixels, threads, s.Splits);
        float4 odd = SplitSum_Get_l(tile, 2 * pair + 1, q, pixels, threads, s.Splits);
        Epilogue_Store(bias, slope, r, y, s.To, o + 2 * pair, top + q / s.Columns, left + q % s.Columns, even, odd);
    }
}
