// ExpandDepthwise.ExpandDepthwiseKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    int Channels;
    Layout X;
    int Height;
    int Width;
    int Across;
    float Low;
    float High;
    int Units;
    int Splits;
    DepthwiseShape Depthwise;
} ExpandDepthwiseShape;

static inline __attribute__((always_inline)) float4 Depthwise_At_lg(__local float4 *x, int at, __global float4 *w, int k, DepthwiseShape s)
{
    at -= s.X.Row;
    float4 a = w[k];
    float4 b = w[k + 1];
    float4 e = w[k + 2];
    float4 v0 = Depthwise_Line((float4)(e.y), x[at - 1], x[at], x[at + 1], s.Stride, a.x, a.y, a.z);
    at += s.X.Row;
    float4 v1 = Depthwise_Line(v0, x[at - 1], x[at], x[at + 1], s.Stride, a.w, b.x, b.y);
    at += s.X.Row;
    return Epilogue_Clamp(Depthwise_Line(v1, x[at - 1], x[at], x[at + 1], s.Stride, b.z, b.w, e.x), s.Low, s.High);
}

static inline __attribute__((always_inline)) void ExpandDepthwise_Keep_lg(__local float4 *shared, __global float *bias, ExpandDepthwiseShape s, int o, int n, int i, int j, float4 sum)
{
    if (i < s.Height && o + n < s.Channels)
    {
        float4 t = Epilogue_Clamp(sum + (float4)(bias[o + n]), s.Low, s.High);
        shared[n * s.Depthwise.X.Plane + s.Depthwise.X.Origin + i * s.Depthwise.X.Row + j] = Epilogue_Mask(t, s.Width - 4 * j);
    }
}

__kernel void ExpandDepthwiseKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float4 *d, int d_offset, int d_length,
    __global float4 *y, int y_offset, int y_length,
    ExpandDepthwiseShape s)
{
    __local float4 shared[2048];
    x += x_offset;
    w += w_offset;
    bias += bias_offset;
    d += d_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int held = 8 * s.Depthwise.X.Plane;
    int o = 8 * (int)get_group_id(0);
    for (int e = thread; e < held; e += threads)
    {
        shared[e] = (float4)(0.0f);
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    __local float4 *partial = shared + held;
    int split = thread / s.Units;
    int p = thread - split * s.Units;
    int share = (s.InChannels + s.Splits - 1) / s.Splits;
    int c = split * share;
    int channels = s.InChannels - c < share ? s.InChannels - c : share;
    int k = ((int)get_group_id(0) * s.InChannels + c) * 2;
    for (int first = 0; first < s.Height * s.Across; first += s.Units)
    {
        int unit = first + p;
        int i = unit / s.Across;
        int j = unit - i * s.Across;
        Layout v0 = s.X;
        int at = c * v0.Plane + v0.Origin + (i < s.Height ? i : s.Height - 1) * v0.Row + j;
        Sums sums = Pointwise_Multiply(x, at, s.X.Plane, w, k, channels);
        if (s.Splits == 1)
        {
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 0, i, j, sums.Y0);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 1, i, j, sums.Y1);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 2, i, j, sums.Y2);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 3, i, j, sums.Y3);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 4, i, j, sums.Y4);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 5, i, j, sums.Y5);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 6, i, j, sums.Y6);
            ExpandDepthwise_Keep_lg(shared, bias, s, o, 7, i, j, sums.Y7);
        }
        else
        {
            SplitSum_Put_l(partial, thread, threads, sums);
            barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
            for (int e = thread; e < 8 * s.Units; e += threads)
            {
                int n = e / s.Units;
                int q = e - n * s.Units;
                unit = first + q;
                i = unit / s.Across;
                ExpandDepthwise_Keep_lg(shared, bias, s, o, n, i, unit - i * s.Across, SplitSum_Get_l(partial, n, q, s.Units, threads, s.Splits));
            }
            barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    int outputs = s.Depthwise.Height * s.Depthwise.Across;
    for (int e = thread; e < 8 * outputs; e += threads)
    {
        int n = e / outputs;
        int v0 = e - n * outputs;
        int i = v0 / s.Depthwise.Across;
        int j = v0 - i * s.Depthwise.Across;
        if (o + n < s.Channels)
        {
            int at = n * s.Depthwise.X.Plane + s.Depthwise.X.Origin + s.Depthwise.Stride * i * s.Depthwise.X.Row + s.Depthwise.Stride * j;
            float4 sum = Depthwise_At_lg(shared, at, d, 3 * (o + n), s.Depthwise);
            y[(o + n) * s.Depthwise.Y.Plane + s.Depthwise.Y.Origin + i * s.Depthwise.Y.Row + j] = Epilogue_Mask(sum, s.Depthwise.Width - 4 * j);
        }
    }
}
