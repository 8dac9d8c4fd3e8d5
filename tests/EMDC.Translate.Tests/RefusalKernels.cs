using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace EMDC.Translate.Tests;

/// <summary>Kernels outside of the dialect; <see cref="RefusalTests"/> says what each is told. The line is part of it.</summary>
internal static class RefusalKernels
{
    private static readonly double Half = 0.5;
    private static int counter;

    internal readonly record struct Float4(float X, float Y, float Z, float W);

    internal readonly record struct Misplaced(int Count, Float4 Values);

    public static void Array(ArrayView<int> y) => y[0] = new int[3].Length;

    public static void Text(ArrayView<int> y) => y[0] = "abc"[1];

    public static void Throws(ArrayView<int> y)
    {
        if (y[0] > 0) throw new InvalidOperationException();
    }

    public static void Catches(ArrayView<int> y)
    {
        try
        {
            y[0] = 1;
        }
        finally
        {
            y[0] = 2;
        }
    }

    public static void Checks(ArrayView<int> y) => y[0] = checked(y[1] + y[2]);

    public static void Doubles(ArrayView<float> y) => y[0] = (float)(y[1] * 0.1);

    public static void Statics(ArrayView<float> y) => y[0] = (float)Half;

    public static void Counts(ArrayView<int> y) => counter = y[0];

    public static void Writes(ArrayView<int> y) => Console.WriteLine(y[0]);

    public static void Hyperbolic(ArrayView<float> y) => y[0] = MathF.Asinh(y[1]);

    public static void Recurses(ArrayView<int> y) => y[0] = Factorial(y[1]);

    public static void Boxes(ArrayView<int> y) => y[0] = y[1].GetHashCode();

    public static void Delegates(ArrayView<int> y)
    {
        Func<int, int> twice = Twice;
        y[0] = twice(3);
    }

    public static void Objects(ArrayView<int> y) => y[0] = new Random(3).Next();

    public static void Stacks(ArrayView<int> y)
    {
        Span<int> local = stackalloc int[4];
        y[0] = local[2];
    }

    public static void Generic(ArrayView<int> y) => y[0] = Same(y[1]);

    public static void SharedSize(ArrayView<int> y)
    {
        var shared = SharedMemory.Allocate<int>(y.IntLength);
        shared[0] = 1;
    }

    public static void SharedLongs(ArrayView<int> y)
    {
        var shared = SharedMemory.Allocate<long>(4);
        shared[0] = 1;
    }

    public static void SharedInHelper(ArrayView<int> y) => y[0] = Scratch();

    public static void TwoSpaces(ArrayView<int> y)
    {
        var view = SharedMemory.Allocate<int>(4);
        if (y[0] > 0) view = y;
        view[0] = 1;
    }

    public static void ReturnsView(ArrayView<int> y)
    {
        ArrayView<int> rest = Rest(y);
        rest[0] = 1;
    }

    public static void Jumps(ArrayView<int> y)
    {
        int n = y[0];
        if (n > 5) goto inside;
    again:
        n++;
    inside:
        n *= 2;
        if (n < 100) goto again;
        y[0] = n;
    }

    public static void Record(Misplaced s, ArrayView<int> y) => y[0] = s.Count;

    public static void Longs(ArrayView<long> y) => y[0] = 1;

    public static void Element(ArrayView<int> y) => Increase(ref y[1]);

    public static void Places(ArrayView<int> y)
    {
        int n = 3;
        ref int place = ref (y[0] > 0 ? ref y[1] : ref n);
        place = 7;
        y[2] = n;
    }

    public static void Several(ArrayView<int> y)
    {
        ref int place = ref y[0];
        for (int k = 1; k < 4; k++)
        {
            place = k;
            place = ref y[k];
        }
    }

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private static void Increase(ref int n)
    {
        while (n < 5) n++;
    }

    private static int Twice(int n) => 2 * n;

    private static T Same<T>(T value) => value;

    private static int Scratch()
    {
        var shared = SharedMemory.Allocate<int>(4);
        shared[0] = 3;
        return shared[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ArrayView<int> Rest(ArrayView<int> view)
    {
        int n = XMath.Max(view[0], 1);
        if (n > 5) return view;
        return view.SubView(n);
    }
}
