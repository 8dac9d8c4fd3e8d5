// What several kernels need, translated from IL; OpenCL C 1.2. Stands in front of each of them.
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
} ConvEnd;

typedef struct
{
    float4 Y0;
    float4 Y1;
    float4 Y2;
    float4 Y3;
    float4 Y4;
    float4 Y5;
    float4 Y6;
    float4 Y7;
} Sums;

static inline Sums Sums_Of(float4 low, float4 high)
{
    return (Sums){(float4)(low.x), (float4)(low.y), (float4)(low.z), (float4)(low.w), (float4)(high.x), (float4)(high.y), (float4)(high.z), (float4)(high.w)};
}

static inline Sums Sums_get_Zero()
{
    return Sums_Of((float4)(0.0f), (float4)(0.0f));
}

static inline float Epilogue_Prelu2(float t, float a)
{
    return t > 0.0f ? t : a * t;
}

static inline float4 Epilogue_Prelu(float4 t, float b, float a)
{
    return (float4)(Epilogue_Prelu2(t.x + b, a), Epilogue_Prelu2(t.y + b, a), Epilogue_Prelu2(t.z + b, a), Epilogue_Prelu2(t.w + b, a));
}

static inline float4 Epilogue_Mask(float4 v, int valid)
{
    return (float4)(v.x, valid > 1 ? v.y : 0.0f, valid > 2 ? v.z : 0.0f, valid > 3 ? v.w : 0.0f);
}

static inline float Epilogue_Clamp2(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
}

static inline float4 Epilogue_Clamp(float4 v, float low, float high)
{
    return (float4)(Epilogue_Clamp2(v.x, low, high), Epilogue_Clamp2(v.y, low, high), Epilogue_Clamp2(v.z, low, high), Epilogue_Clamp2(v.w, low, high));
}

static inline void Epilogue_StoreOne(float b, __global float4 *r, __global float4 *y, ConvEnd to, int o, int i, int j, float4 sum)
{
    float4 v = Epilogue_Clamp(sum + (float4)(b), to.Low, to.High);
    if (to.Residual != 0)
    {
        v += r[o * to.R.Plane + to.R.Origin + i * to.R.Row + j];
    }
    y[o * to.Y.Plane + to.Y.Origin + i * to.Y.Row + j] = Epilogue_Mask(v, to.Width - 4 * j);
}

static inline void Epilogue_Store2(__global float *bias, __global float *slope, __global float4 *r, __global float4 *y, ConvEnd to, int o, int i, int j, float4 even, float4 odd)
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

static inline void Epilogue_Store(__global float *bias, __global float *slope, __global float4 *r, __global float4 *y, ConvEnd to, int o, int i, int j, Sums sums)
{
    Epilogue_Store2(bias, slope, r, y, to, o, i, j, sums.Y0, sums.Y1);
    Epilogue_Store2(bias, slope, r, y, to, o + 2, i, j, sums.Y2, sums.Y3);
    Epilogue_Store2(bias, slope, r, y, to, o + 4, i, j, sums.Y4, sums.Y5);
    Epilogue_Store2(bias, slope, r, y, to, o + 6, i, j, sums.Y6, sums.Y7);
}

static inline Sums Sums_Add(Sums self, float4 low, float4 high, float4 x)
{
    return (Sums){low.x * x + self.Y0, low.y * x + self.Y1, low.z * x + self.Y2, low.w * x + self.Y3, high.x * x + self.Y4, high.y * x + self.Y5, high.z * x + self.Y6, high.w * x + self.Y7};
}

typedef struct
{
    int InChannels;
    Layout X;
    int Columns;
    int Rows;
    int Splits;
    int Chunk;
    int Pitch;
    int TilesAcross;
    ConvEnd To;
} Conv3x3Shape;

typedef struct
{
    int Unit;
    int Column;
    int Row;
    int From;
    int To;
} Conv3x3Walk;

typedef struct
{
    int Split;
    int Row;
    int Column;
    int Top;
    int Left;
    int Rows;
    int Columns;
    int Weights;
    Conv3x3Walk Start;
    Conv3x3Walk Step;
    Conv3x3Walk Wrap;
    int RowUnits;
} Conv3x3Staging;

static inline Conv3x3Staging Conv3x3Staging_Of(Conv3x3Shape s, int group, int thread, int threads)
{
    int pixels = s.Columns * s.Rows;
    int split = thread / pixels;
    int p = thread - split * pixels;
    int ty = p / s.Columns;
    int top = group / s.TilesAcross * s.Rows;
    int left = group % s.TilesAcross * s.Columns;
    int rows = s.Rows + 2;
    int columns = s.Columns + 2;
    int line = thread / columns;
    int column = thread - line * columns;
    int channel = line / rows;
    int row = line - channel * rows;
    int lines = threads / columns;
    int overColumns = threads - lines * columns;
    int overChannels = lines / rows;
    int overRows = lines - overChannels * rows;
    return (Conv3x3Staging){split, ty, p - ty * s.Columns, top, left, rows, columns, s.Chunk * rows * s.Pitch, (Conv3x3Walk){thread, column, row, channel * s.X.Plane + s.X.Origin + (top + row) * s.X.Row + (left + column) - s.X.Row - 1, line * s.Pitch + column}, (Conv3x3Walk){threads, overColumns, overRows, overChannels * s.X.Plane + overRows * s.X.Row + overColumns, lines * s.Pitch + overColumns}, (Conv3x3Walk){0, columns, rows, s.X.Plane - rows * s.X.Row, s.Pitch - columns}, s.X.Row};
}

