using System.Runtime.InteropServices;

namespace EMDC.Simd;

/// <summary>Owns aligned native arrays of zeros and frees them together.</summary>
internal sealed unsafe class NativeArrays : IDisposable
{
    private readonly List<nint> _all = [];

    /// <summary>Bytes allocated.</summary>
    public long Bytes { get; private set; }

    public T* Allocate<T>(long count) where T : unmanaged
    {
        nuint bytes = checked((nuint)count * (nuint)sizeof(T));
        void* memory = NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        NativeMemory.Clear(memory, bytes);
        _all.Add((nint)memory);
        Bytes += (long)bytes;
        return (T*)memory;
    }

    public void Dispose()
    {
        foreach (nint memory in _all)
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        _all.Clear();
        Bytes = 0;
    }
}
