using System.Runtime.CompilerServices;

namespace ILGPU.Runtime;

/// <summary>
/// A kernel that was translated for its accelerator, so that a launch needs the arguments and nothing of the method. The typed
/// loaders hold its lock from the first <see cref="Set{T}"/> to the launch. Launching allocates nothing.
/// </summary>
internal abstract class TranslatedKernel : LoadedKernel
{
    private readonly KernelArgument[] arguments;

    protected TranslatedKernel(int parameters)
    {
        arguments = new KernelArgument[parameters];
        for (int i = 0; i < parameters; i++) arguments[i] = new KernelArgument();
    }

    protected ReadOnlySpan<KernelArgument> Arguments => arguments;

    /// <summary>Takes an argument of the next launch.</summary>
    public void Set<T>(int position, T value) where T : struct => arguments[position].Set(value);

    public abstract void Launch(AcceleratorStream stream, KernelConfig config);

    /// <summary>Launches an auto-grouped kernel over an <see cref="Index1D"/>, 2D or 3D.</summary>
    public void Launch<TIndex>(AcceleratorStream stream, TIndex extent) where TIndex : struct, IIndex
    {
        if (typeof(TIndex) == typeof(Index1D)) Launch(stream, new Index3D(Unsafe.BitCast<TIndex, Index1D>(extent).X, 1, 1), 1);
        else if (typeof(TIndex) == typeof(Index2D)) Launch(stream, new Index3D(Unsafe.BitCast<TIndex, Index2D>(extent), 1), 2);
        else if (typeof(TIndex) == typeof(Index3D)) Launch(stream, Unsafe.BitCast<TIndex, Index3D>(extent), 3);
        else throw new NotSupportedException($"An extent of type {typeof(TIndex).Name} is not Index1D, Index2D or Index3D.");
    }

    protected abstract void Launch(AcceleratorStream stream, Index3D extent, int dimensions);
}
