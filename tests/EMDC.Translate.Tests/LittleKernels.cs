using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace EMDC.Translate.Tests;

/// <summary>
/// Kernels of a few lines, each about one thing that a translation can get wrong. Kernel i reads p = a[i] and q = b[i] and
/// writes sixteen results from y[16·i] on, kernels about groups eight from y[8·i] on.
/// </summary>
public static class LittleKernels
{
    // No sum of a product: a device may fuse it.
    public static void Float_arithmetic(ArrayView<float> a, ArrayView<float> b, ArrayView<float> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i], q = b[i];
        y[16 * i] = p + q;
        y[16 * i + 1] = p - q;
        y[16 * i + 2] = p * q;
        y[16 * i + 3] = p / q;
        y[16 * i + 4] = -p;
        y[16 * i + 5] = p - 0f;
        y[16 * i + 6] = 0f - p;
        y[16 * i + 7] = -0f;
        y[16 * i + 8] = (p + q) / (p - q);
        y[16 * i + 9] = p - (q - p);
        y[16 * i + 10] = p / (q / 3.1f);
        y[16 * i + 11] = 1e-5f * p;
        y[16 * i + 12] = float.MaxValue;
        y[16 * i + 13] = float.PositiveInfinity;
        y[16 * i + 14] = float.NaN;
        y[16 * i + 15] = float.Epsilon * 1.5e30f;
    }

    public static void Float_functions(ArrayView<float> a, ArrayView<float> b, ArrayView<float> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i], q = b[i];
        y[16 * i] = MathF.Abs(p);
        y[16 * i + 1] = XMath.Abs(q);
        y[16 * i + 2] = MathF.Max(p, q);
        y[16 * i + 3] = MathF.Min(p, q);
        y[16 * i + 4] = XMath.Clamp(p, -1f, 1f);
        y[16 * i + 5] = MathF.Floor(p);
        y[16 * i + 6] = MathF.Ceiling(p);
        y[16 * i + 7] = MathF.Truncate(p);
        y[16 * i + 8] = MathF.Round(p);
        y[16 * i + 9] = MathF.Sqrt(p);
        y[16 * i + 10] = MathF.CopySign(p, q);
        y[16 * i + 11] = MathF.FusedMultiplyAdd(p, q, 1f);
        y[16 * i + 12] = XMath.IsNaN(p) ? 1f : 0f;
        y[16 * i + 13] = float.IsInfinity(p) ? 1f : float.IsFinite(q) ? 2f : 3f;
        y[16 * i + 14] = Interop.IntAsFloat(Interop.FloatAsInt(p));
        y[16 * i + 15] = XMath.Rcp(p);
    }

    public static void Float_comparisons_as_values(ArrayView<float> a, ArrayView<float> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i], q = b[i];
        bool less = p < q, more = p > q;
        y[16 * i] = p < q ? 1 : 0;
        y[16 * i + 1] = p <= q ? 1 : 0;
        y[16 * i + 2] = p > q ? 1 : 0;
        y[16 * i + 3] = p >= q ? 1 : 0;
        y[16 * i + 4] = p == q ? 1 : 0;
        y[16 * i + 5] = p != q ? 1 : 0;
        y[16 * i + 6] = !(p < q) ? 1 : 0;
        y[16 * i + 7] = !(p >= q) ? 1 : 0;
        y[16 * i + 8] = less | more ? 1 : 0;
        y[16 * i + 9] = !less & !more ? 1 : 0;
        y[16 * i + 10] = less ^ (q != p) ? 1 : 0;
        y[16 * i + 11] = less == more ? 1 : 0;
        y[16 * i + 12] = (p < q) == (q <= 1f) ? 1 : 0;
        y[16 * i + 13] = p < q && q < 10f || p == 0f ? 1 : 0;
        y[16 * i + 14] = !(p < q && !(q > 10f)) ? 1 : 0;
        y[16 * i + 15] = more ? 5 : 7;
    }

    public static void Float_comparisons_that_branch(ArrayView<float> a, ArrayView<float> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i], q = b[i];
        int n = 0;
        if (p < q) n += 1;
        if (p <= q) n += 2;
        if (p > q) n += 4;
        if (p >= q) n += 8;
        if (p == q) n += 16;
        if (p != q) n += 32;
        if (!(p < q)) n += 64;
        if (!(p <= q)) n += 128;
        if (!(p > q)) n += 256;
        if (!(p >= q)) n += 512;
        if (p < q) n *= 3;
        else n *= 5;
        if (p > 0f && q > 0f) n += 1024;
        if (p > 0f || q > 0f) n += 2048;
        y[16 * i] = n;
    }

    public static void Float_to_int(ArrayView<float> a, ArrayView<float> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i], q = b[i];
        y[16 * i] = (int)p;
        y[16 * i + 1] = unchecked((int)(uint)p);
        y[16 * i + 2] = (int)(p / 3f);
        y[16 * i + 3] = (byte)(int)p;
        y[16 * i + 4] = (short)(int)q;
        y[16 * i + 5] = unchecked((int)Interop.FloatAsInt(p));
        y[16 * i + 6] = unchecked((int)(Interop.FloatAsInt(q) >> 3));
        y[16 * i + 7] = (int)MathF.Floor(q);
        y[16 * i + 8] = unchecked((int)(long)q);
    }

    public static void Int_to_float(ArrayView<int> a, ArrayView<int> b, ArrayView<float> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i], q = b[i];
        y[16 * i] = p;
        y[16 * i + 1] = (uint)p;
        y[16 * i + 2] = (uint)p >> 1;
        y[16 * i + 3] = (long)p;
        y[16 * i + 4] = p * 0.5f;
        y[16 * i + 5] = p / 3;
        y[16 * i + 6] = (byte)q;
        y[16 * i + 7] = Interop.IntAsFloat((uint)p & 0x7f7fffff);
        y[16 * i + 8] = (float)(p & 255) / 255f;
    }

    public static void Int_arithmetic(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i], q = b[i], d = q == 0 || q == -1 ? 3 : q;
        y[16 * i] = p + q;
        y[16 * i + 1] = p - q;
        y[16 * i + 2] = p * q;
        y[16 * i + 3] = -p;
        y[16 * i + 4] = ~p;
        y[16 * i + 5] = p & q;
        y[16 * i + 6] = p | q;
        y[16 * i + 7] = p ^ q;
        y[16 * i + 8] = p / d;
        y[16 * i + 9] = p % d;
        y[16 * i + 10] = unchecked(p * 31 + q);
        y[16 * i + 11] = p - (q - (p - 7));
        y[16 * i + 12] = (p & 0xff) + 3 << 2 | q & 1;
        y[16 * i + 13] = p / 7 * 7 + p % 7;
        y[16 * i + 14] = int.MinValue;
        y[16 * i + 15] = p - -1;
    }

    public static void Uint_arithmetic(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        uint p = unchecked((uint)a[i]), q = unchecked((uint)b[i]), d = q == 0 ? 5u : q;
        uint hash = p;
        hash = (hash ^ (hash >> 16)) * 0x7feb352du;
        hash = (hash ^ (hash >> 15)) * 0x846ca68bu;
        unchecked
        {
            y[16 * i] = (int)(p / d);
            y[16 * i + 1] = (int)(p % d);
            y[16 * i + 2] = (int)(p + q);
            y[16 * i + 3] = p < q ? 1 : 0;
            y[16 * i + 4] = p >= q ? 1 : 0;
            y[16 * i + 5] = (int)hash;
            y[16 * i + 6] = p + 1 > p ? 1 : 0;
            y[16 * i + 7] = (int)((ulong)p * q >> 32);
            y[16 * i + 8] = (int)(p >> 3) + (a[i] >> 3);
            y[16 * i + 9] = p > 0 ? 4 : 9;
            y[16 * i + 10] = (int)uint.MaxValue;
            y[16 * i + 11] = (int)(0u - p);
            y[16 * i + 12] = p / 3u > 1000u && q != 0 ? 1 : 0;
            y[16 * i + 13] = (int)Math.Max(p, q);
        }
    }

    public static void Shifts_and_widths(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i], q = b[i];
        y[16 * i] = p << q;
        y[16 * i + 1] = p >> q;
        y[16 * i + 2] = unchecked((int)((uint)p >> q));
        y[16 * i + 3] = p >>> q;
        y[16 * i + 4] = p << 3;
        y[16 * i + 5] = p >> 31;
        y[16 * i + 6] = (sbyte)p;
        y[16 * i + 7] = (byte)p;
        y[16 * i + 8] = (short)p;
        y[16 * i + 9] = (ushort)p;
        y[16 * i + 10] = unchecked((int)(((long)p * q) >> 16));
        y[16 * i + 11] = unchecked((int)((long)p << q));
        y[16 * i + 12] = (long)p * q > 1L << 40 ? 1 : 0;
        y[16 * i + 13] = unchecked((int)((ulong)(long)p >> 33));
        y[16 * i + 14] = unchecked((int)((uint)q | (ulong)(uint)p << 32));
        y[16 * i + 15] = unchecked((int)(-(long)p / 3));
    }

    public static void Int_functions_and_choices(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i], q = b[i];
        y[16 * i] = Math.Max(p, q);
        y[16 * i + 1] = XMath.Min(p, q);
        y[16 * i + 2] = XMath.Clamp(p, -5, 5);
        y[16 * i + 3] = Math.Abs(p == int.MinValue ? 0 : p);
        y[16 * i + 4] = p < q ? p : q;
        y[16 * i + 5] = p < 0 ? -1 : p > 0 ? 1 : 0;
        y[16 * i + 6] = (p < q ? p : q) + (p > 3 ? q : p) * (q < 0 ? 2 : 3);
        y[16 * i + 7] = p == 0 ? 0 : q / (p == -1 ? 2 : p);
        y[16 * i + 8] = q != 0 && q != -1 && p / q > 2 ? 1 : 0;
        y[16 * i + 9] = p < 0 || q < 0 && p > 10 || (p ^ q) < 4 ? 1 : 0;
        y[16 * i + 10] = XMath.DivRoundUp(p & 0xffff, 7);
        bool odd = (p & 1) != 0, both = odd && q > 0;
        y[16 * i + 11] = both ? 1 : 0;
        y[16 * i + 12] = odd == both ? 2 : 3;
        y[16 * i + 13] = !odd || !both ? 1 : 0;
        y[16 * i + 14] = (odd ? 1 : 0) + (both ? 10 : 20);
        Index1D index = i;
        y[16 * i + 15] = index.X + index;
    }

    public static void Evaluation_order(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i] & 1023, q = b[i] & 1023, at = 16 * i;
        y[at++] = p;
        y[at] = at++ - 16 * i;
        y[at++] = p++ + p * 2;
        y[at++] = p-- - --p;
        int r = q = p + q;
        y[at++] = q + r;
        y[at++] = q++ * 3 + q;
        (p, q) = (q, p);
        y[at++] = p - q;
        y[at] = 5;
        y[at] += y[at] + (y[at] = 7);
        at++;
        p += q += 2;
        y[at++] = p * 3 - q;
        int old = y[at - 1];
        y[at - 1]++;
        y[at++] = old;
    }

    public static void Loops(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i] & 15, q = b[i] & 15, sum = 0;
        for (int u = 0; u < p; u++)
        {
            if (u == 3) continue;
            if (u == 11) break;
            for (int v = u; v < q; v += 2)
            {
                if ((u + v) % 5 == 4) break;
                if (v == 7)
                {
                    sum += 100;
                    continue;
                }

                sum += u * v + 1;
            }

            sum ^= u;
        }

        y[16 * i] = sum;
        int n = 0;
        while (p > 0 && n < 40)
        {
            p = (p & 1) == 0 ? p / 2 : 3 * p + 1;
            n++;
            if (p == 1) break;
        }

        y[16 * i + 1] = n;
        do
        {
            q--;
            n += q & 3;
        }
        while (q > 4);
        y[16 * i + 2] = n;
        y[16 * i + 3] = FirstDivisor(100 + p * 7 + q);
        int steps = 0, left = 0, right = 50;
        while (true)
        {
            int middle = (left + right) / 2;
            if (left >= right) break;
            if (middle * middle > n)
            {
                right = middle;
            }
            else
            {
                left = middle + 1;
                if (++steps > 30) break;
            }
        }

        y[16 * i + 4] = left * 100 + steps;
        for (int u = 0, v = 10; u < v; u++, v--) y[16 * i + 5] = u * 16 + v;
    }

    public static void Switches(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i] & 7, q = b[i];
        int n;
        switch (p)
        {
            case 0:
                n = 10;
                break;
            case 1:
            case 2:
                n = q;
                break;
            case 3:
                n = 30;
                goto case 5;
            case 5:
                n = 50 + p;
                break;
            default:
                n = -1;
                break;
        }

        y[16 * i] = n;
        y[16 * i + 1] = q switch { 0 => 1, 1 => 3, 2 => 9, 3 => 27, 100 => 5, > 1000 => 6, < -1000 => 7, _ => 8 };
        y[16 * i + 2] = Named(p);
        int sum = 0;
        for (int u = 0; u < 9; u++)
        {
            switch ((u + p) % 4)
            {
                case 0: continue;
                case 1: sum += u; break;
                case 2: sum *= 3; break;
            }

            if (sum > 200) break;
            sum++;
        }

        y[16 * i + 3] = sum;
    }

    public static void Records(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i] & 0xffff, q = b[i] & 0xffff;
        var pair = new Pair(p, q);
        var nested = new Nested(pair, 7) with { Scale = 9 };
        Pair swapped = nested.Inner.Swapped;
        y[16 * i] = swapped.First - swapped.Second;
        y[16 * i + 1] = nested.Scale * nested.Inner.Sum();
        y[16 * i + 2] = (pair + swapped).First;
        y[16 * i + 3] = new Pair(p).Second;
        Pair chosen = p < q ? pair : swapped;
        y[16 * i + 4] = chosen.First;
        var counter = new Counter(p);
        counter.Add(q);
        counter.Add(3);
        y[16 * i + 5] = counter.Total;
        int doubled = p;
        Double(ref doubled);
        Split(q, out int high, out int low);
        y[16 * i + 6] = doubled + high * 3 - low;
        Pair zero = default;
        y[16 * i + 7] = zero.First + zero.Second;
        var whole = new Whole(p);
        Whole next = whole.Next();
        y[16 * i + 8] = next.Value;
        var bounded = new Bounded(p - 1000);
        y[16 * i + 9] = bounded.Value;
        for (int k = 0; k < 3; k++) pair = new Pair(pair.Second, pair.First + k);
        y[16 * i + 10] = pair.First * 3 + pair.Second;
        Index2D index = new(p, q);
        y[16 * i + 11] = index.X * 2 - index.Y + (index + new Index2D(1, 2)).Y;
        Turn(ref pair);
        y[16 * i + 12] = pair.First;
    }

    // Products stay below 2^24, so that a fused product is the same.
    public static void Vectors(ArrayView<int> a, ArrayView<int> b, ArrayView<float> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        float p = a[i] & 1023, q = b[i] & 1023;
        var v = new Float4(p, q, 3f, -4f);
        Float4 w = v.Add(2f, new Float4(v.Y, v.Z, v.W, q)).Add(3f, v);
        ArrayView<Float4> four = y.Cast<Float4>();
        four[4 * i] = w;
        four[4 * i + 1] = new Float4(-w.X, -w.Y, -w.Z, -w.W);
        four[4 * i + 2] = new Float4(Limit(w.X), Limit(w.Y), Limit(w.Z), Limit(w.W)).Scaled(0.5f);
        Float4 last = Float4.All(p) with { Y = q };
        four[4 * i + 3] = p > q ? last : new Float4(MathF.Abs(last.X), MathF.Abs(last.Y), MathF.Abs(last.Z), MathF.Abs(last.W));
    }

    public static void Views(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        ArrayView<int> mine = y.SubView(16 * i, 16), half = mine.SubView(8, 8);
        ArrayView<int> from = a[i] < b[i] ? a : b;
        mine[0] = from[i];
        mine[1] = mine.IntLength;
        mine[2] = (int)half.Length + half.IntLength;
        half[0] = SumOf(a.SubView(i, 1)) + SumOf(mine.SubView(0, 3));
        half[1] = (int)a.LengthInBytes;
        half[2] = y.Cast<Pair>().IntLength;
        half[3] = a.IsValid ? 1 : 0;
        ArrayView<int> chosen = a;
        for (int k = 0; k < 3; k++) chosen = k == 1 ? b : chosen;
        half[4] = chosen[i] + Last(chosen);
        mine[3] += half[0];
        mine[4] = mine[3]++;
    }

    // In ILGPU an indexer gives a reference: its place is found before what is stored there, whatever happens in between.
    public static void References_to_elements(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + Group.IdxX;
        int p = a[i] & 7, q = b[i] & 7, at = 16 * i, first = at;
        ref int place = ref y[at + 3];
        at += 5;
        place = at - first;
        place += p;
        y[at] = place++;
        y[at++] += y[at] = q;
        y[at++] = at - first;
        y[first] = p;
        y[first + y[first]] = y[first]++ + y[first];
        y[first + 8] = p switch { 0 => q, 1 => Changed(y, first), 2 => 7, > 5 => y[first], _ => -1 };
        y[at - first + 2 + first] = p > 3 && Changed(y, first) > 4 || q > 2 ? at++ : p;
        ref int chosen = ref (p < q ? ref y[first + 10] : ref y[at = first + 11]);
        chosen = p * 8 + q;
        chosen--;
        y[first + 12] = at - first;
        ArrayView<Counter> counters = y.SubView(first + 14, 2).Cast<Counter>();
        counters[0].Total = p;
        counters[0].Steps = counters[0].Total++;
        ref Counter counter = ref counters[0];
        counter.Total += counter.Steps * 10;
    }

    public static void Groups_and_threads(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int at = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX * Group.DimY * Group.DimZ + Group.LinearIndex;
        Index3D global = Grid.GlobalIndex;
        y[8 * at] = Group.IdxX + 10 * Group.IdxY + 100 * Group.IdxZ;
        y[8 * at + 1] = Group.DimX + 10 * Group.DimY + 100 * Group.DimZ;
        y[8 * at + 2] = Grid.IdxX + 10 * Grid.IdxY + 100 * Grid.IdxZ;
        y[8 * at + 3] = Grid.DimX + 10 * Grid.DimY + 100 * Grid.DimZ;
        y[8 * at + 4] = global.X + 100 * global.Y + 10000 * global.Z;
        y[8 * at + 5] = Group.IsFirstThread ? 1 : Group.IsLastThread ? 2 : 3;
        y[8 * at + 6] = a[at] + b[at];
        y[8 * at + 7] = Group.Index.Y + Grid.Index.X;
    }

    // Sums by halves, then a few sweeps between two arrays; helpers see shared and global memory.
    public static void Shared_memory(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> partial = SharedMemory.Allocate<int>(2 * Size);
        var even = SharedMemory.Allocate1D<int>(Size);
        var odd = SharedMemory.Allocate1D<int>(Size);
        int t = Group.LinearIndex, threads = Group.DimX * Group.DimY * Group.DimZ, first = (Grid.IdxY * Grid.DimX + Grid.IdxX) * threads;
        partial[t] = Twice(a, first + t);
        partial[Size + t] = Twice(b, first + t);
        for (int half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (t < half)
            {
                partial[t] += partial[t + half];
                partial[Size + t] = Math.Max(Twice(partial, Size + t), partial[Size + t + half] * 2) / 2;
            }
        }

        var from = even;
        var to = odd;
        from[t] = a[first + t];
        for (int sweep = 0; sweep < 5; sweep++)
        {
            Group.Barrier();
            if (sweep == 3 && b[first] > 1 << 20) break;
            to[t] = from[t] ^ from[(t + 1) % threads] + sweep;
            (from, to) = (to, from);
        }

        Ends(partial, y, first, t);
        y[8 * (first + t) + 2] = from[t];
        y[8 * (first + t) + 3] = LastOf(odd.AsContiguous()) + LastOf(y);
    }

    // A helper over shared memory that is large and called so often that Clang would rather leave it as a function.
    public static void Large_helper_over_shared_memory(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Size);
        int t = Group.IdxX, i = (Grid.IdxY * Grid.DimX + Grid.IdxX) * Group.DimX + t;
        shared[t] = a[i];
        Group.Barrier();
        y[16 * i] = Mixed(shared, t, b[i]);
        y[16 * i + 1] = Mixed(shared, t + 5, y[16 * i]);
        y[16 * i + 2] = Mixed(shared, t + 9, y[16 * i + 1]);
        y[16 * i + 3] = Mixed(shared, t + 12, y[16 * i + 2]);
    }

    private const int Size = 16;

    private static int Mixed(ArrayView<int> view, int at, int value)
    {
        value = (value & 0xff) * 3 ^ view[at % 16];
        value = (value & 0xff) * 5 ^ view[(at + 1) % 16];
        value = (value & 0xff) * 7 ^ view[(at + 2) % 16];
        value = (value & 0xff) * 9 ^ view[(at + 4) % 16];
        value = (value & 0xff) * 11 ^ view[(at + 7) % 16];
        value = (value & 0xff) * 13 ^ view[(at + 8) % 16];
        value = (value & 0xff) * 15 ^ view[(at + 11) % 16];
        value = (value & 0xff) * 17 ^ view[(at + 13) % 16];
        return (value & 0xff) * 19 ^ view[(at + 15) % 16];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Changed(ArrayView<int> view, int at)
    {
        view[at] += 2;
        return view[at];
    }

    private static int LastOf(ArrayView<int> view) => view.IntLength;

    private static int Twice(ArrayView<int> view, int at)
    {
        int value = 0;
        for (int k = 0; k < 2; k++) value += view[at] & 0xffffff;
        return value;
    }

    private static void Ends(ArrayView<int> partial, ArrayView<int> y, int first, int t)
    {
        Group.Barrier();
        y[8 * (first + t)] = partial[0];
        y[8 * (first + t) + 1] = partial[Size];
    }

    private static int FirstDivisor(int n)
    {
        for (int d = 2; d * d <= n; d++)
        {
            if (n % d == 0)
            {
                return d;
            }
        }

        return n;
    }

    private static int Named(int p)
    {
        switch (p)
        {
            case 1: return 11;
            case 4: return 44;
            case 6: return p * p;
        }

        return 0;
    }

    private static void Double(ref int value) => value *= 2;

    private static void Split(int value, out int high, out int low)
    {
        high = value >> 8;
        low = value & 255;
    }

    private static void Turn(ref Pair pair)
    {
        if (pair.First > 5) pair = pair.Swapped;
    }

    private static float Limit(float value) => value < -100f ? -100f : value > 100f ? 100f : value;

    private static int SumOf(ArrayView<int> view)
    {
        int sum = 0;
        for (int k = 0; k < view.IntLength; k++) sum += view[k];
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Last(ArrayView<int> view) => view[view.IntLength - 1];

    internal readonly record struct Pair(int First, int Second)
    {
        public Pair(int both) : this(both, 2 * both) { }

        public Pair Swapped => new(Second, First);

        public int Sum() => First + Second;

        public static Pair operator +(Pair a, Pair b) => new(a.First + b.First, a.Second + b.Second);
    }

    internal readonly record struct Nested(Pair Inner, int Scale);

    internal readonly record struct Whole(int Value)
    {
        public Whole Next() => new(Value + 1);
    }

    internal struct Counter(int start)
    {
        public int Total = start;
        public int Steps;

        public void Add(int value)
        {
            Total += value * 2;
            if (Total > 100) Steps++;
            Total += Steps;
        }
    }

    internal readonly struct Bounded
    {
        public readonly int Value;
        public readonly int Clipped;

        public Bounded(int value)
        {
            Value = value;
            Clipped = 0;
            if (value < 0)
            {
                Value = 0;
                Clipped = -value;
            }
        }
    }

    internal readonly record struct Float4(float X, float Y, float Z, float W)
    {
        public Float4 Add(float w, Float4 x) => new(w * x.X + X, w * x.Y + Y, w * x.Z + Z, w * x.W + W);

        public Float4 Scaled(float by) => new(X * by, Y * by, Z * by, W * by);

        public static Float4 All(float value) => new(value, value, value, value);
    }
}