static inline Conv3x3Walk Conv3x3Walk_Next(Conv3x3Walk self, Conv3x3Walk step, Conv3x3Walk wrap, int rowUnits)
{
    int column = self.Column + step.Column;
    int row = self.Row + step.Row;
    int from = self.From + step.From;
    int to = self.To + step.To;
    if (column >= wrap.Column)
    {
        column -= wrap.Column;
        row++;
        from += rowUnits - wrap.Column;
        to += wrap.To;
    }
    if (row >= wrap.Row)
    {
        row -= wrap.Row;
        from += wrap.From;
    }
    return (Conv3x3Walk){self.Unit + step.Unit, column, row, from, to};
}

static inline __attribute__((always_inline)) void Conv3x3Staging_Fill_gl(Conv3x3Staging self, __global float4 *x, __local float4 *shared, Conv3x3Walk walk, int buffer, int units, int end)
{
    while (walk.Unit < units)
    {
        shared[buffer + walk.To] = x[walk.From < end ? walk.From : end];
        walk = Conv3x3Walk_Next(walk, self.Step, self.Wrap, self.RowUnits);
    }
}

static inline int SplitSum_Pitch(int threads)
{
    return threads < 256 ? threads + 1 : threads;
}

static inline __attribute__((always_inline)) void SplitSum_Put_l(__local float4 *shared, int thread, int threads, Sums sums)
{
    int pitch = SplitSum_Pitch(threads);
    shared[thread] = sums.Y0;
    shared[pitch + thread] = sums.Y1;
    shared[2 * pitch + thread] = sums.Y2;
    shared[3 * pitch + thread] = sums.Y3;
    shared[4 * pitch + thread] = sums.Y4;
    shared[5 * pitch + thread] = sums.Y5;
    shared[6 * pitch + thread] = sums.Y6;
    shared[7 * pitch + thread] = sums.Y7;
}

static inline __attribute__((always_inline)) float4 SplitSum_Get_l(__local float4 *shared, int k, int pixel, int pixels, int threads, int splits)
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

static inline Conv3x3Walk Conv3x3Staging_Next(Conv3x3Staging self, Conv3x3Walk walk)
{
    return Conv3x3Walk_Next(walk, self.Step, self.Wrap, self.RowUnits);
}

static inline float4 Conv3x3Staging_Load(__global float4 *x, Conv3x3Walk walk, int units, int end)
{
    float4 v = (float4)(0.0f);
    if (walk.Unit < units)
    {
        v = x[walk.From < end ? walk.From : end];
    }
    return v;
}

static inline __attribute__((always_inline)) void Conv3x3Staging_Store_l(__local float4 *shared, int buffer, Conv3x3Walk walk, int units, float4 v)
{
    if (walk.Unit < units)
    {
        shared[buffer + walk.To] = v;
    }
}

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

static inline float4 Depthwise_At(__global float4 *x, int at, __global float4 *w, int k, DepthwiseShape s)
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

static inline Sums Pointwise_Multiply(__global float4 *x, int at, int plane, __global float4 *w, int k, int channels)
{
    Sums sums = Sums_get_Zero();
    int c;
    for (c = 0; c + 3 < channels; c += 4, at += 4 * plane, k += 8)
    {
        float4 xa = x[at];
        float4 xb = x[at + plane];
        float4 xc = x[at + 2 * plane];
        float4 xd = x[at + 3 * plane];
        float4 va = w[k];
        float4 qa = w[k + 1];
        float4 vb = w[k + 2];
        float4 qb = w[k + 3];
        float4 vc = w[k + 4];
        float4 qc = w[k + 5];
        float4 vd = w[k + 6];
        float4 qd = w[k + 7];
        sums = Sums_Add(Sums_Add(Sums_Add(Sums_Add(sums, va, qa, xa), vb, qb, xb), vc, qc, xc), vd, qd, xd);
    }
    for (; c < channels; c++, at += plane, k += 2)
    {
        sums = Sums_Add(sums, w[k], w[k + 1], x[at]);
    }
    return sums;
}

typedef struct
{
    int Height;
    int Width;
    float MaxDepth;
    int PaddedHeight;
    int PaddedWidth;
    Layout X;
} InputShape;

static inline float FrameInput_Valid(float d, float maxDepth)
{
    return d > 0.0f && d <= maxDepth ? d : 0.0f;
}

