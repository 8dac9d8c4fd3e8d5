// Depthwise.DepthwiseKernel, translated from IL; OpenCL C 1.2.
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
    int Stride;
    int Height;
    int Width;
    int Across;
    float Low;
    float High;
    Layout X;
    Layout Y;
} DepthwiseShape;

static inline float4 Depthwise_Line(float4 sum, float4 a, float4 m, float4 b, int stride, float w0, float w1, float w2)
{
    return stride == 1 ? w2 * (float4)(m.yzw, b.x) + (w1 * m + (w0 * (float4)(a.w, m.xyz) + sum)) : w2 * (float4)(m.yw, b.yw) + (w1 * (float4)(m.xz, b.xz) + (w0 * (float4)(a.w, m.yw, b.y) + sum));
}

static inline float Epilogue_Clamp_(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
}

static inline float4 Epilogue_Clamp(float4 v, float low, float high)
{
    return (float4)(Epilogue_Clamp_(v.x, low, high), Epilogue_Clamp_(v.y, low, high), Epilogue_Clamp_(v.z, low, high), Epilogue_Clamp_(v.w, low, high));
}

static inline float4 Depthwise_At(__global float4 *x, __global float4 *w, DepthwiseShape s, int c, int i, int j)
{
    int at = c * s.X.Plane + s.X.Origin + s.Stride * i * s.X.Row + s.Stride * j - s.X.Row;
    float4 a = w[3 * c];
    float4 b = w[3 * c + 1];
    float4 e = w[3 * c + 2];
    float4 v0 = Depthwise_Line((float4)(e.y), x[at - 1], x[at], x[at + 1], s.Stride, a.x, a.y, a.z);
    at += s.X.Row;
    float4 v1 = Depthwise_Line(v0, x[at - 1], x[at], x[at + 1], s.Stride, a.w, b.x, b.y);
    at += s.X.Row;
    return Epilogue_Clamp(Depthwise_Line(v1, x[at - 1], x[at], x[at + 1], s.Stride, b.z, b.w, e.x), s.Low, s.High);
}

static inline float4 Epilogue_Mask(float4 v, int valid)
{
    return (float4)(v.x, valid > 1 ? v.y : 0.0f, valid > 2 ? v.z : 0.0f, valid > 3 ? v.w : 0.0f);
}

__kernel void DepthwiseKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float4 *y, int y_offset, int y_length,
    DepthwiseShape s)
{
    x += x_offset;
    w += w_offset;
    y += y_offset;
    int v0 = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = v0 / s.Across;
    int j = v0 - i * s.Across;
    int c = (int)get_group_id(1);
    if (i < s.Height)
    {
        y[c * s.Y.Plane + s.Y.Origin + i * s.Y.Row + j] = Epilogue_Mask(Depthwise_At(x, w, s, c, i, j), s.Width - 4 * j);
    }
}
