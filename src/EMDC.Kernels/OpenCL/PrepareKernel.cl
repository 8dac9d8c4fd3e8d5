// FrameInput.PrepareKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

static inline float FrameInput_Byte(__global int *rgb, InputShape s, int i, int j, int c)
{
    int row = i < s.Height ? i : s.Height - 1;
    int column = j < s.Width ? j : s.Width - 1;
    int at = 3 * (row * s.Width + column) + c;
    return (float)((rgb[at / 4] >> ((8 * (at % 4)) & 31)) & 255);
}

static inline float4 FrameInput_Colour(__global int *rgb, InputShape s, int i, int j, int c, float mean, float deviation)
{
    return (float4)((FrameInput_Byte(rgb, s, i, 4 * j, c) / 255.0f - mean) / deviation, (FrameInput_Byte(rgb, s, i, 4 * j + 1, c) / 255.0f - mean) / deviation, (FrameInput_Byte(rgb, s, i, 4 * j + 2, c) / 255.0f - mean) / deviation, (FrameInput_Byte(rgb, s, i, 4 * j + 3, c) / 255.0f - mean) / deviation);
}

static inline float FrameInput_Depth(__global float *sparse, InputShape s, int i, int j)
{
    float d = 0.0f;
    if (i < s.Height && j < s.Width)
    {
        d = FrameInput_Valid(sparse[i * s.Width + j], s.MaxDepth);
    }
    return d;
}

__kernel void PrepareKernel(
    __global int *rgb, int rgb_offset, int rgb_length,
    __global float *sparse, int sparse_offset, int sparse_length,
    __global float *maxima, int maxima_offset, int maxima_length,
    __global float *maximum, int maximum_offset, int maximum_length,
    __global float4 *x, int x_offset, int x_length,
    InputShape s)
{
    rgb += rgb_offset;
    sparse += sparse_offset;
    maxima += maxima_offset;
    maximum += maximum_offset;
    x += x_offset;
    float m = 0.0f;
    for (int e = 0; e < 32; e++)
    {
        float d = maxima[e];
        m = d > m ? d : m;
    }
    int across = (s.PaddedWidth + 3) / 4;
    int v0 = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = v0 / across;
    int j = v0 - i * across;
    if (v0 == 0)
    {
        maximum[0] = m;
    }
    if (i < s.PaddedHeight)
    {
        int valid = s.PaddedWidth - 4 * j;
        int at = s.X.Origin + i * s.X.Row + j;
        x[at] = Epilogue_Mask(FrameInput_Colour(rgb, s, i, j, 0, 0.485f, 0.229f), valid);
        x[at + s.X.Plane] = Epilogue_Mask(FrameInput_Colour(rgb, s, i, j, 1, 0.456f, 0.224f), valid);
        x[at + 2 * s.X.Plane] = Epilogue_Mask(FrameInput_Colour(rgb, s, i, j, 2, 0.406f, 0.225f), valid);
        float scale = m + 0.0001f;
        x[at + 3 * s.X.Plane] = (float4)(FrameInput_Depth(sparse, s, i, 4 * j) / scale, FrameInput_Depth(sparse, s, i, 4 * j + 1) / scale, FrameInput_Depth(sparse, s, i, 4 * j + 2) / scale, FrameInput_Depth(sparse, s, i, 4 * j + 3) / scale);
    }
}
