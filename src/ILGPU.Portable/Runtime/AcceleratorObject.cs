namespace ILGPU.Runtime;

/// <summary>Something that lives on an accelerator: a buffer, a stream, a marker.</summary>
public abstract class AcceleratorObject : IDisposable
{
    internal AcceleratorObject(Accelerator accelerator) => Accelerator = accelerator;

    public Accelerator Accelerator { get; }

    public AcceleratorType AcceleratorType => Accelerator.AcceleratorType;

    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    internal virtual void Release()
    {
    }
}
