using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>
/// What a view refers to: on the host a buffer; within a kernel the memory as one group sees it, with a cell of
/// <see cref="Shadow"/> for each of its 4-byte words.
/// </summary>
internal sealed unsafe class ViewBinding
{
    public readonly byte* Address;
    public readonly ulong* Shadow;

    /// <summary>Null on the host.</summary>
    public readonly GroupContext? Group;

    /// <summary>Null for shared memory.</summary>
    public readonly DeviceMemory? Memory;

    /// <summary>The kernel's name for the argument, or <c>shared#1</c>, <c>shared#2</c> and so on.</summary>
    public readonly string Name;

    /// <summary>Where the argument starts in the memory, in bytes; views elsewhere are sub-views.</summary>
    public readonly long Start;

    public ViewBinding(DeviceMemory memory)
    {
        Memory = memory;
        Name = "the view";
    }

    public ViewBinding(GroupContext group, DeviceMemory? memory, byte* address, ulong* shadow, string name, long start)
    {
        Group = group;
        Memory = memory;
        Address = address;
        Shadow = shadow;
        Name = name;
        Start = start;
    }

    public bool IsShared => Memory is null;
}
