namespace EMDC.Training.Data;

/// <summary>
/// A folder that <c>EMDC.Scenes shards</c> wrote: rgb.npy N×H×W×3 of 8 bits, depth.npy N×H×W and spots.npy N×K×H×W (K draws of the
/// sensor for each frame) of 16 bits in 1/5000 m, 0 = none.
/// </summary>
internal sealed class Shard : IFrames
{
    private const float Unit = 1 / 5000f;

    /// <summary>EMDC.Scenes renames a shard's folder when it is complete.</summary>
    private const string Unfinished = ".partial";

    private readonly MappedNpy _rgb, _depth, _spots;
    private readonly int _height, _width, _draws;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or their shapes disagree.</exception>
    public Shard(string folder)
    {
        _rgb = new(Path.Combine(folder, "rgb.npy"), "|u1");
        _depth = new(Path.Combine(folder, "depth.npy"), "<u2");
        _spots = new(Path.Combine(folder, "spots.npy"), "<u2");
        int[] rgb = _rgb.Shape, depth = _depth.Shape, spots = _spots.Shape;
        if (depth.Length != 3 || !rgb.SequenceEqual([.. depth, 3]) || spots.Length != 4 || !depth.SequenceEqual([spots[0], spots[2], spots[3]]))
        {
            throw new InvalidDataException(
                $"{folder}: rgb is ({string.Join(", ", rgb)}), depth ({string.Join(", ", depth)}) and spots ({string.Join(", ", spots)}), but N×H×W×3, N×H×W and N×K×H×W are needed.");
        }

        (Count, _height, _width, _draws) = (depth[0], depth[1], depth[2], spots[1]);
    }

    public int Count { get; }

    /// <summary>The finished shards below a folder, in the order of their names.</summary>
    public static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "spots.npy", SearchOption.AllDirectories)
            .Select(file => Path.GetDirectoryName(file)!)
            .Where(path => !path.EndsWith(Unfinished, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public StoredFrame Read(int frame, int draw)
    {
        int pixels = _height * _width;
        return new StoredFrame
        {
            Height = _height,
            Width = _width,
            Rgb = _rgb.Frame<byte>(frame),
            Depth = _depth.Frame<ushort>(frame),
            Spots = _spots.Frame<ushort>(frame).Slice(draw % _draws * pixels, pixels),
            Unit = Unit,
        };
    }

    public void Dispose()
    {
        _rgb.Dispose();
        _depth.Dispose();
        _spots.Dispose();
    }
}
