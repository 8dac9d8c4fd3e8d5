namespace EMDC.Cli;

/// <summary>The one line about a completed frame: device, size, spots, ms, kernel launches where there are any, range.</summary>
internal static class CompletionLine
{
    public static string Device(DeviceInfo device) => $"{device.Name} ({device.Description})";

    /// <summary>The launches as a further part of a line; the CPU has none and says nothing about them.</summary>
    public static string Launches(long launches) => launches == 0 ? "" : $", {launches} kernel launches";

    // The time of a process's first frame has the preparation for its size in it, so it is called what it is.
    public static string Of(Emdc engine, FrameResult result) =>
        $"{Device(engine.Device)}: {result.Height}×{result.Width}, {result.Spots} spots, {result.Milliseconds:F1} ms (first frame){Launches(engine.KernelLaunches)}, {result.Nearest:F2}–{result.Farthest:F2} m";
}
