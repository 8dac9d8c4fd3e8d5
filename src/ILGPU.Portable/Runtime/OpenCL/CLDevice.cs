using System.Collections.Immutable;
using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>A device reached through OpenCL. Accelerators need OpenCL 1.2; older devices are listed all the same.</summary>
public sealed class CLDevice : Device
{
    // Found once: drivers take their time, and a device is the same object wherever it is listed.
    private static readonly Lazy<ImmutableArray<CLDevice>> Found = new(Find);

    private readonly Lazy<int> warpSize;

    private CLDevice(nint platform, nint device)
    {
        PlatformId = platform;
        DeviceId = device;
        PlatformName = CLInfo.Text(platform, CL.Platform.Name);
        PlatformVersion = CLInfo.Text(platform, CL.Platform.Version);
        Name = CLInfo.Text(device, CL.Device.Name);
        VendorName = CLInfo.Text(device, CL.Device.Vendor);
        VersionText = CLInfo.Text(device, CL.Device.Version);
        DriverVersion = CLInfo.Text(device, CL.Device.DriverVersion);
        Extensions = [.. CLInfo.Text(device, CL.Device.Extensions).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        DeviceType = (CLDeviceType)CLInfo.Number<ulong>(device, CL.Device.Type);
        _ = CLDeviceVersion.TryParse(VersionText, out var version);
        DeviceVersion = version;
        MemorySize = (long)CLInfo.Number<ulong>(device, CL.Device.GlobalMemSize);
        MaxAllocation = (long)CLInfo.Number<ulong>(device, CL.Device.MaxMemAllocSize);
        MaxNumThreadsPerGroup = Int(CLInfo.Number<nuint>(device, CL.Device.MaxWorkGroupSize));
        MaxSharedMemoryPerGroup = Int(CLInfo.Number<ulong>(device, CL.Device.LocalMemSize));
        HasLocalMemory = CLInfo.Number<uint>(device, CL.Device.LocalMemType) == CL.LocalMemoryIsReal;
        NumMultiprocessors = Int(CLInfo.Number<uint>(device, CL.Device.MaxComputeUnits));
        var (x, y, z) = CLInfo.Number<(nuint, nuint, nuint)>(device, CL.Device.MaxWorkItemSizes);
        MaxGroupSize = new Index3D(Int(x), Int(y), Int(z));
        warpSize = new(FindWarpSize);
    }

    public override AcceleratorType AcceleratorType => AcceleratorType.OpenCL;

    public override string Name { get; }

    public IntPtr PlatformId { get; }

    public IntPtr DeviceId { get; }

    public string PlatformName { get; }

    public string VendorName { get; }

    public CLDeviceType DeviceType { get; }

    public CLDeviceVersion DeviceVersion { get; }

    public ImmutableArray<string> Extensions { get; }

    public override long MemorySize { get; }

    // OpenCL bounds the number of threads of a launch by the size of an address only.
    public override Index3D MaxGridSize => new(int.MaxValue, int.MaxValue, int.MaxValue);

    public override Index3D MaxGroupSize { get; }

    public override int MaxNumThreadsPerGroup { get; }

    public override int MaxSharedMemoryPerGroup { get; }

    /// <summary>What the driver prefers the size of a group to be a multiple of; 1 if it does not say.</summary>
    public override int WarpSize => warpSize.Value;

    public override int NumMultiprocessors { get; }

    internal string PlatformVersion { get; }

    /// <summary>The version of OpenCL and what the vendor says behind it.</summary>
    internal string VersionText { get; }

    internal string DriverVersion { get; }

    /// <summary>Bytes that one buffer can have.</summary>
    internal long MaxAllocation { get; }

    /// <summary>Whether shared memory is a memory of its own and not just a part of global memory.</summary>
    internal bool HasLocalMemory { get; }

    /// <summary>Why no accelerator can be made, or null if it can.</summary>
    internal string? Flaw =>
        DeviceVersion < CLDeviceVersion.CL12
            ? $"{Name} has OpenCL {DeviceVersion.Major}.{DeviceVersion.Minor}, but 1.2 is needed."
        : CLInfo.Number<uint>(DeviceId, CL.Device.Available) == 0 ? $"{Name} is not available now."
        : CLInfo.Number<uint>(DeviceId, CL.Device.CompilerAvailable) == 0
            ? $"{Name} has no compiler, and programs come as source."
        : null;

    /// <summary>GPUs first, then other accelerators, then CPUs; each in the order of platforms and devices.</summary>
    /// <remarks>A device that two platforms reach is there twice.</remarks>
    public static ImmutableArray<Device> GetDevices(Predicate<CLDevice> predicate) =>
        [.. Found.Value.Where(device => predicate(device))];

    public bool HasExtension(string extension) => Extensions.Contains(extension);

    public override Accelerator CreateAccelerator(Context context) => CreateCLAccelerator(context);

    public CLAccelerator CreateCLAccelerator(Context context) => new(context, this);

    public override bool Equals(object? obj) => obj is CLDevice other && other.DeviceId == DeviceId;

    public override int GetHashCode() => DeviceId.GetHashCode();

    public override string ToString() => $"{Name} ({VersionText}, driver {DriverVersion})";

    private static ImmutableArray<CLDevice> Find()
    {
        using var signals = new HostSignals();
        return
        [
            .. CLInfo.Platforms()
                .SelectMany(platform => CLInfo.Devices(platform).Select(device => new CLDevice(platform, device)))
                .OrderBy(device => device.Rank),
        ];
    }

    private int Rank =>
        DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU) ? 0 : DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU) ? 2 : 1;

    private int FindWarpSize()
    {
        CL.Device[] questions = [CL.Device.PreferredWorkGroupSizeMultiple, CL.Device.WarpSizeNV, CL.Device.WavefrontWidthAMD];
        return Math.Max(1, questions.Select(question => Int(CLInfo.Number<nuint>(DeviceId, question))).FirstOrDefault(size => size > 0));
    }

    private static int Int(ulong number) => (int)Math.Min(number, int.MaxValue);
}
