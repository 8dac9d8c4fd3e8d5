// Guidance.GuidanceKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

typedef struct
{
    int Dilations;
    int FuseChannels;
    int Height;
    int Width;
    int Across;
    Layout Layout;
} GuidanceShape;

static inline float4 Guidance_Load(__global float4 *g, __global float4 *f, __global float4 *y, int from, int at)
{
    float4 v;
    if (from == 0)
    {
        v = g[at];
    }
    else if (from == 1)
    {
        v = f[at];
    }
    else
    {
        v = y[at];
    }
    return v;
}

__kernel void GuidanceKernel(
    __global float4 *g, int g_offset, int g_length,
    __global float4 *f, int f_offset, int f_length,
    __global float4 *y, int y_offset, int y_length,
    __global float4 *w, int w_offset, int w_length,
    __global float4 *gTo, int gTo_offset, int gTo_length,
    __global float4 *fTo, int fTo_offset, int fTo_length,
    GuidanceShape s)
{
    __local float4 weights[273];
    g += g_offset;
    f += f_offset;
    y += y_offset;
    w += w_offset;
    gTo += gTo_offset;
    fTo += fTo_offset;
    int conv = (int)get_group_id(1);
    for (int e = (int)get_local_id(0); e < 273; e += (int)get_local_size(0))
    {
        weights[e] = w[conv * 273 + e];
    }
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    int v0 = (int)get_group_id(0) * (int)get_local_size(0) + (int)get_local_id(0);
    int i = v0 / s.Across;
    int j = v0 - i * s.Across;
    if (i < s.Height)
    {
        int fuse = conv == s.Dilations ? 1 : 0;
        int channels = fuse != 0 ? s.FuseChannels : 9;
        int plane = fuse != 0 ? 0 : 9 * conv;
        Sums sums = Sums_Of(weights[0], weights[1]);
        float4 last = (float4)(weights[2].x);
        int k = 3;
        for (int c = 0; c <= channels; c++)
        {
            int from = c == channels ? 2 : fuse;
            Layout v1 = s.Layout;
            int at = (c == channels ? 0 : plane + c) * v1.Plane + v1.Origin + i * v1.Row + j - s.Layout.Row - 1;
            for (int u = 0; u < 3; u++, at += s.Layout.Row, k += 9)
            {
                float4 a = Guidance_Load(g, f, y, from, at);
                float4 m = Guidance_Load(g, f, y, from, at + 1);
                float4 b = Guidance_Load(g, f, y, from, at + 2);
                float4 t = (float4)(a.w, m.xyz);
                sums = Sums_Add(sums, weights[k], weights[k + 1], t);
                last = weights[k + 2].x * t + last;
                sums = Sums_Add(sums, weights[k + 3], weights[k + 4], m);
                last = weights[k + 5].x * m + last;
                t = (float4)(m.yzw, b.x);
                sums = Sums_Add(sums, weights[k + 6], weights[k + 7], t);
                last = weights[k + 8].x * t + last;
            }
        }
        int valid = s.Width - 4 * j;
        if (fuse != 0)
        {
            fTo[s.Layout.Origin + i * s.Layout.Row + j] = Epilogue_Mask(sums.Y0, valid);
            fTo[1 * s.Layout.Plane + s.Layout.Origin + i * s.Layout.Row + j] = Epilogue_Mask(sums.Y1, valid);
            if (s.Dilations > 2)
            {
                fTo[2 * s.Layout.Plane + s.Layout.Origin + i * s.Layout.Row + j] = Epilogue_Mask(sums.Y2, valid);
                return;
            }
        }
        else
        {
            int at = plane * s.Layout.Plane + s.Layout.Origin + i * s.Layout.Row + j;
            gTo[at] = Epilogue_Mask(sums.Y0, valid);
            gTo[at + s.Layout.Plane] = Epilogue_Mask(sums.Y1, valid);
            gTo[at + 2 * s.Layout.Plane] = Epilogue_Mask(sums.Y2, valid);
            gTo[at + 3 * s.Layout.Plane] = Epilogue_Mask(sums.Y3, valid);
            gTo[at + 4 * s.Layout.Plane] = Epilogue_Mask(sums.Y4, valid);
            gTo[at + 5 * s.Layout.Plane] = Epilogue_Mask(sums.Y5, valid);
            gTo[at + 6 * s.Layout.Plane] = Epilogue_Mask(sums.Y6, valid);
            gTo[at + 7 * s.Layout.Plane] = Epilogue_Mask(sums.Y7, valid);
            gTo[at + 8 * s.Layout.Plane] = Epilogue_Mask(last, valid);
        }
    }
}
