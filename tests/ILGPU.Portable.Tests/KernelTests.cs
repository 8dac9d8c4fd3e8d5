using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace ILGPU.Tests;

/// <summary>Kernels that keep the rules give what their formulas say.</summary>
public class KernelTests
{
    internal readonly record struct Sizes(int Width, float Scale);

    private readonly record struct Float4(float X, float Y, float Z, float W);

    private static void ScaleKernel(Index1D i, ArrayView<float> x, ArrayView<float> y, float factor) => y[i] = factor * x[i];

    private static void Place2DKernel(Index2D p, ArrayView<int> y, Sizes sizes) => y[p.Y * sizes.Width + p.X] += 100 * p.Y + p.X;

    private static void Place3DKernel(Index3D p, ArrayView<int> y, int width, SpecializedValue<int> height) =>
        y[(p.Z * height + p.Y) * width + p.X] += 10000 * p.Z + 100 * p.Y + p.X;

    // y[p] = 1 + the number of the thread, counted through groups and threads, X fastest.
    private static void GridKernel(ArrayView<int> y)
    {
        int x = Grid.IdxX * Group.DimX + Group.IdxX;
        int row = Grid.IdxY * Group.DimY + Group.IdxY;
        int plane = Grid.IdxZ * Group.DimZ + Group.IdxZ;
        int width = Grid.DimX * Group.DimX, height = Grid.DimY * Group.DimY;
        var global = Grid.GlobalIndex;
        y[(plane * height + row) * width + x] += 1 + (global.Z * height + global.Y) * width + global.X;
    }

