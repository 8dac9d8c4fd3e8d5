namespace EMDC.Operators;

/// <summary>
/// Which planes of which allocation are free: the workspace planning that all backends share. A tensor takes consecutive planes
/// of the first allocation that has so many free ones, and a new allocation is made where none has.
/// </summary>
/// <typeparam name="TMemory">What a backend allocates.</typeparam>
/// <param name="allocate">Makes memory for a number of planes.</param>
internal sealed class PlaneSearch<TMemory>(Func<int, TMemory> allocate)
{
    private readonly List<Slab> _slabs = [];

    /// <summary>All that was allocated.</summary>
    public IEnumerable<TMemory> Allocated => _slabs.Select(slab => slab.Memory);

    /// <summary>Takes consecutive planes.</summary>
    public (Slab Slab, int First) Take(int count)
    {
        foreach (Slab slab in _slabs)
        {
            int run = 0;
            for (int i = 0; i < slab.Used.Length; i++)
            {
                run = slab.Used[i] ? 0 : run + 1;
                if (run == count)
                {
                    int first = i + 1 - count;
                    Array.Fill(slab.Used, true, first, count);
                    return (slab, first);
                }
            }
        }

        var added = new Slab(allocate(count), new bool[count]);
        Array.Fill(added.Used, true);
        _slabs.Add(added);
        return (added, 0);
    }

    /// <summary>Forgets all planes; the caller frees the memory.</summary>
    public void Clear() => _slabs.Clear();

    /// <summary>One allocation, and which of its planes are taken.</summary>
    public sealed class Slab(TMemory memory, bool[] used)
    {
        public TMemory Memory { get; } = memory;

        public bool[] Used { get; } = used;

        /// <summary>Gives planes back.</summary>
        public void Return(int first, int count) => Array.Fill(Used, false, first, count);
    }
}
