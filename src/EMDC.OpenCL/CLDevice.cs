using System.Globalization;

namespace EMDC.OpenCL;

/// <summary>A device reached through OpenCL. Contexts need OpenCL 1.2; older devices are listed all the same.</summary>
public sealed class CLDevice
{
    private const ulong Cpu = 1 << 1, Gpu = 1 << 2;

    // Found once: drivers take their time, and a device is the same object wherever it is listed.
    private static readonly Lazy<IReadOnlyList<CLDevice>> Found = new(Find);

    private readonly ulong _type;

    private CLDevice(nint platform, nint device)
    {
        (Platform, Id) = (platform, device);
        PlatformVersion = CLInfo.Text(platform, CL.Platform.Version);
        Name = CLInfo.Text(device, CL.Device.Name);
        VersionText = CLInfo.Text(device, CL.Device.Version);
        DriverVersion = CLInfo.Text(device, CL.Device.DriverVersion);
        _type = CLInfo.Number<ulong>(device, CL.Device.Type);
        Version = ParseVersion(VersionText);
        MemoryBytes = (long)CLInfo.Number<ulong>(device, CL.Device.GlobalMemSize);
        MaxAllocation = (long)CLInfo.Number<ulong>(device, CL.Device.MaxMemAllocSize);
        MaxThreads = Math.Min(
            Int(CLInfo.Number<nuint>(device, CL.Device.MaxWorkGroupSize)),
            Int(CLInfo.Number<(nuint X, nuint, nuint)>(device, CL.Device.MaxWorkItemSizes).X));
        LocalMemoryBytes = Int(CLInfo.Number<ulong>(device, CL.Device.LocalMemSize));
        HasLocalMemory = CLInfo.Number<uint>(device, CL.Device.LocalMemType) == CL.LocalMemoryIsReal;
        ComputeUnits = Int(CLInfo.Number<uint>(device, CL.Device.MaxComputeUnits));
    }

    /// <summary>All devices: GPUs first, then other accelerators, then CPUs; each in the order of platforms and devices.</summary>
    /// <remarks>A device that two platforms reach is there twice.</remarks>
    public static IReadOnlyList<CLDevice> All => Found.Value;

    /// <summary>The name that the driver gives it.</summary>
    public string Name { get; }

    /// <summary>The version of OpenCL; 0.0 where the driver does not say it as the specification asks.</summary>
    public (int Major, int Minor) Version { get; }

    /// <summary>The version of OpenCL and what the vendor says behind it.</summary>
    public string VersionText { get; }

    /// <summary>The driver's own version.</summary>
    public string DriverVersion { get; }

    /// <summary>GPU, CPU or accelerator.</summary>
    public string Kind => IsGpu ? "GPU" : (_type & Cpu) != 0 ? "CPU" : "accelerator";

    /// <summary>Whether it calls itself a GPU.</summary>
    public bool IsGpu => (_type & Gpu) != 0;

    /// <summary>Bytes of memory.</summary>
    public long MemoryBytes { get; }

    /// <summary>Bytes that one buffer can have.</summary>
    public long MaxAllocation { get; }

    /// <summary>Most threads of a group in a row; a kernel may allow fewer (<see cref="CLProgram.MaxThreads"/>).</summary>
    public int MaxThreads { get; }

    /// <summary>Bytes of local memory of a group.</summary>
    public int LocalMemoryBytes { get; }

    /// <summary>Whether local memory is a memory of its own and not just a part of global memory.</summary>
    public bool HasLocalMemory { get; }

    /// <summary>Multiprocessors, cores or what the vendor counts.</summary>
    public int ComputeUnits { get; }

    /// <summary>Why no context can be made, or null if it can.</summary>
    public string? Flaw =>
        Version.CompareTo((1, 2)) < 0 ? $"{Name} has OpenCL {Version.Major}.{Version.Minor}, but 1.2 is needed."
        : CLInfo.Number<uint>(Id, CL.Device.Available) == 0 ? $"{Name} is not available now."
        : CLInfo.Number<uint>(Id, CL.Device.CompilerAvailable) == 0 ? $"{Name} has no compiler, and programs come as source."
        : null;

    internal nint Platform { get; }

    internal nint Id { get; }

    internal string PlatformVersion { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({VersionText}, driver {DriverVersion})";

    /// <summary>Reads <c>OpenCL 1.2 and whatever the vendor adds</c>; 0.0 where it is something else.</summary>
    internal static (int Major, int Minor) ParseVersion(string text)
    {
        string[] words = text.Split(' ');
        string[] numbers = words is ["OpenCL", var version, ..] ? version.Split('.') : [];
        return numbers.Length == 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) ? (major, minor) : (0, 0);
    }

    private static IReadOnlyList<CLDevice> Find()
    {
        using var signals = new HostSignals();
        return
        [
            .. CLInfo.Platforms()
                .SelectMany(platform => CLInfo.Devices(platform).Select(device => new CLDevice(platform, device)))
                .OrderBy(device => device.IsGpu ? 0 : (device._type & Cpu) != 0 ? 2 : 1),
        ];
    }

    private static int Int(ulong number) => (int)Math.Min(number, int.MaxValue);
}
