namespace ILGPU.Runtime;

/// <summary>A kernel on one accelerator: a <see cref="MethodKernel"/> or a <see cref="TranslatedKernel"/>.</summary>
internal abstract class LoadedKernel;

/// <summary>
/// A kernel whose accelerator runs the method itself. The typed loaders hand a launch over as a function that gives each
/// argument to <see cref="KernelArguments"/> and returns the call of the method for one thread.
/// </summary>
internal abstract class MethodKernel : LoadedKernel
{
    public abstract void Launch(AcceleratorStream stream, KernelConfig config, Func<KernelArguments, Action> bind);

    /// <summary>Launches an auto-grouped kernel over an <see cref="Index1D"/>, 2D or 3D.</summary>
    public abstract void Launch(AcceleratorStream stream, IIndex extent, Func<KernelArguments, Action> bind);
}

/// <summary>Takes the arguments of one launch.</summary>
internal abstract class KernelArguments
{
    /// <summary>Takes an argument and returns what the running method shall see in its place.</summary>
    public abstract T Set<T>(int position, T value) where T : struct;

    /// <summary>The index of the running thread of an auto-grouped kernel.</summary>
    public abstract TIndex Index<TIndex>() where TIndex : struct, IIndex;
}
