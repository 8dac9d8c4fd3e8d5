using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// The devices that ILGPU reaches: <c>cuda:N</c>, <c>opencl:N</c>, and one on the CPU that is there to check the kernels.
/// <code>
/// var options = new EmdcOptions { Device = "auto", Providers = [new IlgpuDevices()] };
/// </code>
/// </summary>
public sealed class IlgpuDevices : IDeviceProvider
{
    private readonly Lazy<(IReadOnlyList<DeviceInfo> Devices, string? Preferred)> _found;

    /// <summary>Looks for devices when they are first asked for.</summary>
    public IlgpuDevices() => _found = new(Find);

    /// <summary>The file of tiles that <see cref="Tuner"/> keeps.</summary>
    public string TilesPath { get; init; } = TileTable.DefaultPath;

    /// <summary>Hears of files that are ignored; without it they are named on stderr.</summary>
    public Action<string> Note { get; init; } = Console.Error.WriteLine;

    /// <summary>Looks for devices; tests have another one.</summary>
    internal Func<Context> CreateContext { get; init; } = Platform.CreateContext;

    /// <inheritdoc/>
    public IReadOnlyList<DeviceInfo> Devices => _found.Value.Devices;

    /// <summary>The first CUDA device, else the first OpenCL GPU, else none: never the one that checks.</summary>
    public string? Preferred => _found.Value.Preferred;

    /// <inheritdoc/>
    public IBackend Open(string name, bool keepTensors = false) => Environment.GetEnvironmentVariable("EMDC_VALIDATE") == "1"
        ? new ValidatingOperators(
            OpenTuned(name, keepTensors: true), EMDC.Devices.Open(new EmdcOptions { Device = "cpu" }, keepTensors: true))
        : OpenTuned(name, keepTensors);

    /// <summary>With the tiles that were found for the device; where there are none, with those of the rules.</summary>
    internal IlgpuOperators OpenTuned(string name, bool keepTensors)
    {
        var table = TileTable.Load(TilesPath, out string? note);
        if (note is not null)
        {
            Note(note);
        }

        return Open(name, null, keepTensors, table);
    }

    /// <summary>The same with a tiling other than the device's own, and for tests with kernels other than the device's own.</summary>
    internal static IlgpuOperators Open(
        string name, Tiling? tiling, bool keepTensors, TileTable? table = null, Func<DeviceCalls, Launchers>? compile = null)
    {
        Context context = Platform.CreateContext();
        Accelerator? accelerator = null;
        string shown = name;
        try
        {
            Device device = Named(context).First(d => d.Info.Name == name).Device;
            shown = DeviceCalls.Name(name, device.Name);
            accelerator = device.CreateAccelerator(context);
            tiling ??= Tiling.For(accelerator) with { Tuned = table?.Of(Platform.Tuned(accelerator)) };
            var calls = new DeviceCalls(accelerator, Describe(name, device));
            return new IlgpuOperators(context, calls, compile is null ? new Launchers(calls) : compile(calls), tiling, keepTensors);
        }
        catch (Exception e)
        {
            accelerator?.Dispose();
            context.Dispose();
            if (DeviceCalls.IsOfDevice(e))
            {
                throw new EmdcException($"{shown}: the device is there but cannot be opened: {DeviceCalls.Reason(e)}.", e);
            }

            throw;
        }
    }

    /// <summary>Where ILGPU itself cannot start there are no devices, and the CPU's own backend goes on.</summary>
    private (IReadOnlyList<DeviceInfo>, string?) Find()
    {
        try
        {
            using Context context = CreateContext();
            return Find(context);
        }
        catch (Exception e) when (DeviceCalls.IsOfDevice(e))
        {
            Note($"No devices but the CPU are used, because ILGPU cannot look for them: {DeviceCalls.Reason(e)}.");
            return ([], null);
        }
    }

    private static (IReadOnlyList<DeviceInfo>, string?) Find(Context context)
    {
        (DeviceInfo Info, Device Device)[] named = [.. Named(context)];
        (DeviceInfo Info, Device Device)[] gpus =
        [
            .. named.Where(d => d.Device.AcceleratorType == AcceleratorType.Cuda),
            .. named.Where(d => d.Device.AcceleratorType == AcceleratorType.OpenCL && Platform.IsGpu(d.Device)),
        ];
        return ([.. named.Select(d => d.Info)], gpus.Length > 0 ? gpus[0].Info.Name : null);
    }

    private static IEnumerable<(DeviceInfo Info, Device Device)> Named(Context context)
    {
        int cuda = 0, opencl = 0;
        foreach (Device device in context.Devices)
        {
            string name = device.AcceleratorType switch
            {
                AcceleratorType.Cuda => $"cuda:{cuda++}",
                AcceleratorType.OpenCL => $"opencl:{opencl++}",
                _ => Platform.CpuName,
            };
            yield return (Describe(name, device), device);
        }
    }

    private static DeviceInfo Describe(string name, Device device) => device.AcceleratorType == AcceleratorType.CPU
        ? new DeviceInfo(name, Platform.CpuDescription)
        : new DeviceInfo(name, Platform.Describe(device));
}
