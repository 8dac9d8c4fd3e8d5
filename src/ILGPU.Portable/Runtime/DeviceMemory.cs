using ILGPU.Checked;

namespace ILGPU.Runtime;

/// <summary>A range of bytes on a device and the ways to and from it.</summary>
internal abstract unsafe class DeviceMemory
{
    protected DeviceMemory(long length)
    {
        Length = length;
        HostBinding = new ViewBinding(this);
    }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>What views of this memory refer to outside of kernels.</summary>
    public ViewBinding HostBinding { get; }

    public MemoryBuffer? Buffer { get; set; }

    /// <summary>Copies to here; with <paramref name="wait"/> it returns only when the source may change again.</summary>
    public abstract void CopyFromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool wait);

    /// <summary>Copies from here; with <paramref name="wait"/> it returns only when the values are there.</summary>
    public abstract void CopyToHost(AcceleratorStream stream, void* target, long offset, long bytes, bool wait);

    public abstract void CopyFrom(AcceleratorStream stream, DeviceMemory source, long sourceOffset, long offset, long bytes);

    public abstract void Fill(AcceleratorStream stream, byte value, long offset, long bytes);

    public abstract void Free();
}
