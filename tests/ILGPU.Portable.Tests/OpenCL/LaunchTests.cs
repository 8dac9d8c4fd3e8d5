using ILGPU.Runtime;

namespace ILGPU.Tests.OpenCL;

/// <summary>Launching OpenCL C that was written by hand: arguments, geometry, order, and what is refused.</summary>
public class LaunchTests
{
    private const string Views = "__global const float* x, int xAt, int xLength, __global float* y, int yAt, int yLength";

    internal readonly record struct Sizes(int Width, float Scale);

    // y[i] = Scale · x[i] + Width, and where the launch is larger than the views, nothing.
    private static void ScaleKernel(ArrayView<float> x, ArrayView<float> y, Sizes sizes) => throw new NotSupportedException();

    private const string Scale = $$$"""
        typedef struct {{ int Width; float Scale; }} Sizes;
        __kernel void ScaleKernel({{{Views}}}, Sizes s)
        {{
            int i = (int)get_global_id(0);
            if (i < xLength && i < yLength) y[yAt + i] = s.Scale * x[xAt + i] + s.Width;
        }}
        """;

    // y[number of the thread] += 1 + the number of the group, counted by groups and threads, X fastest.
    private static void GridKernel(ArrayView1D<int, Stride1D.Dense> y, int plus) => throw new NotSupportedException();

    private const string Grid = """
        __kernel void GridKernel(__global int* y, int yAt, int yLength, int plus)
        {{
            int group = (int)((get_group_id(2) * get_num_groups(1) + get_group_id(1)) * get_num_groups(0) + get_group_id(0));
            int thread = (int)((get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0));
            int threads = (int)(get_local_size(0) * get_local_size(1) * get_local_size(2));
            y[yAt + group * threads + thread] += plus + group;
        }}
        """;

    private static void FillKernel(Index2D p, ArrayView<int> y, SpecializedValue<int> times, SpecializedValue<float> plus) =>
        throw new NotSupportedException();

    private const string Fill = """
        __kernel void FillKernel(int width, int height, __global int* y, int yAt, int yLength)
        {{
            int i = (int)get_global_id(0), j = (int)get_global_id(1);
            if (i < width && j < height) y[yAt + j * width + i] += {0} * i + 100 * j + (int){1}f;
        }}
        """;

    [Fact]
    public void Views_have_their_offsets_and_lengths_and_records_their_fields()
    {
        using var cl = Open();
        float[] values = [.. Enumerable.Range(0, 40).Select(i => i / 4f)];
        using var x = cl.Accelerator.Allocate1D(values);
        using var y = cl.Accelerator.Allocate1D(new float[40]);
        var scale = cl.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, Sizes>(ScaleKernel);

        scale(new KernelConfig(2, 16), x.AsContiguous().SubView(3, 20), y.AsContiguous().SubView(7, 18), new Sizes(5, 2f));
        scale(new KernelConfig(1, 8), x.AsContiguous(), ArrayView<float>.Empty, default);

        float[] expected = new float[40];
        for (int i = 0; i < 18; i++) expected[7 + i] = 2f * values[3 + i] + 5;
        Assert.Equal(expected, y.GetAsArray1D());
    }

