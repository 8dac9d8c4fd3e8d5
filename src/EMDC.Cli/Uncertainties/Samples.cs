using EMDC.Cli.Evaluation;
using EMDC.Completion;
using EMDC.Operators;

namespace EMDC.Cli.Uncertainties;

/// <summary>Pixels whose true depth is known, of frames that an engine completes.</summary>
/// <param name="engine">The network.</param>
/// <param name="maxDepth">Spots beyond were not measured.</param>
internal sealed class Samples(Emdc engine, float maxDepth)
{
    // Of each frame so many pixels tell as much as all.
    private const int PerFrame = 8192;

    private readonly Uncertainty _uncertainty = new();

    /// <summary>The features of each pixel, <see cref="Uncertainty.Features"/> numbers.</summary>
    public List<float> Features { get; } = [];

    /// <summary>|dense − truth| / dense.</summary>
    public List<float> Errors { get; } = [];

    /// <summary>The dense depth.</summary>
    public List<float> Depths { get; } = [];

    public int Frames { get; private set; }

    /// <summary>Completes a frame and takes its pixels.</summary>
    public void Add(EvaluationFrame read)
    {
        float[] dense = new float[read.Pixels], global = new float[read.Pixels], local = new float[read.Pixels];
        var maps = new DepthMaps { Dense = dense, Global = global, Local = local };
        engine.Complete(read.Rgb.Pixels, read.Sparse, maps, read.Height, read.Width);
        var frame = new Frame
        {
            Height = read.Height,
            Width = read.Width,
            Rgb = read.Rgb.Pixels,
            Sparse = read.Sparse,
            Dense = dense,
            Global = global,
            Local = local,
            MaxDepth = maxDepth,
        };
        _uncertainty.FindNearest(frame);
        Span<float> features = stackalloc float[Uncertainty.Features];
        var random = new Random(Frames++);
        for (int k = 0; k < PerFrame; k++)
        {
            int i = random.Next(read.Pixels);
            if (read.Truth[i] > 0.001f && dense[i] > 0)
            {
                _uncertainty.Describe(frame, i, features);
                Features.AddRange(features);
                Errors.Add(Math.Abs(dense[i] - read.Truth[i]) / dense[i]);
                Depths.Add(dense[i]);
            }
        }
    }
}
