// Pointwise.PointwiseKernel, translated from IL; OpenCL C 1.2.
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
    int Units;
    int Splits;
    int Across;
    Output To;
} PointwiseShape;

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

__kernel void PointwiseKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    PointwiseShape s)
{
    __local float4 sums[2048];
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
    float4 y0 = (float4)(0.0f);
    float4 y1 = y0;
    float4 y2 = y0;
    float4 y3 = y0;
    float4 y4 = y0;
    float4 y5 = y0;
    float4 y6 = y0;
    float4 y7 = y0;
    for (; c + 3 < last; c += 4, at += 4 * s.X.Plane, k += 8)
    {
        float4 xa = x[at];
        float4 xb = x[at + s.X.Plane];
        float4 xc = x[at + 2 * s.X.Plane];
        float4 xd = x[at + 3 * s.X.Plane];
        float4 va = w[k];
        float4 qa = w[k + 1];
        float4 vb = w[k + 2];
        float4 qb = w[k + 3];
        float4 vc = w[k + 4];
        float4 qc = w[k + 5];
        float4 vd = w[k + 6];
        float4 qd = w[k + 7];
        y0 = vd.x * xd + (vc.x * xc + (vb.x * xb + (va.x * xa + y0)));
        y1 = vd.y * xd + (vc.y * xc + (vb.y * xb + (va.y * xa + y1)));
        y2 = vd.z * xd + (vc.z * xc + (vb.z * xb + (va.z * xa + y2)));
        y3 = vd.w * xd + (vc.w * xc + (vb.w * xb + (va.w * xa + y3)));
        y4 = qd.x * xd + (qc.x * xc + (qb.x * xb + (qa.x * xa + y4)));
        y5 = qd.y * xd + (qc.y * xc + (qb.y * xb + (qa.y * xa + y5)));
        y6 = qd.z * xd + (qc.z * xc + (qb.z * xb + (qa.z * xa + y6)));
        y7 = qd.w * xd + (qc.w * xc + (qb.w * xb + (qa.w * xa + y7)));
    }
    for (; c < last; c++, at += s.X.Plane, k += 2)
    {
        float4 t = x[at];
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
    }
    int o = 8 * (int)get_group_id(1);
    if (s.Splits == 1)
    {
        Epilogue_Store(bias, bias, r, y, s.To, o, i, j, y0, y1);
        Epilogue_Store(bias, bias, r, y, s.To, o + 2, i, j, y2, y3);
        Epilogue_Store(bias, bias, r, y, s.To, o + 4, i, j, y4, y5);
        Epilogue_Store(bias, bias, r, y, s.To, o + 6, i, j, y6, y7);
        return;
    }
    SplitSum_Put_l(sums, thread, threads, y0, y1, y2, y3, y4, y5, y6, y7);
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * s.Units; e += threads)
    {
        int pair = e / s.Units;
        int q = e - pair * s.Units;
        unit = (int)get_group_id(0) * s.Units + q;
        i = unit / s.Across;
        float4 even = SplitSum_Get_l(sums, 2 * pair, q, s.Units, threads, s.Splits);
        float4 odd = SplitSum_Get_l(sums, 2 * pair + 1, q, s.Units, threads, s.Splits);
        Epilogue_Store(bias, bias, r, y, s.To, o + 2 * pair, i, unit - i * s.Across, even, odd);
    }
}
