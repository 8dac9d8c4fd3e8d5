// Conv3x3.Conv3x3Kernel, translated from IL; OpenCL C 1.2.
// The compiler may fuse a * b + c, as it does in CUDA.
#pragma OPENCL FP_CONTRACT ON

typedef struct
{
    int Origin;
    int Row;
    int Plane;
} Layout;

typedef struct
{
    int Channels;
    int Height;
    int Width;
    int Shuffle;
    int Residual;
    float Low;
    float High;
    Layout Y;
    Layout R;
} Output;

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

static inline float Epilogue_Prelu_(float t, float a)
{
    return t > 0.0f ? t : a * t;
}

static inline float4 Epilogue_Prelu(float4 t, float b, float a)
{
    return (float4)(Epilogue_Prelu_(t.x + b, a), Epilogue_Prelu_(t.y + b, a), Epilogue_Prelu_(t.z + b, a), Epilogue_Prelu_(t.w + b, a));
}

static inline float4 Epilogue_Mask(float4 v, int valid)
{
    return (float4)(v.x, valid > 1 ? v.y : 0.0f, valid > 2 ? v.z : 0.0f, valid > 3 ? v.w : 0.0f);
}

static inline float Epilogue_Clamp_(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
}

static inline float4 Epilogue_Clamp(float4 v, float low, float high)
{
    return (float4)(Epilogue_Clamp_(v.x, low, high), Epilogue_Clamp_(v.y, low, high), Epilogue_Clamp_(v.z, low, high), Epilogue_Clamp_(v.w, low, high));
}

static inline void Epilogue_StoreOne(float b, __global float4 *r, __global float4 *y, Output to, int o, int i, int j, float4 sum)
{
    float4 v = Epilogue_Clamp(sum + (float4)(b), to.Low, to.High);
    if (to.Residual != 0)
    {
        v += r[o * to.R.Plane + to.R.Origin + i * to.R.Row + j];
    }
    y[o * to.Y.Plane + to.Y.Origin + i * to.Y.Row + j] = Epilogue_Mask(v, to.Width - 4 * j);
}

static inline void Epilogue_Store(__global float *bias, __global float *slope, __global float4 *r, __global float4 *y, Output to, int o, int i, int j, float4 even, float4 odd)
{
    if (i >= to.Height || 4 * j >= to.Width || o >= to.Channels)
    {
        return;
    }
    if (to.Shuffle != 0)
    {
        float a = slope[o / 4];
        float4 left = Epilogue_Prelu(even, bias[o], a);
        float4 right = Epilogue_Prelu(odd, bias[o + 1], a);
        int row = 2 * i + o / 2 % 2;
        int valid = 2 * to.Width - 8 * j;
        int at = o / 4 * to.Y.Plane + to.Y.Origin + row * to.Y.Row + 2 * j;
        y[at] = Epilogue_Mask((float4)(left.x, right.x, left.y, right.y), valid);
        if (valid > 4)
        {
            y[at + 1] = Epilogue_Mask((float4)(left.z, right.z, left.w, right.w), valid - 4);
        }
        return;
    }
    Epilogue_StoreOne(bias[o], r, y, to, o, i, j, even);
    if (o + 1 < to.Channels)
    {
        Epilogue_StoreOne(bias[o + 1], r, y, to, o + 1, i, j, odd);
    }
}

static inline int SplitSum_Pitch(int threads)
{
    return threads < 256 ? threads + 1 : threads;
}

static inline void SplitSum_Put_l(__local float4 *shared, int thread, int threads, float4 y0, float4 y1, float4 y2, float4 y3, float4 y4, float4 y5, float4 y6, float4 y7)
{
    int pitch = SplitSum_Pitch(threads);
    shared[thread] = y0;
    shared[pitch + thread] = y1;
    shared[2 * pitch + thread] = y2;
    shared[3 * pitch + thread] = y3;
    shared[4 * pitch + thread] = y4;
    shared[5 * pitch + thread] = y5;
    shared[6 * pitch + thread] = y6;
    shared[7 * pitch + thread] = y7;
}

static inline float4 SplitSum_Get_l(__local float4 *shared, int k, int pixel, int pixels, int threads, int splits)
{
    int at = k * SplitSum_Pitch(threads) + pixel;
    float4 sum = shared[at];
    for (int split = 1; split < splits; split++)
    {
        at += pixels;
        sum += shared[at];
    }
    return sum;
}

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
