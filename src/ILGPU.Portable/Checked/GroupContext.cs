using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ILGPU.Checked;

/// <summary>
/// One worker's running group: where it stands, whose turn it is, and the checks of what its threads read and write.
/// </summary>
/// <remarks>
/// A cell of shadow memory holds, for one 4-byte word, who touched it last between which two barriers:
/// <c>epoch (41 bits) | initialised (1) | writer (11) | reader (11)</c>. Epochs are numbered through all groups a
/// worker runs, so cells never need to be cleared: an older epoch means untouched. Writer and reader are threads of
/// the group, <see cref="None"/> or, after reads by several, <see cref="Many"/>.
/// </remarks>
internal sealed unsafe partial class GroupContext
{
    private const ulong None = 0x7FF;
    private const ulong Many = 0x7FE;
    private const ulong Initialised = 1UL << 22;
    private const int EpochShift = 23;

    [ThreadStatic]
    private static GroupContext? current;

    // The three states a word may be in that need no further look: read by me, by several, written by me.
    internal ulong ReadByMe;
    internal ulong ReadByMany;
    internal ulong WrittenByMe;

    internal Index3D ThreadIndex;
    internal Index3D GroupIndex;
    internal Index3D GroupDim;
    internal Index3D GridDim;
    internal int Thread;

    private ulong epoch;
    private ulong firstEpoch;
    private string kernel = "";

    public GroupContext(int worker, int sharedBytes)
    {
        Worker = worker;
        SharedBytes = sharedBytes;
        sharedAddress = (byte*)NativeMemory.AlignedAlloc((nuint)sharedBytes, 64);
        sharedShadow = (ulong*)NativeMemory.AllocZeroed((nuint)(sharedBytes / 4), sizeof(ulong));
    }

    ~GroupContext()
    {
        NativeMemory.AlignedFree(sharedAddress);
        NativeMemory.Free(sharedShadow);
    }

    /// <summary>The context of the kernel running on this operating-system thread.</summary>
    public static GroupContext Current =>
        current ?? throw new KernelFault("Group, Grid and SharedMemory have a meaning only inside a kernel.");

    public int Worker { get; }

    /// <summary>A word that is not simply mine to read: notes the reader, or finds the fault.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Read(ViewBinding binding, long at)
    {
        ulong cell = binding.Shadow[at >> 2];
        bool fresh = cell >> EpochShift != epoch;
        if (binding.IsShared && (cell >> EpochShift < firstEpoch || (cell & Initialised) == 0))
            throw Fault($"reads {Word(binding, at)}, which no thread of the group has written");
        ulong writer = fresh ? None : cell >> 11 & None;
        ulong reader = fresh ? None : cell & None;
        if (writer != None && writer != (uint)Thread)
            throw Fault($"reads {Word(binding, at)}, which {Name(writer)} has written since the last barrier");
        reader = reader == None || reader == (uint)Thread ? (uint)Thread : Many;
        binding.Shadow[at >> 2] = epoch << EpochShift | Initialised | writer << 11 | reader;
    }

    /// <summary>A word that is not simply mine to write: notes the writer, or finds the fault.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write(ViewBinding binding, long at)
    {
        ulong cell = binding.Shadow[at >> 2];
        bool fresh = cell >> EpochShift != epoch;
        ulong writer = fresh ? None : cell >> 11 & None;
        ulong reader = fresh ? None : cell & None;
        if (writer != None && writer != (uint)Thread)
            throw Fault($"writes {Word(binding, at)}, which {Name(writer)} has written since the last barrier");
        if (reader != None && reader != (uint)Thread)
            throw Fault($"writes {Word(binding, at)}, which {Name(reader)} has read since the last barrier");
        binding.Shadow[at >> 2] = epoch << EpochShift | Initialised | (ulong)Thread << 11 | reader;
    }

    /// <summary>Wide elements are loaded at once, which devices can do only from a multiple of their size.</summary>
    public void CheckCast<T, TOther>(ArrayView<T> view, ArrayView<TOther> cast) where T : unmanaged where TOther : unmanaged
    {
        int size = sizeof(TOther);
        if ((size == 8 || size == 16) && (ulong)(view.Binding!.Address + cast.Offset) % (ulong)size != 0)
            throw Fault(
                $"casts a view to {typeof(TOther).Name} that starts {cast.Offset} bytes into the buffer of " +
                $"{view.Binding.Name}, but elements of {size} bytes need a multiple of {size}");
        if (KernelSignature.Flaw(typeof(TOther)) is { } flaw)
            throw Fault($"casts {view.Binding!.Name} to {typeof(TOther).Name}, but {flaw}");
    }

    /// <summary>The sentence around what went wrong: which kernel, group and thread.</summary>
    public KernelFault Fault(string what) =>
        new($"{kernel}: {(indexes ? "" : $"group {GroupIndex}, ")}{Name((uint)Thread)} {what}.");

    private void Enter(int thread)
    {
        Thread = thread;
        ThreadIndex = IndexInGroup(thread);
        allocations = 0;
        ulong open = epoch << EpochShift | Initialised;
        ReadByMe = open | None << 11 | (uint)thread;
        ReadByMany = open | None << 11 | Many;
        WrittenByMe = open | (ulong)(uint)thread << 11 | None;
    }

    private string Name(ulong thread) =>
        thread == Many ? "several threads"
        : indexes ? $"index {IndexOf((int)thread)}"
        : $"thread {IndexInGroup((int)thread)}";

    private Index3D IndexInGroup(int thread)
    {
        int x = GroupDim.X, y = GroupDim.Y;
        return new Index3D(thread % x, thread / x % y, thread / (x * y));
    }

    // Elements may be wider than words, so the place is told in words.
    private static string Word(ViewBinding binding, long at) => $"word {(at - binding.Start) / 4} of {binding.Name}";
}
