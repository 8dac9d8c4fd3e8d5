using System.Reflection;
using ILGPU;

namespace EMDC.Translate.Tests;

/// <summary>Text that tests its indices finds those outside of their views, and says which kernel, which line, which index, which length.</summary>
public sealed class CheckedTextTests
{
    private const int Threads = 4;

    internal static void ReadsBehindTheEnd(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int t = Group.IdxX;
        y[t] = a[t] +
            b[t + 2];
    }

    internal static void WritesInFrontOfTheStart(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        int t = Group.IdxX;
        y[t] = b[t];
        if (t == 2)
            y[a[t] - 15] = 7;
    }

    internal static void LeavesSharedMemory(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(6);
        int t = Group.IdxX;
        shared[t] = a[t];
        if (t == 3) shared[2 * t] = b[t];
        Group.Barrier();
        y[t] = shared[t];
    }

    internal static void FailsInAHelper(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y) => y[Group.IdxX] = Sum(a.SubView(1, 3), 4) + b[0];

    internal static void StaysInside(ArrayView<int> a, ArrayView<int> b, ArrayView<int> y)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(Threads);
        int t = Group.IdxX;
        shared[t] = a[t];
        Group.Barrier();
        y[t] = Sum(shared, Threads) - b[t];
    }

    private static int Sum(ArrayView<int> view, int count)
    {
        int sum = 0;
        for (int k = 0; k < count; k++)
            sum += view[k];
        return sum;
    }

    // a: 10, 11, 12, 13. b: 20, 21, 22, 23.
    [Theory]
    [InlineData(nameof(ReadsBehindTheEnd), 4, 14, Threads)]
    [InlineData(nameof(WritesInFrontOfTheStart), -3, 23, Threads)]
    [InlineData(nameof(LeavesSharedMemory), 6, 31, 6)]
    [InlineData(nameof(FailsInAHelper), 3, 51, 3)]
    public void An_index_outside_of_its_view_is_found(string kernel, int index, int line, int length)
    {
        OpenCLHost.NeedDevice();
        var (places, fault, _) = Run(kernel);
        Assert.NotEqual(0, fault[0]);
        Assert.Equal($"{kernel}: CheckedTextTests.cs:{line}", places[fault[0] - 1]);
        Assert.Equal((index, length), (fault[1], fault[2]));
    }

    [Fact]
    public void A_kernel_that_stays_inside_leaves_no_fault()
    {
        OpenCLHost.NeedDevice();
        var (_, fault, y) = Run(nameof(StaysInside));
        Assert.Equal([0, 0, 0], fault);
        Assert.Equal([46 - 20, 46 - 21, 46 - 22, 46 - 23], y);
    }

    private static (List<string> Places, int[] Fault, int[] Y) Run(string kernel)
    {
        using var host = new OpenCLHost();
        var places = new List<string>();
        int[] y = new int[Threads];
        string text = KernelTexts.Whole(typeof(CheckedTextTests).GetMethod(kernel, BindingFlags.Static | BindingFlags.NonPublic)!, places);
        return (places, host.Run<int, int>(kernel, text, 1, 1, Threads, isChecked: true, [10, 11, 12, 13], [20, 21, 22, 23], y), y);
    }
}
