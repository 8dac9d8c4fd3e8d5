using Xunit.Sdk;
using Xunit.v3;

// Some tests divide by zero. PoCL's compiler, were it at work in another thread, would take the signal for its own end and remove
// its temporary files.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EMDC.OpenCL.Tests;

/// <summary>A context on the first OpenCL device for a test; without a device the test is skipped, except in CI.</summary>
internal sealed class CLFixture : IDisposable
{
    public CLFixture(string? programCache = null)
    {
        Machine.Needs(CLDevice.All.Count > 0, "There is no OpenCL device on this machine.");
        Context = new CLContext(CLDevice.All[0], programCache);
        Queue = Context.Queue();
    }

    public CLContext Context { get; }

    public CLQueue Queue { get; }

    public string Device => Context.Device.Name;

    /// <summary>A buffer that holds these values.</summary>
    public unsafe CLBuffer Buffer<T>(params ReadOnlySpan<T> values) where T : unmanaged
    {
        CLBuffer buffer = Context.Buffer(values.Length * sizeof(T));
        fixed (T* first = values)
        {
            Queue.Write(buffer, 0, buffer.Bytes, first, wait: true);
        }

        return buffer;
    }

    /// <summary>All values of a buffer.</summary>
    public unsafe T[] Values<T>(CLBuffer buffer) where T : unmanaged
    {
        var values = new T[buffer.Bytes / sizeof(T)];
        fixed (T* first = values)
        {
            Queue.Read(buffer, 0, buffer.Bytes, first, wait: true);
        }

        return values;
    }

    public void Dispose()
    {
        Queue.Dispose();
        Context.Dispose();
    }
}
