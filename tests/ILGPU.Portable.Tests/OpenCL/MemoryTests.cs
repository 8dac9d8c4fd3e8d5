using ILGPU.Runtime;

namespace ILGPU.Tests.OpenCL;

/// <summary>Buffers of an OpenCL device: copies, fills, sub-views, page-locked memory, and what is refused.</summary>
public class MemoryTests
{
    private static readonly int[] Values = [.. Enumerable.Range(1, 100)];

    [Fact]
    public void Copies_there_and_back_keep_the_values()
    {
        using var cl = new CLFixture();
        using var buffer = cl.Accelerator.Allocate1D(Values);
        Assert.Equal(Values, buffer.GetAsArray1D());
        Assert.Equal(Values[20..30], buffer.View.SubView(20, 10).GetAsArray1D());

        buffer.View.SubView(50, 3).CopyFromCPU([-1, -2, -3]);
        buffer.View.CopyFromCPU(cl.Accelerator.DefaultStream, (ReadOnlySpan<int>)[-4, -5]);
        Assert.Equal([-4, -5, .. Values[2..50], -1, -2, -3, .. Values[53..]], buffer.GetAsArray1D());

        int[] part = new int[4];
        buffer.View.SubView(50, 50).CopyToCPU(cl.Accelerator.DefaultStream, part.AsSpan());
        Assert.Equal([-1, -2, -3, 54], part);
    }

    [Fact]
    public void Buffers_are_copied_and_filled_in_parts()
    {
        using var cl = new CLFixture();
        using var from = cl.Accelerator.Allocate1D(Values);
        using var to = cl.Accelerator.Allocate1D<int>(100);
        to.View.MemSet(0x7F);
        from.View.SubView(10, 20).CopyTo(to.View.SubView(60, 40));
        to.View.SubView(1, 2).MemSetToZero();
        int[] expected = [.. Enumerable.Repeat(0x7F7F7F7F, 100)];
        Values.AsSpan(10, 20).CopyTo(expected.AsSpan(60));
        expected[1] = expected[2] = 0;
        Assert.Equal(expected, to.GetAsArray1D());

        using var bytes = cl.Accelerator.Allocate1D(new byte[] { 1, 2, 3, 4, 5, 6, 7 });
        bytes.View.SubView(1, 5).MemSet(9);
        Assert.Equal([1, 9, 9, 9, 9, 9, 7], bytes.GetAsArray1D());
    }

    [Fact]
    public void Empty_buffers_and_copies_of_nothing_are_fine()
    {
        using var cl = new CLFixture();
        using var empty = cl.Accelerator.Allocate1D<float>(0);
        using var full = cl.Accelerator.Allocate1D(Values);
        empty.View.MemSetToZero();
        full.View.CopyFromCPU(cl.Accelerator.DefaultStream, (ReadOnlySpan<int>)[]);
        full.View.SubView(100, 0).CopyTo(full.View.SubView(0, 0));
        Assert.Empty(empty.GetAsArray1D());
        Assert.Equal(Values, full.GetAsArray1D());
    }

    [Fact]
    public void Page_locked_memory_is_copied_beside_the_program()
    {
        using var cl = new CLFixture();
        using var buffer = cl.Accelerator.Allocate1D<int>(100);
        var host = cl.Accelerator.AllocatePageLocked1D<int>(100);
        using var back = cl.Accelerator.AllocatePageLocked1D<int>(60);
        Assert.Equal(new int[100], host.GetArray());
        Values.CopyTo(host.Span);
        buffer.View.CopyFromPageLockedAsync(host);
        buffer.View.SubView(40, 60).CopyToPageLockedAsync(back);
        cl.Accelerator.Synchronize();
        Assert.Equal(Values[40..], back.GetArray());
        Assert.Equal(Values[40], back[0]);

        // Disposed while a copy may be under way.
        host[0] = 4711;
        buffer.View.CopyFromPageLockedAsync(host);
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => host[0]);
        Assert.Equal(4711, buffer.GetAsArray1D()[0]);
    }

    [Fact]
    public void Streams_of_one_accelerator_are_waited_for_together()
    {
        using var cl = new CLFixture();
        using var stream = cl.Accelerator.CreateStream();
        using var buffer = cl.Accelerator.Allocate1D<int>(1 << 20);
        using var host = cl.Accelerator.AllocatePageLocked1D<int>(1 << 20);
        buffer.View.MemSet(stream, 3);
        buffer.View.CopyToPageLockedAsync(stream, host);
        cl.Accelerator.Synchronize();
        Assert.Equal(0x03030303, host[(1 << 20) - 1]);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_sentence()
    {
        using var cl = new CLFixture();
        long most = cl.Accelerator.Device.MaxAllocation;
        Fails($"A buffer of {most + 1} bytes was asked for, but {cl.Device} gives at most {most} at a time.", () => cl.Accelerator.Allocate1D<byte>(most + 1));

        using var buffer = cl.Accelerator.Allocate1D(Values);
        Fails($"OpenCL refused a copy of 200 bytes from buffer to buffer on {cl.Device}: CL_MEM_COPY_OVERLAP.",
            () => buffer.View.SubView(0, 50).CopyTo(buffer.View.SubView(10, 50)));

        using var other = new CLFixture();
        using var foreign = other.Accelerator.Allocate1D(Values);
        Fails($"A copy between two accelerators was asked for, but {cl.Device} copies within one only.", () => foreign.View.CopyTo(cl.Accelerator.DefaultStream, buffer.View));
    }

    private static void Fails(string message, Action action) => Assert.Equal(message, Assert.ThrowsAny<AcceleratorException>(action).Message);
}
