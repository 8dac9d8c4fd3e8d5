using System.Runtime.InteropServices;
using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>Host memory for copies that are done when the call returns.</summary>
internal sealed unsafe class PinnedMemory : PageLockedMemory
{
    public PinnedMemory(long bytes) => Address = NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 1));

    ~PinnedMemory() => Free();

    public override void Free()
    {
        NativeMemory.Free(Address);
        Address = null;
        GC.SuppressFinalize(this);
    }
}
