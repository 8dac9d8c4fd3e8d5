// Depthwise.DepthwiseKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

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
        y[c * s.Y.Plane + s.Y.Origin + i * s.Y.Row + j] = Epilogue_Mask(Depthwise_At(x, c * s.X.Plane + s.X.Origin + s.Stride * i * s.X.Row + s.Stride * j, w, 3 * c, s), s.Width - 4 * j);
    }
}
