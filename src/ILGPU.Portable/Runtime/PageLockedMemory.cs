namespace ILGPU.Runtime;

/// <summary>Host memory that is never moved.</summary>
internal abstract unsafe class PageLockedMemory
{
    /// <summary>Null after <see cref="Free"/>.</summary>
    public void* Address { get; protected set; }

    public abstract void Free();
}
