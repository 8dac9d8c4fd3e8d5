using System.Runtime.CompilerServices;
using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>The arguments of a launch as one worker's groups see them.</summary>
internal sealed unsafe class CheckedArguments(CheckedKernel kernel, GroupContext group) : KernelArguments
{
    private readonly List<object> bound = [];

    /// <summary>The arguments in boxes, for threads that stop at barriers.</summary>
    public object[] Bound => [.. bound];

    public override T Set<T>(int position, T value)
    {
        var seen = Bind(position, value);
        bound.Add(new StrongBox<T>(seen));
        return seen;
    }

    public override TIndex Index<TIndex>() => group.Index<TIndex>();

    private T Bind<T>(int position, T value) where T : struct
    {
        if (value is not IKernelView view) return value;
        string name = kernel.ArgumentName(position);
        var memory = view.Binding?.Memory;
        if (memory is null) return (T)view.Bind(new ViewBinding(group, null, null, null, name, view.Offset));
        if (memory.Buffer!.Accelerator != kernel.Accelerator)
            throw new KernelFault($"{kernel.Name}: argument {position} ({name}) lies on another accelerator.");
        var words = (CheckedMemory)memory;
        if (words.IsFreed)
            throw new KernelFault($"{kernel.Name}: argument {position} ({name}) lies in a buffer that was disposed.");
        return (T)view.Bind(new ViewBinding(group, memory, words.Address, words.Shadow(group.Worker), name, view.Offset));
    }
}