    [Theory]
    [InlineData(3, 1, 1, 8, 1, 1)]
    [InlineData(3, 2, 1, 4, 2, 1)]
    [InlineData(2, 3, 4, 2, 1, 3)]
    [InlineData(1, 1, 5, 1, 1, 1)]
    public void Groups_and_threads_are_those_of_the_launch(int gx, int gy, int gz, int tx, int ty, int tz)
    {
        using var cl = Open();
        var config = new KernelConfig(gx, gy, gz, tx, ty, tz);
        using var y = cl.Accelerator.Allocate1D<int>(config.Size);
        y.View.MemSetToZero();
        var launch = cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel);
        launch(config, y.View, 7);
        Assert.Equal(Enumerable.Range(0, (int)config.Size).Select(i => 7 + i / (tx * ty * tz)), y.GetAsArray1D());
    }

    [Fact]
    public void Auto_grouped_kernels_run_each_index_once_and_each_specialised_value_is_compiled_once()
    {
        using var cl = Open();
        const int Width = 37, Height = 5;
        using var y = cl.Accelerator.Allocate1D(new int[Width * Height]);
        var fill = cl.Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<int>, SpecializedValue<int>, SpecializedValue<float>>(FillKernel);
        Assert.Equal(0, cl.Accelerator.Compiler.Compiled);
        foreach (int times in (int[])[2, 3, 2])
            fill(new Index2D(Width, Height), y.AsContiguous(), SpecializedValue.New(times), SpecializedValue.New(1.5f));
        Assert.Equal(2, cl.Accelerator.Compiler.Compiled);
        Assert.Equal(
            Enumerable.Range(0, Width * Height).Select(i => 7 * (i % Width) + 3 * (100 * (i / Width) + 1)), y.GetAsArray1D());
    }

    [Fact]
    public void What_is_queued_runs_in_order()
    {
        using var cl = Open();
        using var y = cl.Accelerator.Allocate1D<int>(64);
        using var z = cl.Accelerator.Allocate1D<int>(64);
        var add = cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel);
        y.View.MemSet(1);
        for (int i = 0; i < 50; i++)
        {
            add(new KernelConfig(1, 64), y.View, 1);
            z.View.CopyFrom(y.View);
            add(new KernelConfig(1, 64), z.View, 1);
            y.View.CopyFrom(z.View);
        }
        Assert.Equal(Enumerable.Repeat(0x01010101 + 100, 64), y.GetAsArray1D());
    }

    [Fact]
    public void Launches_and_copies_of_page_locked_memory_allocate_nothing()
    {
        using var cl = Open();
        using var x = cl.Accelerator.Allocate1D(new float[64]);
        using var y = cl.Accelerator.Allocate1D(new float[64]);
        var (from, to) = (x.AsContiguous(), y.AsContiguous());
        var scale = cl.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, Sizes>(ScaleKernel);
        using var host = cl.Accelerator.AllocatePageLocked1D<float>(64);
        Frames();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Frames();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(49f, host[63]);

        void Frames()
        {
            for (int i = 0; i < 50; i++)
            {
                x.View.CopyFromPageLockedAsync(host);
                x.View.MemSetToZero();
                scale(new KernelConfig(1, 64), from, to, new Sizes(i, 1f));
                y.View.CopyToPageLockedAsync(host);
                cl.Accelerator.Synchronize();
            }
        }
    }

    [Fact]
    public void Markers_measure_the_time_between_them()
    {
        using var cl = Open();
        using var y = cl.Accelerator.Allocate1D<int>(1 << 20);
        var stream = cl.Accelerator.DefaultStream;
        y.View.MemSetToZero();
        using var start = stream.AddProfilingMarker();
        var add = cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel);
        for (int i = 0; i < 10; i++) add(new KernelConfig(1 << 14, 64), y.View, 1);
        using var end = stream.AddProfilingMarker();
        end.Synchronize();
        Assert.InRange(end - start, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, start - start);
    }

    [Fact]
    public void Launches_that_cannot_be_are_refused_in_one_sentence()
    {
        using var cl = Open();
        using var y = cl.Accelerator.Allocate1D(new int[64]);
        var launch = cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel);
        int most = cl.Accelerator.MaxNumThreadsPerGroup;
        Fails($"GridKernel: a group of ({most}, 2, 1) threads is {2 * most} threads, but {cl.Device} runs this kernel with at most {most}.",
            () => launch(new KernelConfig(new Index2D(1, 1), new Index2D(most, 2)), y.View, 1));
        Fails("GridKernel: a launch of (1, 0, 1) groups of (4, 1, 1) threads has none to run.",
            () => launch(new KernelConfig(new Index2D(1, 0), new Index2D(4, 1)), y.View, 1));

        using (var other = new CLFixture())
        using (var foreign = other.Accelerator.Allocate1D<int>(64))
        {
            Fails("GridKernel: argument 0 (y) lies on another accelerator.", () => launch(new KernelConfig(1, 4), foreign.View, 1));
            Fails($"A stream of another accelerator was given, but {cl.Device} takes its own only.",
                () => y.View.MemSet(other.Accelerator.DefaultStream, 0));
        }

        var gone = cl.Accelerator.Allocate1D<int>(64);
        gone.Dispose();
        Fails("GridKernel: argument 0 (y) lies in a buffer that was disposed.", () => launch(new KernelConfig(1, 4), gone.View, 1));

        var views = cl.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, Sizes>(ScaleKernel);
        using var bytes = cl.Accelerator.Allocate1D<byte>(64);
        Fails("ScaleKernel: argument 1 (y) starts 6 bytes into its buffer, no multiple of its elements' 4 bytes.",
            () => views(new KernelConfig(1, 4), bytes.AsContiguous().Cast<float>(), bytes.AsContiguous().SubView(6, 8).Cast<float>(), default));

        cl.Accelerator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => launch(new KernelConfig(1, 4), y.View, 1));
    }

    [Fact]
    public void A_kernel_that_needs_more_shared_memory_than_there_is_is_refused_at_loading()
    {
        using var cl = Open();
        cl.SharedBytes = cl.Accelerator.MaxSharedMemoryPerGroup + 4;
        Fails($"GridKernel: a group needs {cl.SharedBytes} bytes of shared memory, but {cl.Device} has {cl.SharedBytes - 4}.",
            () => cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel));
    }

    [Fact]
    public void An_error_of_the_compiler_shows_the_source_around_it()
    {
        using var cl = Open();
        cl.Sources["GridKernel"] = "__kernel void GridKernel(__global int* y)\n{{\n    int a = 1;\n    y[a] = nothing;\n    y[0] = 2;\n}}\n";
        var fault = Assert.ThrowsAny<AcceleratorException>(() => cl.Accelerator.LoadStreamKernel<ArrayView1D<int, Stride1D.Dense>, int>(GridKernel));
        Assert.Equal(
            [
                $"GridKernel: the OpenCL compiler of {cl.Device} refuses the kernel in line 4: use of undeclared identifier 'nothing'.",
                "     3      int a = 1;",
                ">    4      y[a] = nothing;",
                "     5      y[0] = 2;",
            ],
            fault.Message.Split('\n'));
        Assert.Equal(AcceleratorType.OpenCL, fault.AcceleratorType);
    }

    private static void Fails(string message, Action action) => Assert.Equal(message, Assert.ThrowsAny<AcceleratorException>(action).Message);

    private static CLFixture Open() =>
        new() { Sources = { ["ScaleKernel"] = Scale, ["GridKernel"] = Grid, ["FillKernel"] = Fill } };
}