    // y[i] = Σ x over the group of i, by halves in shared memory; the loop's last barrier stands in a helper.
    private static void GroupSumKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var partial = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX, first = Grid.IdxX * Group.DimX;
        partial[t] = x[first + t];
        float sum = SumOfGroup(partial, t);
        y[first + t] = sum;
    }

    private static float SumOfGroup(ArrayView<float> partial, int t)
    {
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (t < half) partial[t] += partial[t + half];
        }
        Group.Barrier();
        return partial[0];
    }

    // y[i] = the mean of x[i-1], x[i], x[i+1] with borders repeated, `sweeps` times over, within one group.
    private static void BlurKernel(ArrayView1D<float, Stride1D.Dense> x, ArrayView1D<float, Stride1D.Dense> y, int sweeps)
    {
        var even = SharedMemory.Allocate1D<float>(32);
        var odd = SharedMemory.Allocate1D<float>(32);
        int t = Group.IdxX, last = Group.DimX - 1;
        var from = even;
        var to = odd;
        from[t] = x[t];
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            Group.Barrier();
            to[t] = (from[XMath.Max(t - 1, 0)] + from[t] + from[XMath.Min(t + 1, last)]) / 3;
            (from, to) = (to, from);
        }
        y[t] = from[t];
    }

    // y = the elements of x four by four, in reverse; z = x from its second half on.
    private static void ViewsKernel(Index1D i, ArrayView<float> x, ArrayView<float> y, ArrayView<float> z)
    {
        var wide = x.Cast<Float4>();
        var target = y.Cast<Float4>();
        var four = wide[i];
        target[i] = new Float4(four.W, four.Z, four.Y, four.X);
        var half = x.SubView(x.IntLength / 2, x.IntLength / 2);
        for (int k = 2 * i; k < 2 * i + 2; k++) z[k] = half[k];
    }

    private static float[] Ramp(int length) => [.. Enumerable.Range(0, length).Select(i => (float)i)];

    [Fact]
    public void An_auto_grouped_kernel_runs_once_for_each_index()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, float>(ScaleKernel);
        using var input = device.Accelerator.Allocate1D(Ramp(1001));
        using var output = device.Accelerator.Allocate1D<float>(1001);

        launch(1001, input.View, output.View, 3);
        device.Accelerator.Synchronize();

        Assert.Equal(Ramp(1001).Select(value => 3 * value), output.GetAsArray1D());
    }

    [Fact]
    public void Auto_grouped_indices_of_two_dimensions_are_all_run_once()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<int>, Sizes>(Place2DKernel);
        using var output = device.Accelerator.Allocate1D<int>(37 * 19);
        output.View.MemSetToZero();

        launch((37, 19), output.View, new Sizes(37, 1));

        Assert.Equal(from y in Enumerable.Range(0, 19) from x in Enumerable.Range(0, 37) select 100 * y + x, output.GetAsArray1D());
    }

    [Fact]
    public void Auto_grouped_indices_of_three_dimensions_are_all_run_once()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadAutoGroupedKernel<Index3D, ArrayView<int>, int, SpecializedValue<int>>(Place3DKernel);
        using var output = device.Accelerator.Allocate1D<int>(7 * 5 * 11);
        output.View.MemSetToZero();

        launch(device.Accelerator.DefaultStream, new Index3D(7, 5, 11), output.View, 7, SpecializedValue.New(5));

        var expected =
            from z in Enumerable.Range(0, 11)
            from y in Enumerable.Range(0, 5)
            from x in Enumerable.Range(0, 7)
            select 10000 * z + 100 * y + x;
        Assert.Equal(expected, output.GetAsArray1D());
    }

    [Fact]
    public void Every_thread_of_every_group_of_three_dimensions_runs_once()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadStreamKernel<ArrayView<int>>(GridKernel);
        const int Threads = 2 * 3 * 4 * 4 * 2 * 2;
        using var output = device.Accelerator.Allocate1D<int>(Threads);
        output.View.MemSetToZero();

        launch((new Index3D(2, 3, 4), new Index3D(4, 2, 2)), output.View);

        Assert.Equal(Enumerable.Range(1, Threads), output.GetAsArray1D());
    }

    [Fact]
    public void Threads_meet_at_barriers_in_loops_and_in_helpers()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(GroupSumKernel);
        float[] x = Ramp(640);
        using var input = device.Accelerator.Allocate1D(x);
        using var output = device.Accelerator.Allocate1D<float>(x.Length);

        launch((10, 64), input.View, output.View);

        Assert.Equal(x.Chunk(64).SelectMany(group => Enumerable.Repeat(group.Sum(), 64)), output.GetAsArray1D());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Views_kept_across_barriers_stay_what_they_are(int sweeps)
    {
        using var device = new Checked();
        var launch = device.Accelerator
            .LoadStreamKernel<ArrayView1D<float, Stride1D.Dense>, ArrayView1D<float, Stride1D.Dense>, int>(BlurKernel);
        float[] x = [.. Ramp(32).Select(value => value * value)];
        using var input = device.Accelerator.Allocate1D(x);
        using var output = device.Accelerator.Allocate1D<float>(32);

        launch((1, 32), input.View, output.View, sweeps);

        for (int sweep = 0; sweep < sweeps; sweep++)
            x = [.. x.Select((value, i) => (x[Math.Max(i - 1, 0)] + value + x[Math.Min(i + 1, 31)]) / 3)];
        Assert.Equal(x, output.GetAsArray1D());
    }

    [Fact]
    public void Casts_and_sub_views_show_the_same_memory()
    {
        using var device = new Checked();
        var launch = device.Accelerator
            .LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>>(ViewsKernel);
        float[] x = Ramp(40);
        using var input = device.Accelerator.Allocate1D(x);
        using var reversed = device.Accelerator.Allocate1D<float>(40);
        using var half = device.Accelerator.Allocate1D<float>(20);

        launch(10, input.View, reversed.View, half.View);

        Assert.Equal(x.Chunk(4).SelectMany(four => four.Reverse()), reversed.GetAsArray1D());
        Assert.Equal(x[20..], half.GetAsArray1D());
    }

    [Fact]
    public void Sub_views_reach_kernels_and_copies()
    {
        using var device = new Checked();
        using var stream = device.Accelerator.CreateStream();
        var launch = device.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>, ArrayView<float>, float>(ScaleKernel);
        using var memory = device.Accelerator.Allocate1D(stream, Ramp(20));
        var (front, back) = (memory.View.SubView(0, 10), memory.View.SubView(10, 10));

        launch(stream, front.IntLength, front, back, 2);
        stream.Synchronize();

        float[] part = new float[5];
        back.SubView(5, 5).CopyToCPU(stream, part);
        Assert.Equal([10, 12, 14, 16, 18], part);
        Assert.Equal(Ramp(10), front.GetAsArray1D());
    }

    [Fact]
    public void Page_locked_arrays_carry_data_both_ways()
    {
        using var device = new Checked();
        using var stream = device.Accelerator.CreateStream();
        using var locked = device.Accelerator.AllocatePageLocked1D<float>(8);
        using var back = device.Accelerator.AllocatePageLocked1D<float>(8);
        using var memory = device.Accelerator.Allocate1D<float>(8);
        Ramp(8).CopyTo(locked.Span);
        locked[3] = -1;

        memory.View.CopyFromPageLockedAsync(stream, locked);
        memory.View.CopyToPageLockedAsync(stream, back);
        stream.Synchronize();

        Assert.Equal([0, 1, 2, -1, 4, 5, 6, 7], back.GetArray());
    }

    [Fact]
    public void Profiling_markers_measure_what_lies_between_them()
    {
        using var device = new Checked();
        var stream = device.Accelerator.DefaultStream;

        using var start = stream.AddProfilingMarker();
        Thread.Sleep(20);
        using var end = stream.AddProfilingMarker();

        Assert.InRange(end - start, TimeSpan.FromMilliseconds(19), TimeSpan.FromSeconds(60));
    }

    /// <summary>However many groups run side by side.</summary>
    [Fact]
    public void Results_do_not_depend_on_the_number_of_workers()
    {
        float[] Run(int workers)
        {
            using var device = new Checked(workers);
            var launch = device.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(GroupSumKernel);
            using var input = device.Accelerator.Allocate1D<float>([.. Ramp(64 * 33).Select(MathF.Sin)]);
            using var output = device.Accelerator.Allocate1D<float>(64 * 33);
            launch((33, 64), input.View, output.View);
            return output.GetAsArray1D();
        }

        Assert.Equal(Run(1), Run(1));
        Assert.Equal(Run(1), Run(5));
    }
}
