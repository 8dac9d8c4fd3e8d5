// ConvAny.ConvAnyKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int InChannels;
    int Kernel;
    int Stride;
    int Width;
    Layout X;
    int Across;
    ConvEnd To;
} ConvAnyShape;

static inline float ConvAny_Pixel(__global float4 *x, int row, int column, int width)
{
    float pixel = 0.0f;
    if (column < width + 4)
    {
        float4 v = x[row + column / 4];
        int lane = column % 4;
        pixel = lane == 0 ? v.x : lane == 1 ? v.y : lane == 2 ? v.z : v.w;
    }
    return pixel;
}

__kernel void ConvAnyKernel(
    __global float4 *x, int x_offset, int x_length,
    __global float4 *w, int w_offset, int w_length,
    __global float *bias, int bias_offset, int bias_length,
    __global float *slope, int slope_offset, int slope_length,
    __global float4 *r, int r_offset, int r_length,
    __global float4 *y, int y_offset, int y_length,
    ConvAnyShape s)
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
    int half_ = s.Kernel / 2;
    if (i < s.To.Height)
    {
        Sums sums = Sums_get_Zero();
        int k = (int)get_group_id(1) * s.InChannels * s.Kernel * s.Kernel * 2;
        for (int c = 0; c < s.InChannels; c++)
        {
            for (int u = 0; u < s.Kernel; u++)
            {
                int row = c * s.X.Plane + s.X.Origin + (s.Stride * i + u) * s.X.Row - half_ * s.X.Row - 1;
                int column = s.Stride * 4 * j + 4 - half_;
                for (int v = 0; v < s.Kernel; v++, column++, k += 2)
                {
                    float4 t = (float4)(ConvAny_Pixel(x, row, column, s.Width), ConvAny_Pixel(x, row, column + s.Stride, s.Width), ConvAny_Pixel(x, row, column + 2 * s.Stride, s.Width), ConvAny_Pixel(x, row, column + 3 * s.Stride, s.Width));
                    sums = Sums_Add(sums, w[k], w[k + 1], t);
                }
            }
        }
        int o = 8 * (int)get_group_id(1);
        Epilogue_Store(bias, slope, r, y, s.To, o, i, j, sums);
    }
}
