using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// What the network is given of a frame: as many spots a pixel as it was trained on, whatever the sensor has.
/// <list type="bullet">
/// <item>Few spots in a large frame: the frame is made smaller, by the least step of 1, 2/3, 1/2, 1/3, 1/4, 1/6, … at which the spots are
/// <see cref="LeastDensity"/> of the pixels, and twice that where it stays larger than what the network was trained on, but no side below
/// <see cref="LeastSide"/>. Colours are averaged.</item>
/// <item>Many spots: of each <see cref="Cell"/>×<see cref="Cell"/> pixels the spot nearest to the middle stands for all, so a full map becomes
/// a grid, and a frame that is full on one half and sparse on the other is thinned on the one only.</item>
/// </list>
/// Nothing is lost by either: <see cref="Anchoring"/> and <see cref="Planes"/> lay all measurements over the result.
/// <para>
/// Measured on six photographs with 0.1 to 100 % of their depth as spots (bench/densities.sh): with 0.2 % the error falls by a sixth to a
/// third at half size; between 0.5 and 1 % sizes 1 and 2/3 are equal; from 1 % on smaller is worse. On frames of 720×960 with 992 spots
/// (bench/scales.sh) sizes 1, 1/2, 1/3, 1/4 and 1/6 have an RMAE of 0.269, 0.073, 0.041, 0.036 and 0.039. Of a full map, cells of 5 are best (RMAE
/// of the network alone 0.014, of 4 and of 7: 0.017), and at 2 % they change nothing.
/// </para>
/// </summary>
internal sealed class WorkingFrame
{
    private const int Cell = 5, LeastSide = 64;
    private const double LeastDensity = 0.008, TrainedPixels = 192 * 256;

    private byte[] _rgb = [], _registered = [];
    private float[] _sparse = [], _distance = [];
    private float[] _maps = [];
    private int[] _chosen = [];
    private bool[] _occupied = [];

    /// <summary>Rows that the network works at.</summary>
    public int Height { get; private set; }

    /// <summary>Columns that the network works at.</summary>
    public int Width { get; private set; }

    /// <summary>Whether that is the frame's own size.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Measured pixels of the frame.</summary>
    public int Spots { get; private set; }

    /// <summary>Measured pixels that the network is given.</summary>
    public int Used { get; private set; }

    /// <summary>The smallest measured depth.</summary>
    public float Nearest { get; private set; }

    /// <summary>The least depth of a finished result.</summary>
    public float Least => Anchoring.LeastShare * Nearest;

    /// <summary>Where the colours lie to the depth.</summary>
    public PixelShift Shift { get; private set; }

    /// <summary>How many spots the network should have at its size.</summary>
    public int Needed => (int)Math.Ceiling(LeastDensity * Height * Width);

    /// <summary>The most spots that a network of a size is given.</summary>
    public static int MostSpots(int height, int width) => (height + Cell - 1) / Cell * ((width + Cell - 1) / Cell);

    /// <summary>Height×width metres, 0 where nothing was measured.</summary>
    public ReadOnlySpan<float> Sparse => _sparse.AsSpan(0, Height * Width);

    /// <summary>Height×width×3 bytes, where the frame's own are not of that size.</summary>
    public ReadOnlySpan<byte> Rgb => _rgb.AsSpan(0, 3 * Height * Width);

    /// <summary>The frame's colours, at its own size, laid on its depth.</summary>
    /// <param name="rgb">The frame's own.</param>
    public ReadOnlySpan<byte> Registered(ReadOnlySpan<byte> rgb) => Shift == PixelShift.None ? rgb : _registered.AsSpan(0, rgb.Length);

    /// <summary>Memory of height×width for a map of the network.</summary>
    /// <param name="map">0, 1, 2 or 3.</param>
    public Span<float> Map(int map)
    {
        Grow(ref _maps, 4 * Height * Width);
        return _maps.AsSpan(map * Height * Width, Height * Width);
    }

    /// <summary>Counts the spots and chooses the size.</summary>
    /// <param name="sparse">The frame's depth.</param>
    /// <param name="height">The frame's rows.</param>
    /// <param name="width">The frame's columns.</param>
    /// <param name="maxDepth">What is above was not measured.</param>
    /// <param name="asked">The scale that was asked for; null chooses.</param>
    /// <exception cref="EmdcException">The scale asked for makes the frame too small.</exception>
    public void Measure(ReadOnlySpan<float> sparse, int height, int width, float maxDepth, float? asked)
    {
        (Spots, Nearest) = (0, float.PositiveInfinity);
        foreach (float d in sparse)
        {
            if (d > 0 && d <= maxDepth)
            {
                Spots++;
                Nearest = Math.Min(Nearest, d);
            }
        }

        double scale = asked ?? Scale(Spots == 0 ? 1 : Density(sparse, height, width, maxDepth), height, width);
        (Height, Width) = ((int)Math.Round(height * scale), (int)Math.Round(width * scale));
        IsWhole = (Height, Width) == (height, width);
        if (Math.Min(Height, Width) < Emdc.SmallestSide)
        {
            throw new EmdcException(
                $"A scale of {asked} makes {Height}×{Width} of a frame of {height}×{width}, but both sides must be {Emdc.SmallestSide} to {Emdc.LargestSide} pixels.");
        }
    }

