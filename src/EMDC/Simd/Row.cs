using System.Runtime.CompilerServices;

namespace EMDC.Simd;

/// <summary>
/// One to three vectors of neighbouring pixels: the width of a register tile. Tiles are three vectors wide; the last one of a
/// range is one or two. Every pixel goes through the same operations in the same order whatever the width, so results do not
/// depend on where a range was cut.
/// </summary>
internal unsafe interface IRow<R, V> where R : struct where V : struct
{
    static abstract R Broadcast(float a);
    static abstract R Load(float* p);
    static abstract void Store(float* p, R a);

    /// <summary>a·x + y.</summary>
    static abstract R Fma(V a, R x, R y);

    /// <summary>a·x + y, pixel by pixel.</summary>
    static abstract R Fma(R a, R x, R y);
    static abstract R Multiply(R a, R b);
    static abstract R Add(R a, R b);
    static abstract R Clamp(R a, V low, V high);
    static abstract R And(R a, R mask);
}

/// <summary>One vector.</summary>
internal unsafe struct Row1<S, V> : IRow<Row1<S, V>, V> where S : struct, ISimd<V> where V : struct
{
    public V A;

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Broadcast(float a)
    {
        Row1<S, V> r;
        r.A = S.Broadcast(a);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Load(float* p)
    {
        Row1<S, V> r;
        r.A = S.Load(p);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Row1<S, V> a)
    {
        S.Store(p, a.A);
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Fma(V a, Row1<S, V> x, Row1<S, V> y)
    {
        Row1<S, V> r;
        r.A = S.Fma(a, x.A, y.A);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Fma(Row1<S, V> a, Row1<S, V> x, Row1<S, V> y)
    {
        Row1<S, V> r;
        r.A = S.Fma(a.A, x.A, y.A);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Multiply(Row1<S, V> a, Row1<S, V> b)
    {
        Row1<S, V> r;
        r.A = S.Multiply(a.A, b.A);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Add(Row1<S, V> a, Row1<S, V> b)
    {
        Row1<S, V> r;
        r.A = S.Add(a.A, b.A);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> Clamp(Row1<S, V> a, V low, V high)
    {
        Row1<S, V> r;
        r.A = S.Min(S.Max(a.A, low), high);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row1<S, V> And(Row1<S, V> a, Row1<S, V> mask)
    {
        Row1<S, V> r;
        r.A = S.And(a.A, mask.A);
        return r;
    }
}

/// <summary>Two vectors.</summary>
internal unsafe struct Row2<S, V> : IRow<Row2<S, V>, V> where S : struct, ISimd<V> where V : struct
{
    public V A, B;

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Broadcast(float a)
    {
        Row2<S, V> r;
        r.A = S.Broadcast(a); r.B = S.Broadcast(a);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Load(float* p)
    {
        Row2<S, V> r;
        r.A = S.Load(p); r.B = S.Load(p + S.Width);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Row2<S, V> a)
    {
        S.Store(p, a.A);
        S.Store(p + S.Width, a.B);
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Fma(V a, Row2<S, V> x, Row2<S, V> y)
    {
        Row2<S, V> r;
        r.A = S.Fma(a, x.A, y.A); r.B = S.Fma(a, x.B, y.B);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Fma(Row2<S, V> a, Row2<S, V> x, Row2<S, V> y)
    {
        Row2<S, V> r;
        r.A = S.Fma(a.A, x.A, y.A); r.B = S.Fma(a.B, x.B, y.B);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Multiply(Row2<S, V> a, Row2<S, V> b)
    {
        Row2<S, V> r;
        r.A = S.Multiply(a.A, b.A); r.B = S.Multiply(a.B, b.B);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Add(Row2<S, V> a, Row2<S, V> b)
    {
        Row2<S, V> r;
        r.A = S.Add(a.A, b.A); r.B = S.Add(a.B, b.B);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> Clamp(Row2<S, V> a, V low, V high)
    {
        Row2<S, V> r;
        r.A = S.Min(S.Max(a.A, low), high); r.B = S.Min(S.Max(a.B, low), high);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row2<S, V> And(Row2<S, V> a, Row2<S, V> mask)
    {
        Row2<S, V> r;
        r.A = S.And(a.A, mask.A); r.B = S.And(a.B, mask.B);
        return r;
    }
}

/// <summary>Three vectors.</summary>
internal unsafe struct Row3<S, V> : IRow<Row3<S, V>, V> where S : struct, ISimd<V> where V : struct
{
    public V A, B, C;

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Broadcast(float a)
    {
        Row3<S, V> r;
        r.A = S.Broadcast(a); r.B = S.Broadcast(a); r.C = S.Broadcast(a);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Load(float* p)
    {
        Row3<S, V> r;
        r.A = S.Load(p); r.B = S.Load(p + S.Width); r.C = S.Load(p + (2 * S.Width));
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Row3<S, V> a)
    {
        S.Store(p, a.A);
        S.Store(p + S.Width, a.B);
        S.Store(p + (2 * S.Width), a.C);
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Fma(V a, Row3<S, V> x, Row3<S, V> y)
    {
        Row3<S, V> r;
        r.A = S.Fma(a, x.A, y.A); r.B = S.Fma(a, x.B, y.B); r.C = S.Fma(a, x.C, y.C);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Fma(Row3<S, V> a, Row3<S, V> x, Row3<S, V> y)
    {
        Row3<S, V> r;
        r.A = S.Fma(a.A, x.A, y.A); r.B = S.Fma(a.B, x.B, y.B); r.C = S.Fma(a.C, x.C, y.C);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Multiply(Row3<S, V> a, Row3<S, V> b)
    {
        Row3<S, V> r;
        r.A = S.Multiply(a.A, b.A); r.B = S.Multiply(a.B, b.B); r.C = S.Multiply(a.C, b.C);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Add(Row3<S, V> a, Row3<S, V> b)
    {
        Row3<S, V> r;
        r.A = S.Add(a.A, b.A); r.B = S.Add(a.B, b.B); r.C = S.Add(a.C, b.C);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> Clamp(Row3<S, V> a, V low, V high)
    {
        Row3<S, V> r;
        r.A = S.Min(S.Max(a.A, low), high); r.B = S.Min(S.Max(a.B, low), high); r.C = S.Min(S.Max(a.C, low), high);
        return r;
    }

    [MethodImpl(Jit.Inline)]
    public static Row3<S, V> And(Row3<S, V> a, Row3<S, V> mask)
    {
        Row3<S, V> r;
        r.A = S.And(a.A, mask.A); r.B = S.And(a.B, mask.B); r.C = S.And(a.C, mask.C);
        return r;
    }
}