typedef struct
{
    int Dilations;
    int Iterations;
    int Columns;
    int Rows;
    int TilesAcross;
    int Height;
    int Width;
    Layout Layout;
} PropagationShape;

typedef struct
{
    float A;
    float B;
    float C;
    float D;
    float Centre;
    float E;
    float F;
    float G;
    float H;
} Ring;

typedef struct
{
    Ring One;
    Ring Two;
    Ring Three;
    float Centre;
} Affinities;

static inline __attribute__((always_inline)) void Propagation_Fill_gl(__global float *y, __local float *shared, PropagationShape s, int top, int left, int pitch, int plane)
{
    for (int e = (int)get_local_id(0); e < plane; e += (int)get_local_size(0))
    {
        int row = e / pitch;
        int i = top - s.Dilations + row;
        int j = left - s.Dilations + e - row * pitch;
        float v = 0.0f;
        if (i >= 0 && i < s.Height && j >= 0 && j < s.Width)
        {
            v = y[s.Layout.Origin + i * s.Layout.Row + j];
        }
        shared[e] = v;
        shared[plane + e] = 0.0f;
    }
}

static inline float Ring_Max(float a, float b)
{
    return a > b ? a : b;
}

static inline Ring Ring_Of(__global float *g, int at, int plane, float scale)
{
    float4 p = (float4)(g[at], g[at + plane], g[at + 2 * plane], g[at + 3 * plane]);
    float4 q = (float4)(g[at + 5 * plane], g[at + 6 * plane], g[at + 7 * plane], g[at + 8 * plane]);
    float m = g[at + 4 * plane];
    float highest = Ring_Max(Ring_Max(Ring_Max(Ring_Max(p.x, p.y), Ring_Max(p.z, p.w)), Ring_Max(Ring_Max(q.x, q.y), Ring_Max(q.z, q.w))), m);
    p = exp(p - highest);
    q = exp(q - highest);
    m = exp(m - highest);
    float r = scale / (p.x + p.y + (p.z + p.w) + (m + q.x) + (q.y + q.z) + q.w);
    return (Ring){p.x * r, p.y * r, p.z * r, p.w * r, m * r, q.x * r, q.y * r, q.z * r, q.w * r};
}

static inline Affinities Affinities_Of(__global float *g, __global float *f, __global float *depth, PropagationShape s, int i, int j)
{
    float centre = 0.0f;
    Ring one = (Ring){0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
    Ring two = one;
    Ring three = one;
    if (i >= 0 && i < s.Height && j >= 0 && j < s.Width)
    {
        int n = s.Dilations;
        int at = s.Layout.Origin + i * s.Layout.Row + j;
        int plane = s.Layout.Plane;
        if (depth[at] > 0.0f)
        {
            centre = 1.0f;
        }
        else
        {
            float s0 = 1.0f;
            float s1 = 0.0f;
            float s2 = 0.0f;
            if (n > 1)
            {
                float f0 = f[at];
                float f1 = f[at + plane];
                float f2 = n > 2 ? f[at + 2 * plane] : f0;
                float highest = f0 > f1 ? f0 : f1;
                highest = f2 > highest ? f2 : highest;
                s0 = exp(f0 - highest);
                s1 = exp(f1 - highest);
                s2 = n > 2 ? exp(f2 - highest) : 0.0f;
                float total = s0 + s1 + s2;
                s0 /= total;
                s1 /= total;
                s2 /= total;
            }
            one = Ring_Of(g, at, plane, s0);
            centre = one.Centre;
            if (n > 1)
            {
                two = Ring_Of(g, at + 9 * plane, plane, s1);
                centre += two.Centre;
            }
            if (n > 2)
            {
                three = Ring_Of(g, at + 18 * plane, plane, s2);
                centre += three.Centre;
            }
        }
    }
    return (Affinities){one, two, three, centre};
}

static inline void Propagation_Store(__global float *yTo, PropagationShape s, int halo, int top, int left, int ty, int tx, float result)
{
    int i = top + ty;
    int j = left + tx;
    if (i >= 0 && i < s.Height && j >= 0 && j < s.Width && tx >= halo && tx < s.Columns - halo && ty >= halo && ty < s.Rows - halo)
    {
        yTo[s.Layout.Origin + i * s.Layout.Row + j] = result;
    }
}

static inline __attribute__((always_inline)) float Ring_Around_l(Ring self, __local float *y, int at, int pitch, int k, float sum)
{
    int up = at - k * pitch;
    int down = at + k * pitch;
    sum = self.A * y[up - k] + sum;
    sum = self.B * y[up] + sum;
    sum = self.C * y[up + k] + sum;
    sum = self.D * y[at - k] + sum;
    sum = self.E * y[at + k] + sum;
    sum = self.F * y[down - k] + sum;
    sum = self.G * y[down] + sum;
    return self.H * y[down + k] + sum;
}