    /// <summary>
    /// Fills <see cref="Sparse"/>, lays the colours on the depth, and fills <see cref="Rgb"/> where the size is not the frame's own.
    /// </summary>
    /// <param name="rgb">The frame's colours.</param>
    /// <param name="sparse">The frame's depth.</param>
    /// <param name="height">The frame's rows.</param>
    /// <param name="width">The frame's columns.</param>
    /// <param name="maxDepth">What is above was not measured.</param>
    /// <param name="known">Where the colours lie, if that is known.</param>
    /// <param name="search">Finds it otherwise, at the size that the network works at.</param>
    /// <param name="workers">The threads.</param>
    public void Fill(
        ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, int height, int width, float maxDepth, PixelShift? known, RegistrationSearch search, Workers workers)
    {
        Thin(sparse, height, width, maxDepth);
        Shift = PixelShift.None;
        if (!IsWhole && known is null)
        {
            Shrink(rgb, height, width);
        }

        PixelShift found = known ?? search.Find(workers, IsWhole ? rgb : Rgb, Sparse, Height, Width);
        Shift = known ?? new PixelShift((int)Math.Round((double)found.Down * height / Height), (int)Math.Round((double)found.Right * width / Width));
        if (Shift != PixelShift.None)
        {
            Grow(ref _registered, rgb.Length);
            Shift.Lay(rgb, _registered.AsSpan(0, rgb.Length), height, width);
        }

        if (!IsWhole && (known is not null || Shift != PixelShift.None))
        {
            Shrink(Registered(rgb), height, width);
        }
    }

    private static double Scale(double density, int height, int width)
    {
        double scale = 1;
        for (int step = 1; density < Least() * scale * scale; step++)
        {
            double next = step % 2 == 0 ? Math.Pow(2, -step / 2) : Math.Pow(2, -step / 2) * 2 / 3;
            if (Math.Min(height, width) * next < LeastSide)
            {
                break;
            }

            scale = next;
        }

        return scale;

        double Least() => scale * height * (scale * width) <= TrainedPixels ? LeastDensity : 2 * LeastDensity;
    }

    /// <summary>Spots a pixel where there are any: blocks of four spots on average that hold none do not count, be they holes or the
    /// outside of the sensor's field of view.</summary>
    private double Density(ReadOnlySpan<float> sparse, int height, int width, float maxDepth)
    {
        int side = (int)Math.Ceiling(Math.Sqrt(4.0 * height * width / Spots));
        int rows = (height + side - 1) / side, columns = (width + side - 1) / side;
        Grow(ref _occupied, rows * columns);
        Span<bool> occupied = _occupied.AsSpan(0, rows * columns);
        occupied.Clear();
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = sparse.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                if (row[x] > 0 && row[x] <= maxDepth)
                {
                    occupied[y / side * columns + x / side] = true;
                }
            }
        }

        long area = 0;
        for (int i = 0; i < occupied.Length; i++)
        {
            int top = i / columns * side, left = i % columns * side;
            area += occupied[i] ? (long)Math.Min(side, height - top) * Math.Min(side, width - left) : 0;
        }

        return (double)Spots / area;
    }

    private void Thin(ReadOnlySpan<float> sparse, int height, int width, float maxDepth)
    {
        int rows = (Height + Cell - 1) / Cell, columns = (Width + Cell - 1) / Cell;
        Grow(ref _chosen, rows * columns);
        Grow(ref _distance, rows * columns);
        Grow(ref _sparse, Height * Width);
        Span<int> chosen = _chosen.AsSpan(0, rows * columns);
        _distance.AsSpan(0, chosen.Length).Fill(float.PositiveInfinity);
        float down = (float)Height / height, across = (float)Width / width;
        for (int y = 0; y < height; y++)
        {
            // Pixel i of the smaller frame covers i to i + 1.
            float v = (y + 0.5f) * down;
            int row = (int)v / Cell;
            float dy = v - (row + 0.5f) * Cell;
            ReadOnlySpan<float> line = sparse.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                if (line[x] > 0 && line[x] <= maxDepth)
                {
                    float u = (x + 0.5f) * across;
                    int column = (int)u / Cell, cell = row * columns + column;
                    float dx = u - (column + 0.5f) * Cell, distance = dx * dx + dy * dy;
                    if (distance < _distance[cell])
                    {
                        (_distance[cell], chosen[cell]) = (distance, y * width + x);
                    }
                }
            }
        }

        Span<float> thin = _sparse.AsSpan(0, Height * Width);
        thin.Clear();
        Used = 0;
        for (int cell = 0; cell < chosen.Length; cell++)
        {
            if (_distance[cell] < float.PositiveInfinity)
            {
                int from = chosen[cell];
                thin[(int)((from / width + 0.5f) * down) * Width + (int)((from % width + 0.5f) * across)] = sparse[from];
                Used++;
            }
        }
    }

    private void Shrink(ReadOnlySpan<byte> rgb, int height, int width)
    {
        Grow(ref _rgb, 3 * Height * Width);
        for (int i = 0; i < Height; i++)
        {
            int top = (int)((long)i * height / Height), bottom = (int)((long)(i + 1) * height / Height);
            for (int j = 0; j < Width; j++)
            {
                int left = (int)((long)j * width / Width), right = (int)((long)(j + 1) * width / Width);
                int r = 0, g = 0, b = 0, count = (bottom - top) * (right - left);
                for (int y = top; y < bottom; y++)
                {
                    for (int at = 3 * (y * width + left); at < 3 * (y * width + right); at += 3)
                    {
                        (r, g, b) = (r + rgb[at], g + rgb[at + 1], b + rgb[at + 2]);
                    }
                }

                int to = 3 * (i * Width + j);
                (_rgb[to], _rgb[to + 1], _rgb[to + 2]) =
                    ((byte)((r + count / 2) / count), (byte)((g + count / 2) / count), (byte)((b + count / 2) / count));
            }
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
