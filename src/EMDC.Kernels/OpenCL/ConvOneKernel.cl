// ConvOne.ConvOneKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    int Kernel;
    int Height;
    int Width;
    int Columns;
    int Rows;
    int Splits;
    int TilesAcross;
    int Fusion;
    int Residual;
    float Bias;
    float Low;
    float High;
    float Rezero;
    Layout X;
} ConvOneShape;

static inline float ConvOne_Sigmoid(float z, float rezero)
{
    return rezero / (1.0f + exp(z < -87.0f ? 87.0f : -z));
}

static inline void ConvOne_Store(__global float4 *local_, __global float4 *global_, __global float4 *confidence, __global float4 *y, ConvOneShape s, int at, int valid, float4 sum)
{
    if (s.Fusion != 0)
    {
        float4 l = local_[at];
        float4 g = global_[at];
        float4 c = (float4)(ConvOne_Sigmoid(sum.x, s.Rezero), ConvOne_Sigmoid(sum.y, s.Rezero), ConvOne_Sigmoid(sum.z, s.Rezero), ConvOne_Sigmoid(sum.w, s.Rezero));
        confidence[at] = Epilogue_Mask(c, valid);
        float4 mixed = l * c + g * (1.0f - c);
        y[at] = Epilogue_Mask(mixed, valid);
        return;
    }
    float4 v = Epilogue_Clamp(sum, s.Low, s.High);
    if (s.Residual != 0)
    {
        v += local_[at];
    }
    y[at] = Epilogue_Mask(v, valid);
}

static inline float4 ConvOne_Line(float4 sum, float4 v, float4 q, float4 a, float4 m, float4 b)
{
    return q.z * (float4)(m.w, b.xyz) + (q.y * (float4)(m.zw, b.xy) + (q.x * (float4)(m.yzw, b.x) + (v.w * m + (v.z * (float4)(a.w, m.xyz) + (v.y * (float4)(a.zw, m.xy) + (v.x * (float4)(a.yzw, m.x) + sum))))));
}

__kernel void ConvOneKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float4 *local_, int local_offset, int local_length,
    __global float4 *global_, int global_offset, int global_length,
    __global float4 *confidence, int confidence_offset, int confidence_length,
    __global float4 *y, int y_offset, int y_length,
    ConvOneShape s)
{
    __local float4 weights[512];
    __local float4 sums[1024];
    x += x_offset;
    w += w_offset;
    local_ += local_offset;
    global_ += global_offset;
    confidence += confidence_offset;
    y += y_offset;
    int thread = (int)get_local_id(0);
    int threads = (int)get_local_size(0);
    int pixels = s.Columns * s.Rows;
    int split = thread / pixels;
    int v0 = thread - split * pixels;
    int ty = v0 / s.Columns;
    int tx = v0 - ty * s.Columns;
    int top = ((int)get_group_id(0) / s.TilesAcross * s.Rows + ty) * 4;
    int j = (int)get_group_id(0) % s.TilesAcross * s.Columns + tx;
    int half_ = s.Kernel / 2;
    int perChannel = 2 * s.Kernel;
    int chunk = 512 / perChannel;
    float4 y0 = (float4)(0.0f);
    float4 y1 = y0;
    float4 y2 = y0;
    float4 y3 = y0;
    for (int first = 0; first < s.InChannels; first += chunk)
    {
        int count = s.InChannels - first < chunk ? s.InChannels - first : chunk;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        for (int e = thread; e < count * perChannel; e += threads)
        {
            weights[e] = w[first * perChannel + e];
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (4 * j < s.Width)
        {
            for (int c = split; c < count; c += s.Splits)
            {
                int at = (first + c) * s.X.Plane + s.X.Origin + top * s.X.Row + j - half_ * s.X.Row;
                int k = c * perChannel;
                float4 z0 = (float4)(0.0f);
                float4 z1 = z0;
                float4 z2 = z0;
                float4 z3 = z0;
                for (int n = 0; n < s.Kernel + 3 && top + n < s.Height + half_; n++, at += s.X.Row, k += 2)
                {
                    float4 a = x[at - 1];
                    float4 m = x[at];
                    float4 b = x[at + 1];
                    if (n < s.Kernel)
                    {
                        z0 = ConvOne_Line(z0, weights[k], weights[k + 1], a, m, b);
                    }
                    if (n >= 1 && n < s.Kernel + 1)
                    {
                        z1 = ConvOne_Line(z1, weights[k - 2], weights[k - 1], a, m, b);
                    }
                    if (n >= 2 && n < s.Kernel + 2)
                    {
                        z2 = ConvOne_Line(z2, weights[k - 4], weights[k - 3], a, m, b);
                    }
                    if (n >= 3)
                    {
                        z3 = ConvOne_Line(z3, weights[k - 6], weights[k - 5], a, m, b);
                    }
                }
                y0 += z0;
                y1 += z1;
                y2 += z2;
                y3 += z3;
            }
        }
    }
    int pitch = threads < 256 ? threads + 1 : threads;
    sums[thread] = y0;
    sums[pitch + thread] = y1;
    sums[2 * pitch + thread] = y2;
    sums[3 * pitch + thread] = y3;
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int e = thread; e < 4 * pixels; e += threads)
    {
        int row = e / pixels;
        int q = e - row * pixels;
        int qy = q / s.Columns;
        int i = ((int)get_group_id(0) / s.TilesAcross * s.Rows + qy) * 4 + row;
        int unit = (int)get_group_id(0) % s.TilesAcross * s.Columns + q - qy * s.Columns;
        float4 sum = (float4)(s.Bias);
        int at = row * pitch + q;
        for (int n = 0; n < s.Splits; n++, at += pixels)
        {
            sum += sums[at];
        }
        if (i < s.Height && 4 * unit < s.Width)
        {
            ConvOne_Store(local_, global_, confidence, y, s, s.X.Origin + i * s.X.Row + unit, s.Width - 4 * unit, sum);
        }
    }
}
