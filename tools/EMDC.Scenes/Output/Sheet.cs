using EMDC.Imaging;

namespace EMDC.Scenes.Output;

/// <summary>A contact sheet: colour, depth and spots of some frames side by side.</summary>
internal sealed class Sheet
{
    private const int Gap = 4, MostFrames = 24, Columns = 2;

    private readonly Canvas _canvas;
    private readonly int _width, _height, _columns;

    private Sheet(int width, int height, int frames)
    {
        (_width, _height, _columns) = (width, height, Math.Min(Columns, frames));
        int rows = (frames + _columns - 1) / _columns;
        _canvas = new Canvas(_columns * (3 * width + 2 * Gap) + Gap, rows * (height + Gap) + Gap, (255, 255, 255));
    }

    /// <summary>Writes a sheet of the first frames of a set.</summary>
    /// <exception cref="IOException">It is no PNG, or it cannot be written.</exception>
    public static void Write(string path, FrameSet set)
    {
        if (!Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new IOException($"{path}: the extension is '{Path.GetExtension(path)}', but a contact sheet is written as .png.");
        }

        int count = Math.Min(set.Count, MostFrames);
        var sheet = new Sheet(set.Width, set.Height, count);
        var maker = new FrameMaker(set);
        for (int i = 0; i < count; i++)
        {
            maker.Make(i);
            sheet.Add(i, maker.Rgb, maker.Depth, maker.Spots);
        }

        RgbFile.Write(path, sheet._canvas.Image);
    }

    private void Add(int number, ReadOnlySpan<byte> rgb, ReadOnlySpan<float> depth, ReadOnlySpan<float> spots)
    {
        int left = Gap + number % _columns * (3 * _width + 2 * Gap), top = Gap + number / _columns * (_height + Gap);
        (float near, float far) = Range(depth);
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int at = y * _width + x;
                _canvas.Set(left + x, top + y, (rgb[3 * at], rgb[3 * at + 1], rgb[3 * at + 2]));
                _canvas.Set(left + _width + x, top + y, Colour(depth[at], near, far));
            }
        }

        _canvas.Fill(left + 2 * _width, top, _width, _height, (0, 0, 0));
        for (int at = 0; at < spots.Length; at++)
        {
            if (spots[at] > 0)
            {
                _canvas.Fill(left + 2 * _width + at % _width, top + at / _width, at % _width < _width - 1 ? 2 : 1, at / _width < _height - 1 ? 2 : 1, Colour(spots[at], near, far));
            }
        }

        _canvas.Text(left + _width + 3, top + 3, $"{near:0.00} {far:0.00} m", 1, (255, 255, 255));
    }

    private static (float Near, float Far) Range(ReadOnlySpan<float> depth)
    {
        float near = float.PositiveInfinity, far = 0;
        foreach (float d in depth)
        {
            if (d > 0)
            {
                near = MathF.Min(near, d);
                far = MathF.Max(far, d);
            }
        }

        return far > 0 ? (near, far) : (0, 1);
    }

    /// <summary>Turbo over the logarithm of the depth: near things show their shape beside far ones.</summary>
    private static (byte R, byte G, byte B) Colour(float depth, float near, float far) =>
        depth > 0 ? Turbo.Colour(far > near ? MathF.Log(depth / near) / MathF.Log(far / near) : 0.5f) : ((byte)0, (byte)0, (byte)0);
}
