namespace ILGPU.Runtime;

/// <summary>The kinds of devices.</summary>
public enum AcceleratorType
{
    CPU = 0,
    Cuda = 1,
    OpenCL = 2,
}

/// <summary>What a device is and what it can hold; accelerators are made from it.</summary>
public abstract class Device
{
    private protected Device() { }

    public abstract AcceleratorType AcceleratorType { get; }

    public abstract string Name { get; }

    /// <summary>Bytes of global memory.</summary>
    public abstract long MemorySize { get; }

    public abstract Index3D MaxGridSize { get; }

    public abstract Index3D MaxGroupSize { get; }

    public abstract int MaxNumThreadsPerGroup { get; }

    /// <summary>Bytes of shared memory a group may use.</summary>
    public abstract int MaxSharedMemoryPerGroup { get; }

    public abstract int WarpSize { get; }

    public abstract int NumMultiprocessors { get; }

    public abstract Accelerator CreateAccelerator(Context context);

    /// <summary>Says what the device is, on one line.</summary>
    public void PrintInformation(TextWriter writer) => writer.WriteLine(ToString());

    public abstract override string ToString();
}
