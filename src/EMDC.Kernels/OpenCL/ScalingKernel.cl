// Scaling.ScalingKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int Height;
    int Width;
    int MapSize;
    int Unscaled;
    Layout Layout;
} ScalingShape;

__kernel void ScalingKernel(
    __global float *y0, int y0_offset, int y0_length,
    __global float *y1, int y1_offset, int y1_length,
    __global float *y2, int y2_offset, int y2_length,
    __global float *y3, int y3_offset, int y3_length,
    __global float *maximum, int maximum_offset, int maximum_length,
    __global float *to, int to_offset, int to_length,
    ScalingShape s)
{
    y0 += y0_offset;
    y1 += y1_offset;
    y2 += y2_offset;
    y3 += y3_offset;
    maximum += maximum_offset;
    to += to_offset;
    int e = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = e / s.Width;
    int map = (int)get_group_id(1);
    if (e < s.Height * s.Width)
    {
        int at = s.Layout.Origin + i * s.Layout.Row + (e - i * s.Width);
        float v;
        if (map == 0)
        {
            v = y0[at];
        }
        else if (map == 1)
        {
            v = y1[at];
        }
        else if (map == 2)
        {
            v = y2[at];
        }
        else
        {
            v = y3[at];
        }
        to[map * s.MapSize + e] = map == s.Unscaled ? v : v * maximum[0];
    }
}
