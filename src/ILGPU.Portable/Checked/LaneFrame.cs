using System.Runtime.CompilerServices;

namespace ILGPU.Checked;

/// <summary>
/// Where a thread of the group has stopped and what its variables were. Fields, because emitted code reads them.
/// </summary>
internal sealed class LaneFrame
{
    /// <summary>The number of the barrier at which the thread waits; 0 at the start and at the end.</summary>
    public int State;

    /// <summary>A <see cref="StrongBox{T}"/> for each argument, the same for every thread.</summary>
    public object[] Arguments = [];

    /// <summary>A <see cref="StrongBox{T}"/> for each variable with references in it: the views.</summary>
    public object[] Views = [];

    /// <summary>All other variables, pinned.</summary>
    public byte[] Values = [];

    /// <summary>The address of <see cref="Values"/>.</summary>
    public nint Address;

    /// <summary>How much shared memory it has asked for, see <see cref="GroupContext.AllocateShared{T}"/>.</summary>
    public int Allocations;
}
