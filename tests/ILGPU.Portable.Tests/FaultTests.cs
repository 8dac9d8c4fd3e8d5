using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace ILGPU.Tests;

/// <summary>Planted faults: each is caught, and the sentence says what and where.</summary>
public class FaultTests
{
    internal readonly record struct Flags(int Width, bool Mirror);

    internal readonly record struct Float2(float X, float Y);

    private readonly record struct Hidden(int Width);

    private static void ReadPastEndKernel(Index1D i, ArrayView<float> x, ArrayView<float> y) => y[i] = x[i + 1];

    private static void WritePastEndKernel(ArrayView<float> x, ArrayView<float> y) => y[Group.IdxX + Group.DimX * Grid.IdxX + 1] = 1;

    private static void NegativeIndexKernel(ArrayView<float> x, ArrayView<float> y) => y[Group.IdxX] = x.SubView(2, 4)[Group.IdxX - 1];

    private static void LongSubViewKernel(ArrayView<float> x, ArrayView<float> y) => y[0] = x.SubView(6, 3)[0];

    private static void MisalignedKernel(ArrayView<float> x, ArrayView<float> y) => y[0] = x.SubView(1, 4).Cast<Float2>()[0].X;

    private static void MissingBarrierKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var tile = SharedMemory.Allocate<float>(4);
        int t = Group.IdxX;
        tile[t] = x[t];
        y[t] = tile[3 - t];
    }

    private static void MissingSecondBarrierKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var tile = SharedMemory.Allocate<float>(4);
        int t = Group.IdxX;
        for (int round = 0; round < 2; round++)
        {
            tile[t] = x[t];
            Group.Barrier();
            y[t] = tile[3 - t];
        }
    }

    private static void TwoReadersKernel(ArrayView<float> x, ArrayView<float> y)
    {
        int t = Group.IdxX;
        if (t < 2) y[t] = x[0];
        if (t == 2) x[0] = 1;
    }

    private static void BothWriteKernel(ArrayView<float> x, ArrayView<float> y) => y[Group.IdxX / 2] = 1;

    private static void GlobalRaceKernel(ArrayView<float> x, ArrayView<float> y)
    {
        y[Group.IdxX] = 1;
        x[Group.IdxX] = y[(Group.IdxX + 3) % 4];
    }

    private static void WideRaceKernel(ArrayView<float> x, ArrayView<float> y)
    {
        if (Group.IdxX == 0) y[3] = 1;
        else x[0] = y.Cast<Float2>()[1].X;
    }

    private static void DivergentKernel(ArrayView<float> x, ArrayView<float> y)
    {
        if (Group.IdxX < 3) Group.Barrier();
        y[Group.IdxX] = 1;
    }

    private static void LateDivergentKernel(ArrayView<float> x, ArrayView<float> y)
    {
        if (Group.IdxX > 0) Group.Barrier();
    }

    private static void TwoBarriersKernel(ArrayView<float> x, ArrayView<float> y)
    {
        if (Group.IdxX == 0) Group.Barrier();
        else Group.Barrier();
    }

    private static void UninitialisedKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var tile = SharedMemory.Allocate<float>(8);
        tile[Group.IdxX] = 1;
        Group.Barrier();
        y[Group.IdxX] = tile[Group.IdxX + 1];
    }

    private static void MuchSharedKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var small = SharedMemory.Allocate<float>(4);
        var large = SharedMemory.Allocate<float>(12288);
        small[0] = large[0];
    }

    private static void UnevenSharedKernel(ArrayView<float> x, ArrayView<float> y)
    {
        var tile = SharedMemory.Allocate<float>(4 + Group.IdxX);
        tile[Group.IdxX] = 1;
    }

    private static void DivideKernel(ArrayView<float> x, ArrayView<float> y) => y[0] = 1 / Group.IdxX;

    private static void FlagsKernel(ArrayView<float> x, Flags flags) => x[0] = flags.Width;

    private static void BoolKernel(ArrayView<float> x, bool flag) => x[0] = flag ? 1 : 0;

    private static void ByteKernel(ArrayView<float> x, ArrayView<byte> bytes) => x[0] = bytes[0];

    private static void HiddenKernel(ArrayView<float> x, Hidden sizes) => x[0] = sizes.Width;

    private static void BarrierKernel(Index1D i, ArrayView<float> x) => Group.Barrier();

    private static void SharedKernel(Index1D i, ArrayView<float> x) => x[i] = SharedMemory.Allocate<float>(4)[0];

    private static void FineKernel(ArrayView<float> x) => x[Group.IdxX] = 1;

    private static string Fault(Action action) => Assert.IsAssignableFrom<AcceleratorException>(Record.Exception(action)).Message;

    /// <summary>Two groups of four threads on views of eight elements.</summary>
    private static string FaultOf(Action<ArrayView<float>, ArrayView<float>> kernel, int groups = 2)
    {
        using var device = new Checked();
        using var x = device.Accelerator.Allocate1D<float>(8);
        using var y = device.Accelerator.Allocate1D<float>(8);
        var launch = device.Accelerator.LoadStreamKernel(kernel);
        return Fault(() => launch((groups, 4), x.View, y.View));
    }

    [Fact]
    public void Reading_past_the_end()
    {
        using var device = new Checked();
        using var x = device.Accelerator.Allocate1D<float>(8);
        using var y = device.Accelerator.Allocate1D<float>(8);
        var launch = device.Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(ReadPastEndKernel);

        Assert.Equal(
            "ReadPastEndKernel: index (7, 0, 0) reads x[8], but the view has 8 elements.",
            Fault(() => launch(8, x.View, y.View)));
    }

    [Fact]
    public void Writing_past_the_end() => Assert.Equal(
        "WritePastEndKernel: group (1, 0, 0), thread (3, 0, 0) writes y[8], but the view has 8 elements.",
        FaultOf(WritePastEndKernel));

    [Fact]
    public void A_negative_index() => Assert.Equal(
        "NegativeIndexKernel: group (0, 0, 0), thread (0, 0, 0) reads x[-1] (a sub-view that starts 8 bytes into x), " +
        "but indices start at 0.",
        FaultOf(NegativeIndexKernel));

    [Fact]
    public void A_sub_view_longer_than_its_view() => Assert.Equal(
        "LongSubViewKernel: group (0, 0, 0), thread (0, 0, 0) takes a sub-view of 3 elements from element 6 of x, " +
        "but the view has 8 elements.",
        FaultOf(LongSubViewKernel));

    [Fact]
    public void A_wide_element_at_an_odd_address() => Assert.Equal(
        "MisalignedKernel: group (0, 0, 0), thread (0, 0, 0) casts a view to Float2 that starts 4 bytes into the buffer " +
        "of x, but elements of 8 bytes need a multiple of 8.",
        FaultOf(MisalignedKernel));

    [Fact]
    public void A_missing_barrier_between_writing_and_reading_shared_memory() => Assert.Equal(
        "MissingBarrierKernel: group (0, 0, 0), thread (0, 0, 0) reads word 3 of shared#1, " +
        "which no thread of the group has written.",
        FaultOf(MissingBarrierKernel));

    [Fact]
    public void A_missing_barrier_between_reading_and_writing_shared_memory() => Assert.Equal(
        "MissingSecondBarrierKernel: group (0, 0, 0), thread (2, 0, 0) reads word 1 of shared#1, " +
        "which was written by thread (1, 0, 0) since the last barrier.",
        FaultOf(MissingSecondBarrierKernel));

    [Fact]
    public void Shared_memory_nobody_wrote() => Assert.Equal(
        "UninitialisedKernel: group (0, 0, 0), thread (3, 0, 0) reads word 4 of shared#1, " +
        "which no thread of the group has written.",
        FaultOf(UninitialisedKernel));

    [Fact]
    public void A_global_race_of_a_writer_and_a_reader() => Assert.Equal(
        "GlobalRaceKernel: group (0, 0, 0), thread (1, 0, 0) reads word 0 of y, " +
        "which was written by thread (0, 0, 0) since the last barrier.",
        FaultOf(GlobalRaceKernel));

    [Fact]
    public void A_global_race_of_two_writers() => Assert.Equal(
        "BothWriteKernel: group (0, 0, 0), thread (1, 0, 0) writes word 0 of y, " +
        "which was written by thread (0, 0, 0) since the last barrier.",
        FaultOf(BothWriteKernel));

    [Fact]
    public void A_global_race_of_a_writer_after_several_readers() => Assert.Equal(
        "TwoReadersKernel: group (0, 0, 0), thread (2, 0, 0) writes word 0 of x, " +
        "which was read by several threads since the last barrier.",
        FaultOf(TwoReadersKernel));

    [Fact]
    public void A_global_race_within_a_wide_element() => Assert.Equal(
        "WideRaceKernel: group (0, 0, 0), thread (1, 0, 0) reads word 3 of y, " +
        "which was written by thread (0, 0, 0) since the last barrier.",
        FaultOf(WideRaceKernel));

    [Fact]
    public void A_thread_that_misses_the_barrier() => Assert.Equal(
        "DivergentKernel: group (0, 0, 0), thread (3, 0, 0) returns without reaching the barrier at which " +
        "thread (0, 0, 0) waits.",
        FaultOf(DivergentKernel));

    [Fact]
    public void A_first_thread_that_misses_the_barrier() => Assert.Equal(
        "LateDivergentKernel: group (0, 0, 0), thread (1, 0, 0) waits at a barrier, but thread (0, 0, 0) has returned " +
        "without reaching it.",
        FaultOf(LateDivergentKernel));

    [Fact]
    public void Threads_at_different_barriers() => Assert.Equal(
        "TwoBarriersKernel: group (0, 0, 0), thread (1, 0, 0) waits at the kernel's barrier 2, but thread (0, 0, 0) " +
        "waits at barrier 1.",
        FaultOf(TwoBarriersKernel));

    [Fact]
    public void More_shared_memory_than_there_is() => Assert.Equal(
        "MuchSharedKernel: group (0, 0, 0), thread (0, 0, 0) allocates 12288 × 4 bytes of shared memory after 16 bytes, " +
        "but a group has 49152.",
        FaultOf(MuchSharedKernel));

    [Fact]
    public void Shared_memory_of_different_sizes() => Assert.Equal(
        "UnevenSharedKernel: group (0, 0, 0), thread (1, 0, 0) allocates 5 float as shared#1, " +
        "which another thread allocated as 4 float.",
        FaultOf(UnevenSharedKernel));

    [Fact]
    public void An_exception_of_the_runtime() => Assert.Equal(
        "DivideKernel: group (0, 0, 0), thread (0, 0, 0) throws DivideByZeroException (Attempted to divide by zero).",
        FaultOf(DivideKernel));

    /// <summary>Groups run side by side; the first one in order is reported.</summary>
    [Fact]
    public void The_fault_reported_is_always_that_of_the_first_group()
    {
        for (int attempt = 0; attempt < 20; attempt++)
            Assert.StartsWith("BothWriteKernel: group (0, 0, 0), thread (1, 0, 0) ", FaultOf(BothWriteKernel, groups: 8));
    }

    [Fact]
    public void Arguments_that_mean_different_things_on_different_devices()
    {
        using var device = new Checked();
        var accelerator = device.Accelerator;

        Assert.Equal(
            "FlagsKernel: argument 1 (flags) is of type Flags, but its field Mirror is of type bool, not int, uint or float.",
            Fault(() => accelerator.LoadStreamKernel<ArrayView<float>, Flags>(FlagsKernel)));
        Assert.Equal(
            "BoolKernel: argument 1 (flag) is of type bool, but bool is not int, uint, float or a record of them.",
            Fault(() => accelerator.LoadStreamKernel<ArrayView<float>, bool>(BoolKernel)));
        Assert.Equal(
            "ByteKernel: argument 1 (bytes) is of type ArrayView<byte>, but byte is not int, uint, float or a record of them.",
            Fault(() => accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<byte>>(ByteKernel)));
        Assert.Equal(
            "HiddenKernel: argument 1 (sizes) is of type Hidden, but Hidden is private.",
            Fault(() => accelerator.LoadStreamKernel<ArrayView<float>, Hidden>(HiddenKernel)));
    }

    [Fact]
    public void Methods_that_are_no_kernels()
    {
        using var device = new Checked();
        var accelerator = device.Accelerator;

        Assert.EndsWith(
            " is a lambda or an instance method, but kernels are static methods.",
            Fault(() => accelerator.LoadStreamKernel<ArrayView<float>>(x => x[0] = 1)));
        Assert.Equal(
            "BarrierKernel has a barrier, which an auto-grouped kernel cannot have.",
            Fault(() => accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(BarrierKernel)));
        using var memory = accelerator.Allocate1D<float>(4);
        var shared = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(SharedKernel);
        Assert.Equal(
            "SharedKernel: index (0, 0, 0) allocates shared memory, which an auto-grouped kernel has not.",
            Fault(() => shared(4, memory.View)));
    }

    [Fact]
    public void Launches_that_no_device_takes()
    {
        using var device = new Checked();
        var launch = device.Accelerator.LoadStreamKernel<ArrayView<float>>(FineKernel);
        using var memory = device.Accelerator.Allocate1D<float>(4);

        Assert.Equal(
            "FineKernel: a launch of (0, 1, 1) groups of (4, 1, 1) threads has none to run.",
            Fault(() => launch((0, 4), memory.View)));
        Assert.Equal(
            "FineKernel: a group of (32, 64, 1) threads is more than 1024 threads or (1024, 1024, 64).",
            Fault(() => launch((new Index2D(1, 1), new Index2D(32, 64)), memory.View)));
        Assert.Equal(
            "FineKernel: a grid of (1, 65536, 1) groups is more than (2147483647, 65535, 65535).",
            Fault(() => launch((new Index2D(1, 65536), new Index2D(4, 1)), memory.View)));
        Assert.Equal(
            "FineKernel: group (0, 0, 0), thread (0, 0, 0) writes x[0], but the view has 0 elements.",
            Fault(() => launch((1, 4), ArrayView<float>.Empty)));
        var view = memory.View;
        memory.Dispose();
        Assert.Equal(
            "FineKernel: argument 0 (x) lies in a buffer that was disposed.", Fault(() => launch((1, 4), view)));
        using var other = new Checked();
        using var elsewhere = other.Accelerator.Allocate1D<float>(4);
        Assert.Equal(
            "FineKernel: argument 0 (x) lies on another accelerator.", Fault(() => launch((1, 4), elsewhere.View)));
    }

    [Fact]
    public void Uses_outside_of_kernels()
    {
        using var device = new Checked();
        using var memory = device.Accelerator.Allocate1D<float>(4);

        Assert.Equal(
            "The host reads element 1 of a view, but device memory is reached through copies only.",
            Fault(() => _ = memory.View[1]));
        Assert.Equal(
            "Group, Grid and SharedMemory have a meaning only inside a kernel.", Fault(() => _ = Group.IdxX));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.View.CopyFromCPU(new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.View.SubView(2, 3));
    }

    [Fact]
    public void A_launch_after_a_fault_runs_as_if_nothing_had_been()
    {
        using var device = new Checked();
        using var x = device.Accelerator.Allocate1D<float>(8);
        using var y = device.Accelerator.Allocate1D<float>(8);
        var faulty = device.Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(DivergentKernel);
        var fine = device.Accelerator.LoadStreamKernel<ArrayView<float>>(FineKernel);

        Fault(() => faulty((2, 4), x.View, y.View));
        fine((1, 8), x.View);

        Assert.All(x.GetAsArray1D(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void The_device_says_what_it_is()
    {
        using var context = Context.CreateDefault();
        var device = context.GetCPUDevice(0);

        Assert.Equal("checked", device.Name);
        Assert.Equal(
            "checked (ILGPU's programming model on the CPU, every access checked; not ILGPU, not fast)", device.ToString());
    }
}
