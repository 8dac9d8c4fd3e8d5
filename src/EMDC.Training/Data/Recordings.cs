using EMDC.Imaging;

namespace EMDC.Training.Data;

/// <summary>
/// A user's own frames: a list file with lines <c>rgb sparse gt</c>, paths relative to its folder. Frames are kept in memory in 7 bytes a
/// pixel once they are read, up to a bound; those beyond it are read again each time.
/// </summary>
internal sealed class Recordings : IFrames
{
    private readonly string _list;
    private readonly string[][] _lines;
    private readonly Kept?[] _kept;
    private long _room;

    /// <param name="list">The list file.</param>
    /// <param name="room">Bytes that may be kept in memory.</param>
    /// <exception cref="IOException">The list cannot be read.</exception>
    /// <exception cref="InvalidDataException">The list has no frames, or a line has no ground truth.</exception>
    public Recordings(string list, long room)
    {
        (_list, _room) = (list, room);
        var lines = new List<string[]>();
        int number = 0;
        foreach (string line in File.ReadLines(list))
        {
            number++;
            string[] names = line.Split(line.Contains('\t') ? '\t' : ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length == 0 || names[0].StartsWith('#'))
            {
                continue;
            }

            lines.Add(names.Length is 3 or 4
                ? names
                : throw new InvalidDataException($"{list}:{number}: the line has {names.Length} names, but training needs 'rgb sparse gt'."));
        }

        _lines = lines.Count > 0 ? [.. lines] : throw new InvalidDataException($"{list}: the list has no frames.");
        _kept = new Kept?[_lines.Length];
    }

    public int Count => _lines.Length;

    public StoredFrame Read(int frame, int draw)
    {
        Kept kept = Volatile.Read(ref _kept[frame]) ?? Load(frame);
        return new StoredFrame { Height = kept.Height, Width = kept.Width, Rgb = kept.Rgb, Depth = kept.Depth, Spots = kept.Spots, Unit = kept.Unit };
    }

    public void Dispose()
    {
    }

    private Kept Load(int frame)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(_list))!;
        string[] paths = [.. _lines[frame].Take(3).Select(name => Path.Combine(folder, name))];
        RgbImage rgb = RgbFile.Read(paths[0]);
        DepthMap spots = DepthFile.Read(paths[1]), depth = DepthFile.Read(paths[2]);
        foreach (var (path, height, width) in ((string, int, int)[])[(paths[0], rgb.Height, rgb.Width), (paths[1], spots.Height, spots.Width)])
        {
            if ((height, width) != (depth.Height, depth.Width))
            {
                throw new InvalidDataException($"{path}: it has {height}×{width} pixels (height × width), but its ground truth {depth.Height}×{depth.Width}.");
            }
        }

        // 16 bits over the frame's own range: half a millimetre in a room, 2 mm out to 120 m.
        float unit = MathF.Max(MathF.Max(depth.Metres.Max(), spots.Metres.Max()), 0.1f) / ushort.MaxValue;
        var kept = new Kept(depth.Height, depth.Width, rgb.Pixels, Units(depth.Metres, unit), Units(spots.Metres, unit), unit);
        if (Interlocked.Add(ref _room, -kept.Bytes) >= 0)
        {
            Volatile.Write(ref _kept[frame], kept);
        }

        return kept;
    }

    private static ushort[] Units(float[] metres, float unit) => Array.ConvertAll(metres, depth => (ushort)MathF.Round(depth / unit));

    private sealed record Kept(int Height, int Width, byte[] Rgb, ushort[] Depth, ushort[] Spots, float Unit)
    {
        public long Bytes => 7L * Height * Width;
    }
}
