namespace EMDC.Simd;

/// <summary>
/// Memory that each thread uses within a task. Steps run one after the other, so all of them share it: it is as large as the
/// neediest step asks, not the sum. Ask for its place while running, not while recording: it may still grow.
/// </summary>
internal sealed unsafe class WorkerScratch(int workers) : IDisposable
{
    private readonly NativeArrays _memory = new();
    private readonly float*[] _places = new float*[workers];
    private long _floats;

    /// <summary>Bytes of all threads.</summary>
    public long Bytes => _memory.Bytes;

    /// <summary>Makes sure that each thread has this many floats.</summary>
    public void Reserve(long floats)
    {
        if (floats <= _floats)
        {
            return;
        }

        Dispose();
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = _memory.Allocate<float>(floats);
        }

        _floats = floats;
    }

    /// <summary>A thread's memory; what is in it is left from other steps.</summary>
    public float* Of(int worker) => _places[worker];

    public void Dispose()
    {
        _memory.Dispose();
        _floats = 0;
    }
}
