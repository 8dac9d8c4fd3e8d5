// Conv3x3Stride2.Conv3x3Stride2Kernel, translated from IL; OpenCL C 1.2.
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
} Conv3x3Stride2Shape;

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
