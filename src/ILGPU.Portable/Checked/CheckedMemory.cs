using System.Runtime.InteropServices;
using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>Host memory standing in for global memory.</summary>
internal sealed unsafe class CheckedMemory(long length) : DeviceMemory(length)
{
    // One a worker, so that groups running side by side do not see each other's accesses. Allocated as zero pages,
    // which cost nothing until a group touches them.
    private readonly List<nint> shadows = [];

    ~CheckedMemory() => Free();

    // 64 bytes more than asked for, so that an empty buffer has an address too.
    public byte* Address { get; private set; } = Allocate(length);

    public bool IsFreed => Address is null;

    public ulong* Shadow(int worker)
    {
        while (shadows.Count <= worker) shadows.Add((nint)NativeMemory.AllocZeroed((nuint)(Length / 4 + 4), sizeof(ulong)));
        return (ulong*)shadows[worker];
    }

    public override void CopyFromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool wait) =>
        Move(source, Address + offset, bytes);

    public override void CopyToHost(AcceleratorStream stream, void* target, long offset, long bytes, bool wait) =>
        Move(Address + offset, target, bytes);

    public override void CopyFrom(
        AcceleratorStream stream, DeviceMemory source, long sourceOffset, long offset, long bytes) =>
        Move(((CheckedMemory)source).Address + sourceOffset, Address + offset, bytes);

    public override void Fill(AcceleratorStream stream, byte value, long offset, long bytes) =>
        NativeMemory.Fill(Address + offset, (nuint)bytes, value);

    public override void Free()
    {
        NativeMemory.AlignedFree(Address);
        Address = null;
        foreach (nint shadow in shadows) NativeMemory.Free((void*)shadow);
        shadows.Clear();
        GC.SuppressFinalize(this);
    }

    private static byte* Allocate(long length)
    {
        byte* address = (byte*)NativeMemory.AlignedAlloc((nuint)(length + 64), 64);
        NativeMemory.Clear(address, (nuint)(length + 64));
        return address;
    }

    private static void Move(void* source, void* target, long bytes) =>
        System.Buffer.MemoryCopy(source, target, bytes, bytes);
}
