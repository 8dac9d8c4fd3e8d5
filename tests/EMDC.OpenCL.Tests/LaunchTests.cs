namespace EMDC.OpenCL.Tests;

/// <summary>Launching kernels: arguments, geometry, order, and what is refused.</summary>
public class LaunchTests
{
    internal readonly record struct Sizes(int Width, float Scale);

    // y[i] = Scale · x[i] + Width, and where the launch is larger than the views, nothing.
    private const string Scale = """
        typedef struct { int Width; float Scale; } Sizes;
        __kernel void Scale(__global const float* x, int xAt, int xLength, __global float* y, int yAt, int yLength, Sizes s)
        {
            int i = (int)get_global_id(0);
            if (i < xLength && i < yLength) y[yAt + i] = s.Scale * x[xAt + i] + s.Width;
        }
        """;

    // y[number of the thread] += plus + the number of the group, counted by groups and threads, X fastest.
    private const string Count = """
        __kernel void Count(__global int* y, int plus)
        {
            int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0));
            y[group * (int)get_local_size(0) + (int)get_local_id(0)] += plus + group;
        }
        """;

    [Fact]
    public void Arguments_keep_their_values_and_records_their_fields()
    {
        using var cl = new CLFixture();
        float[] values = [.. Enumerable.Range(0, 40).Select(i => i / 4f)];
        using CLBuffer x = cl.Buffer<float>(values), y = cl.Buffer<float>(new float[40]);
        using CLProgram program = cl.Context.Program("Scale", Scale);
        using CLKernel scale = program.Kernel(), other = program.Kernel();
        scale.Set(0, x);
        scale.Set(1, 3);
        scale.Set(2, 20);
        scale.Set(3, y);
        scale.Set(4, 7);
        scale.Set(5, 18);
        scale.Set(6, new Sizes(5, 1f));
        other.Set(6, new Sizes(0, 0f));
        cl.Queue.Launch(scale, 2, 1, 16);
        scale.Set(6, new Sizes(5, 2f));
        cl.Queue.Launch(scale, 2, 1, 16);
        float[] expected = new float[40];
        for (int i = 0; i < 18; i++)
        {
            expected[7 + i] = 2f * values[3 + i] + 5;
        }

        Assert.Equal(expected, cl.Values<float>(y));
    }

    [Theory]
    [InlineData(3, 1, 8)]
    [InlineData(3, 2, 4)]
    [InlineData(1, 5, 1)]
    public void Groups_and_threads_are_those_of_the_launch(int groupsX, int groupsY, int threads)
    {
        using var cl = new CLFixture();
        int size = groupsX * groupsY * threads;
        using CLBuffer y = cl.Buffer<int>(new int[size]);
        using CLKernel count = Kernel(cl, y, 7);
        cl.Queue.Launch(count, groupsX, groupsY, threads);
        Assert.Equal(Enumerable.Range(0, size).Select(i => 7 + i / threads), cl.Values<int>(y));
    }

    [Fact]
    public void What_is_queued_runs_in_order()
    {
        using var cl = new CLFixture();
        using CLBuffer y = cl.Buffer<int>(new int[64]);
        using CLKernel count = Kernel(cl, y, 1);
        for (int i = 0; i < 50; i++)
        {
            cl.Queue.Clear(y, 0, i % 2 == 0 ? y.Bytes : 4);
            cl.Queue.Launch(count, 1, 1, 64);
        }

        Assert.Equal([1, .. Enumerable.Repeat(2, 63)], cl.Values<int>(y));
    }

    [Fact]
    public unsafe void Launches_and_copies_of_pinned_memory_allocate_nothing()
    {
        using var cl = new CLFixture();
        using CLBuffer y = cl.Buffer<int>(new int[64]);
        using CLKernel count = Kernel(cl, y, 0);
        using CLPinned host = cl.Context.Pinned(64 * sizeof(int));
        Frames();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Frames();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(49, ((int*)host.Address)[63]);

        void Frames()
        {
            for (int i = 0; i < 50; i++)
            {
                cl.Queue.Write(y, 0, y.Bytes, host.Address, wait: false);
                cl.Queue.Clear(y, 0, y.Bytes);
                count.Set(1, i);
                cl.Queue.Launch(count, 1, 1, 64);
                cl.Queue.Read(y, 0, y.Bytes, host.Address, wait: false);
                cl.Queue.Wait();
            }
        }
    }

    [Fact]
    public void Launches_that_cannot_be_are_refused_in_one_sentence()
    {
        using var cl = new CLFixture();
        CLBuffer y = cl.Buffer<int>(new int[64]);
        using CLKernel count = Kernel(cl, y, 0);
        int most = cl.Context.Device.MaxThreads;
        Fails($"OpenCL refused to launch Count with 1×1 groups of {2 * most} threads on {cl.Device}: CL_INVALID_WORK_GROUP_SIZE.",
            () => cl.Queue.Launch(count, 1, 1, 2 * most));
        Fails($"OpenCL refused argument 7 of Count on {cl.Device}: CL_INVALID_ARG_INDEX.", () => count.Set(7, 1));
        using (var other = new CLFixture())
        using (CLBuffer foreign = other.Buffer<int>(new int[64]))
        {
            Fails("Count: argument 0 lies in a buffer that was freed, or on another device.", () => count.Set(0, foreign));
        }

        y.Dispose();
        Fails("Count: argument 0 lies in a buffer that was freed, or on another device.", () => count.Set(0, y));
    }

    [Fact]
    public void A_program_says_what_its_kernel_needs()
    {
        using var cl = new CLFixture();
        using CLProgram program = cl.Context.Program("Local", "__kernel void Local(__global int* y) { __local int l[100]; l[get_local_id(0)] = 1; barrier(CLK_LOCAL_MEM_FENCE); y[0] = l[0]; }");
        Assert.InRange(program.LocalMemoryBytes, 400, cl.Context.Device.LocalMemoryBytes);
        Assert.InRange(program.MaxThreads, 1, cl.Context.Device.MaxThreads);
    }

    [Fact]
    public void An_error_of_the_compiler_shows_the_source_around_it()
    {
        using var cl = new CLFixture();
        const string Source = "__kernel void Wrong(__global int* y)\n{\n    int a = 1;\n    y[a] = nothing;\n    y[0] = 2;\n}\n";
        var fault = Assert.Throws<OpenCLException>(() => cl.Context.Program("Wrong", Source));
        Assert.Equal(
            [
                $"Wrong: the OpenCL compiler of {cl.Device} refuses the kernel in line 4: use of undeclared identifier 'nothing'.",
                "     3      int a = 1;",
                ">    4      y[a] = nothing;",
                "     5      y[0] = 2;",
            ],
            fault.Message.Split('\n'));
        Fails($"OpenCL refused to make the kernel Other on {cl.Device}: CL_INVALID_KERNEL_NAME.", () => cl.Context.Program("Other", Count));
    }

    private static CLKernel Kernel(CLFixture cl, CLBuffer y, int plus)
    {
        using CLProgram program = cl.Context.Program("Count", Count);
        CLKernel kernel = program.Kernel();
        kernel.Set(0, y);
        kernel.Set(1, plus);
        return kernel;
    }

    private static void Fails(string message, Action action) => Assert.Equal(message, Assert.Throws<OpenCLException>(action).Message);
}
