using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Something that runs operators. Another device is one more row of <see cref="Backends.All"/>.</summary>
/// <param name="Name">As failures print it.</param>
/// <param name="Open">Opens it; released tensors keep their memory.</param>
/// <param name="SkipReason">Why it can't run here, or null.</param>
public sealed record Backend(string Name, Func<IBackend> Open, string? SkipReason = null)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>All backends that the tests know.</summary>
public static class Backends
{
    /// <summary>The widths of the CPU backend that run in hardware here, as <see cref="EmdcOptions.Simd"/> names them.</summary>
    public static IReadOnlyList<string> Widths { get; } = [.. Devices.SimdWidths.Where(w => w.IsSupported).Select(w => w.Option)];

    /// <summary>One thread, where there is nothing to split.</summary>
    public static IReadOnlyList<Backend> OneThread { get; } = [.. Widths.Select(width => Cpu(width, 1))];

    /// <summary>Every backend; a width that does not run here is none.</summary>
    public static IReadOnlyList<Backend> All { get; } = [.. OneThread, .. Widths.Select(width => Cpu(width, 3))];

    public static Backend Of(string name) => All.Single(backend => backend.Name == name);

    public static Backend Cpu(string simd, int threads) =>
        new($"cpu {simd}, {threads} thread{(threads == 1 ? "" : "s")}",
            () => Devices.Open(new EmdcOptions { Device = "cpu", Simd = simd, Threads = threads }, keepTensors: true));
}
