using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>A frame whose files are read.</summary>
/// <param name="Files">Where it came from and where its results go.</param>
/// <param name="Rgb">The colour frame.</param>
/// <param name="Sparse">The sparse depth, of the same size.</param>
/// <param name="Note">Takes sentences about what looks odd in it.</param>
internal sealed record LoadedFrame(FrameFiles Files, RgbImage Rgb, DepthMap Sparse, Action<string> Note)
{
    /// <summary>Time of the calls to the engine for it, so without files; what a device does beside them costs nothing.</summary>
    public TimeSpan InEngine { get; set; }
}
