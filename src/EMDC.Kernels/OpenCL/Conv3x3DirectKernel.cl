// Conv3x3Direct.Conv3x3DirectKernel, translated from IL; OpenCL C 1.2.
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
    int Across;
    Output To;
} Conv3x3DirectShape;

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
