namespace ILGPU.Checked;

/// <summary>The group's shared memory: the n-th allocation of every thread is the same array.</summary>
internal sealed unsafe partial class GroupContext
{
    private readonly byte* sharedAddress;
    private readonly ulong* sharedShadow;
    private readonly List<(ViewBinding Binding, Type Type, int Extent)> shared = [];
    private int sharedEnd;
    private int allocations;

    public int SharedBytes { get; }

    public ArrayView<T> AllocateShared<T>(int extent) where T : unmanaged
    {
        if (indexes) throw Fault("allocates shared memory, which an auto-grouped kernel has not");
        int n = allocations++;
        if (n == shared.Count)
        {
            if (KernelSignature.Flaw(typeof(T)) is { } flaw) throw Fault($"allocates shared memory of {typeof(T).Name}, but {flaw}");
            long bytes = (long)extent * sizeof(T);
            if (extent <= 0 || sharedEnd + bytes > SharedBytes)
                throw Fault(
                    $"allocates {extent} × {sizeof(T)} bytes of shared memory after {sharedEnd} bytes, " +
                    $"but a group has {SharedBytes}");
            var binding = new ViewBinding(this, null, sharedAddress, sharedShadow, $"shared#{n + 1}", sharedEnd);
            shared.Add((binding, typeof(T), extent));
            sharedEnd += ((int)bytes + 15) & ~15;
        }
        var (found, type, length) = shared[n];
        if (type != typeof(T) || length != extent)
            throw Fault(
                $"allocates {extent} {typeof(T).Name} as {found.Name}, which another thread allocated as " +
                $"{length} {type.Name}");
        return new ArrayView<T>(found, found.Start, extent);
    }
}
