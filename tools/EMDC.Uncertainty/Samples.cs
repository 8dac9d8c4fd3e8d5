using EMDC.Completion;
using EMDC.Imaging;
using EMDC.Operators;

namespace EMDC.Uncertainties;

/// <summary>Pixels whose true depth is known.</summary>
internal sealed class Samples
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

    /// <summary>Completes the frames of a list, lines <c>rgb sparse truth</c>, and takes their pixels.</summary>
    public static Samples Of(Emdc engine, string list, CancellationToken interrupt)
    {
        var samples = new Samples();
        string folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        foreach (string line in File.ReadLines(list).Where(line => line.Length > 0))
        {
            interrupt.ThrowIfCancellationRequested();
            string[] names = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Path.Combine(folder, name))];
            if (names.Length is not (3 or 4))
            {
                throw new UserError($"{list}: a line has {names.Length} names ({line}), but needs three, rgb sparse truth, or the name of a scene behind them.");
            }

            samples.Add(engine, RgbFile.Read(names[0]), DepthFile.Read(names[1]), DepthFile.Read(names[2]));
        }

        return samples;
    }

    private void Add(Emdc engine, RgbImage rgb, DepthMap sparse, DepthMap truth)
    {
        int pixels = rgb.Height * rgb.Width;
        float[] dense = new float[pixels], global = new float[pixels], local = new float[pixels];
        var maps = new DepthMaps { Dense = dense, Global = global, Local = local };
        engine.Complete(rgb.Pixels, sparse.Metres, maps, rgb.Height, rgb.Width);
        var frame = new Frame
        {
            Height = rgb.Height,
            Width = rgb.Width,
            Rgb = rgb.Pixels,
            Sparse = sparse.Metres,
            Dense = dense,
            Global = global,
            Local = local,
            MaxDepth = new EmdcOptions().MaxDepth,
        };
        _uncertainty.FindNearest(frame);
        Span<float> features = stackalloc float[Uncertainty.Features];
        var random = new Random(Frames++);
        for (int k = 0; k < PerFrame; k++)
        {
            int i = random.Next(pixels);
            if (truth.Metres[i] > 0.001f && dense[i] > 0)
            {
                _uncertainty.Describe(frame, i, features);
                Features.AddRange(features);
                Errors.Add(Math.Abs(dense[i] - truth.Metres[i]) / dense[i]);
                Depths.Add(dense[i]);
            }
        }
    }
}
