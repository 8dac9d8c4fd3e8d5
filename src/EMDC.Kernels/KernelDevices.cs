using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// The devices that run the kernels: <c>cuda:N</c> and <c>ilgpu-cpu</c> through ILGPU, <c>opencl:N</c> through OpenCL 1.2.
/// <code>
/// var options = new EmdcOptions { Device = "auto", Providers = [new KernelDevices()] };
/// </code>
/// </summary>
public sealed class KernelDevices : IDeviceProvider
{
    private readonly Lazy<IReadOnlyList<FoundDevice>> _found;

    /// <summary>Looks for devices when they are first asked for.</summary>
    public KernelDevices() => _found = new(Find);

    /// <summary>The file of tiles that <see cref="Tuner"/> keeps.</summary>
    public string TilesPath { get; init; } = TileTable.DefaultPath;

    /// <summary>Hears of files that are ignored and of what a device goes on without; without it they are named on stderr.</summary>
    public Action<string> Note { get; init; } = Console.Error.WriteLine;

    /// <summary>Who looks for devices; tests have others. Native programs contain nothing of ILGPU, because it is named only here.</summary>
    internal IReadOnlyList<Func<IReadOnlyList<FoundDevice>>> Finders { get; init; } =
        RuntimeFeature.IsDynamicCodeSupported ? [OpenCLDevice.Find, IlgpuDevice.Find] : [OpenCLDevice.Find];

    /// <summary>CUDA devices, then OpenCL devices, then ILGPU's simulator.</summary>
    public IReadOnlyList<DeviceInfo> Devices => [.. _found.Value.Select(device => device.Info)];

    /// <summary>The first CUDA device, else the first OpenCL GPU, else none: never a device on the CPU.</summary>
    public string? Preferred => _found.Value.FirstOrDefault(device => device.IsGpu)?.Info.Name;

    /// <summary>The kinds of device of which there is none here, and why.</summary>
    public IReadOnlyList<(string Name, string Why)> Missing =>
    [
        .. _found.Value.Any(IsCuda) ? [] : new[] { ("cuda", CudaLibrary.WhyNoDevice) },
        .. _found.Value.Any(IsOpenCL) ? [] : new[] { ("opencl", "no driver of an OpenCL device is installed here") },
    ];

    /// <inheritdoc/>
    public IBackend Open(string name, bool validate = false, bool keepTensors = false) => validate
        ? new ValidatingBackend(Open(name, null, keepTensors: true), EMDC.Devices.Open(new EmdcOptions { Device = "cpu" }, keepTensors: true))
        : Open(name, null, keepTensors);

    /// <summary>The same with a tiling other than the device's own, and for tests with another device in place of the one that is found.</summary>
    internal DeviceBackend Open(string name, Func<DeviceTraits, Tiling>? tiling, bool keepTensors, Func<Device, Device>? wrap = null)
    {
        FoundDevice found = _found.Value.First(device => device.Info.Name == name);
        Device device;
        try
        {
            device = found.Open();
        }
        catch (DeviceException e)
        {
            throw new EmdcException($"{name}: the device is there but cannot be opened: {e.Message}.", e);
        }

        try
        {
            device = wrap is null ? device : wrap(device);
            return new DeviceBackend(device, found.Info, (tiling ?? Tuned)(device.Traits), keepTensors) { Note = Note };
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>With the tiles that were found for the device, else those that the package brings for its kind, else those of the rules.</summary>
    private Tiling Tuned(DeviceTraits traits)
    {
        var table = TileTable.Load(TilesPath, out string? note);
        if (note is not null)
        {
            Note(note);
        }

        Dictionary<TileKey, Tile> tiles = TileTable.Shipped(traits.Kind);
        foreach (var (key, tile) in table.Of(new TunedDevice(traits.OwnName, traits.Driver)) ?? new Dictionary<TileKey, Tile>())
        {
            tiles[key] = tile;
        }

        return Tiling.For(traits) with { Tuned = tiles };
    }

    /// <summary>Where one of the drivers cannot be asked there are none of its devices, and the others go on.</summary>
    private IReadOnlyList<FoundDevice> Find()
    {
        var found = new List<FoundDevice>();
        foreach (Func<IReadOnlyList<FoundDevice>> find in Finders)
        {
            try
            {
                found.AddRange(find());
            }
            catch (DeviceException e)
            {
                Note($"Some devices are not used, because they cannot be looked for: {e.Message}.");
            }
        }

        return [.. found.OrderBy(device => IsCuda(device) ? 0 : IsOpenCL(device) ? 1 : 2)];
    }

    private static bool IsCuda(FoundDevice device) => device.Info.Name.StartsWith("cuda:", StringComparison.Ordinal);

    private static bool IsOpenCL(FoundDevice device) => device.Info.Name.StartsWith("opencl:", StringComparison.Ordinal);
}

/// <summary>A device that is here.</summary>
/// <param name="Info">Its name and what it is.</param>
/// <param name="IsGpu">Whether <c>auto</c> may take it.</param>
/// <param name="Open">Opens it.</param>
internal sealed record FoundDevice(DeviceInfo Info, bool IsGpu, Func<Device> Open);
