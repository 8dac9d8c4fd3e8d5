using System.Runtime.Intrinsics;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC;

/// <summary>What can run the network here.</summary>
public static class Devices
{
    /// <summary>The devices that need no provider.</summary>
    public static IReadOnlyList<DeviceInfo> All => [new DeviceInfo("cpu", $"{WidestSimd}, {Environment.ProcessorCount} processors")];

    /// <summary>The devices present: <see cref="All"/>, then what the providers list.</summary>
    public static IReadOnlyList<DeviceInfo> Present(IReadOnlyList<IDeviceProvider> providers) =>
        [.. All, .. providers.SelectMany(provider => provider.Devices)];

    /// <summary>The widest vector instructions that run in hardware in this process.</summary>
    public static string WidestSimd =>
        Simd512.IsSupported ? Simd512.Name : Simd256.IsSupported ? Simd256.Name : Simd128.IsSupported ? Simd128.Name : SimdScalar.Name;

    /// <summary>
    /// The widths of the CPU backend and whether each runs in hardware here, widest first.
    /// </summary>
    public static IReadOnlyList<(string Option, string Name, bool IsSupported)> SimdWidths =>
    [
        ("512", Simd512.Name, Simd512.IsSupported),
        ("256", Simd256.Name, Simd256.IsSupported),
        ("128", Simd128.Name, Simd128.IsSupported),
        ("scalar", SimdScalar.Name, SimdScalar.IsSupported),
    ];

    internal static IBackend Open(EmdcOptions options, bool keepTensors = false)
    {
        string name = options.Device == "auto"
            ? options.Providers.Select(provider => provider.Preferred).FirstOrDefault(preferred => preferred is not null) ?? "cpu"
            : options.Device;
        if (name != "cpu")
        {
            foreach (IDeviceProvider provider in options.Providers)
            {
                if (provider.Devices.FirstOrDefault(d => d.Name == name || d.Name == $"{name}:0") is { } device)
                {
                    return provider.Open(device.Name, options.Validate, keepTensors);
                }
            }

            string devices = string.Join(", ", Present(options.Providers).Select(d => d.Name));
            throw new EmdcException($"There is no device '{options.Device}' here; present: {devices}.");
        }

        if (options.Validate)
        {
            throw new EmdcException($"Validating compares another device with the cpu, but the device is '{options.Device}', which is the cpu here.");
        }

        int threads = Threads(options);
        return Simd(options) switch
        {
            "512" => new SimdOperators<Simd512, Vector512<float>>(threads, keepTensors),
            "256" => new SimdOperators<Simd256, Vector256<float>>(threads, keepTensors),
            "128" => new SimdOperators<Simd128, Vector128<float>>(threads, keepTensors),
            _ => new SimdOperators<SimdScalar, float>(threads, keepTensors),
        };
    }

    /// <summary>The number of threads that the options mean.</summary>
    internal static int Threads(EmdcOptions options)
    {
        if (options.Threads is < 0 or > 1024)
        {
            throw new EmdcException($"{options.Threads} threads were asked for, but 1 to 1024 can be used (0 for all processors).");
        }

        return options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
    }

    /// <summary>The width of vectors that the options mean, as <see cref="SimdWidths"/> names it.</summary>
    internal static string Simd(EmdcOptions options)
    {
        string simd = options.Simd;
        if (simd == "auto")
        {
            return SimdWidths.First(width => width.IsSupported).Option;
        }

        if (!SimdWidths.Any(width => width.Option == simd && width.IsSupported))
        {
            string present = string.Join(", ", SimdWidths.Where(width => width.IsSupported).Select(width => width.Option));
            throw new EmdcException($"Vectors of '{simd}' do not run in hardware here; present: {present}.");
        }

        return simd;
    }
}
