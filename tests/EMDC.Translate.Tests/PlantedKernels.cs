using ILGPU;

namespace EMDC.Translate.Tests;

/// <summary>Kernels with faults that only a tool finds which watches all threads, and one without.</summary>
public static class PlantedKernels
{
    /// <summary>Threads of the group, and elements of each view.</summary>
    public const int Size = 16;

    public static void Race(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Size);
        int t = Group.IdxX;
        shared[t] = a[t];
        y[t] = shared[Size - 1 - t] + b[t];
    }

    public static void Divergence(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Size);
        int t = Group.IdxX;
        shared[t] = a[t];
        if (b[t] > 5)
        {
            Group.Barrier();
        }

        y[t] = shared[t];
    }

    public static void Unwritten(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Size);
        int t = Group.IdxX;
        if (t != 5)
        {
            shared[t] = a[t];
        }

        Group.Barrier();
        int v = shared[Size - 1 - t];
        y[t] = v > 3 ? b[t] : v;
    }

    public static void Right(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Size);
        int t = Group.IdxX;
        shared[t] = a[t];
        Group.Barrier();
        y[t] = shared[Size - 1 - t] > 3 ? b[t] : 0;
    }
}
