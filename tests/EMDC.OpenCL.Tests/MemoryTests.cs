namespace EMDC.OpenCL.Tests;

/// <summary>Buffers and pinned memory: copies, clearing, and what is refused.</summary>
public class MemoryTests
{
    private static readonly int[] Values = [.. Enumerable.Range(1, 100)];

    [Fact]
    public unsafe void Copies_there_and_back_keep_the_values()
    {
        using var cl = new CLFixture();
        using CLBuffer buffer = cl.Buffer<int>(Values);
        int[] part = [-1, -2, -3];
        fixed (int* first = part)
        {
            cl.Queue.Write(buffer, 50 * sizeof(int), 3 * sizeof(int), first, wait: true);
            Assert.Equal([.. Values[..50], -1, -2, -3, .. Values[53..]], cl.Values<int>(buffer));
            cl.Queue.Read(buffer, 20 * sizeof(int), 3 * sizeof(int), first, wait: true);
        }

        Assert.Equal(Values[20..23], part);
    }

    [Fact]
    public void Buffers_are_cleared_in_parts()
    {
        using var cl = new CLFixture();
        using CLBuffer words = cl.Buffer<int>(Values), bytes = cl.Buffer<byte>(1, 2, 3, 4, 5, 6, 7);
        cl.Queue.Clear(words, 4, 8);
        cl.Queue.Clear(bytes, 1, 5);
        Assert.Equal([1, 0, 0, .. Values[3..]], cl.Values<int>(words));
        Assert.Equal([1, 0, 0, 0, 0, 0, 7], cl.Values<byte>(bytes));
    }

    [Fact]
    public unsafe void Empty_buffers_and_copies_of_nothing_are_fine()
    {
        using var cl = new CLFixture();
        using CLBuffer empty = cl.Context.Buffer(0);
        cl.Queue.Clear(empty, 0, 0);
        cl.Queue.Write(empty, 0, 0, null, wait: true);
        Assert.Empty(cl.Values<float>(empty));
    }

    [Fact]
    public unsafe void Pinned_memory_is_copied_beside_the_program()
    {
        using var cl = new CLFixture();
        using CLQueue other = cl.Context.Queue();
        using CLBuffer buffer = cl.Context.Buffer(100 * sizeof(int));
        using CLPinned host = cl.Context.Pinned(100 * sizeof(int)), back = cl.Context.Pinned(60 * sizeof(int));
        Values.CopyTo(new Span<int>(host.Address, 100));
        other.Write(buffer, 0, buffer.Bytes, host.Address, wait: false);
        other.Wait();
        cl.Queue.Read(buffer, 40 * sizeof(int), 60 * sizeof(int), back.Address, wait: false);
        cl.Queue.Wait();
        Assert.Equal(Values[40..], new Span<int>(back.Address, 60).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_sentence()
    {
        using var cl = new CLFixture();
        long most = cl.Context.Device.MaxAllocation;
        Assert.Equal(
            $"A buffer of {most + 1} bytes was asked for, but {cl.Device} gives at most {most} at a time.",
            Assert.Throws<OpenCLException>(() => cl.Context.Buffer(most + 1)).Message);
    }
}
