namespace EMDC.Imaging;

/// <summary>
/// A picture of a completed frame: colour frame, spots and dense depth side by side, and a bar that tells the metres. Spots and
/// dense depth share one colour scale. Small frames are enlarged, large ones reduced.
/// </summary>
public static class Preview
{
    private const int Enlarged = 512, Largest = 1024, Gap = 8, BarWidth = 20, TickLength = 6;

    private static readonly (byte R, byte G, byte B) Paper = (255, 255, 255), Ink = (40, 40, 40);

    /// <summary>Writes the picture as a PNG, whole or not at all.</summary>
    /// <param name="path">Where to; the folder must exist.</param>
    /// <param name="rgb">The colour frame, Height × Width × 3.</param>
    /// <param name="sparse">The spots in metres, of the same size; 0 = not measured.</param>
    /// <param name="dense">The dense depth in metres, Height × Width values; what is not positive stays black.</param>
    /// <exception cref="ArgumentException">The sizes disagree.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, RgbImage rgb, DepthMap sparse, ReadOnlySpan<float> dense) =>
        RgbFile.Write(path, Render(rgb, sparse, dense));

    /// <summary>Draws the picture.</summary>
    internal static RgbImage Render(RgbImage rgb, DepthMap sparse, ReadOnlySpan<float> dense)
    {
        if ((rgb.Width, rgb.Height) != (sparse.Width, sparse.Height) || dense.Length != rgb.Width * rgb.Height)
        {
            throw new ArgumentException(
                $"Preview: the colour frame is {rgb.Height}×{rgb.Width} (height × width), but the spots are {sparse.Height}×{sparse.Width} and the dense depth has {dense.Length} values.");
        }

        var zoom = Zoom.Of(rgb.Width, rgb.Height);
        var range = DepthRange.Of(dense, sparse.Metres);
        int text = zoom.Height >= 600 ? 3 : zoom.Height >= 300 ? 2 : 1;
        int bar = 3 * (zoom.Width + Gap) + Gap;
        int labels = bar + BarWidth + TickLength + 4;
        var ticks = range.Ticks(Math.Max(2, zoom.Height / (30 * text)));
        int width = labels + ticks.Max(tick => tick.Label.Length) * PixelFont.Advance * text + Gap;
        int least = PixelFont.Height * text; // a frame of a few rows still has labels
        var canvas = new Canvas(width, Math.Max(zoom.Height, least) + 2 * Gap, Paper);

        DrawFrame(canvas, Gap, rgb, zoom);
        DrawSpots(canvas, Gap + zoom.Width + Gap, sparse, zoom, range);
        DrawDense(canvas, Gap + 2 * (zoom.Width + Gap), dense, zoom, range);
        DrawBar(canvas, bar, zoom.Height, range);
        foreach (var (depth, label) in ticks)
        {
            int y = Gap + (int)MathF.Round((1 - range.Position(depth)) * (zoom.Height - 1));
            canvas.Fill(bar + BarWidth, y, TickLength, text, Ink);
            int top = Math.Clamp(y - least / 2, Gap, Gap + Math.Max(0, zoom.Height - least));
            canvas.Text(labels, top, label, text, Ink);
        }

        return canvas.Image;
    }

    private static void DrawFrame(Canvas canvas, int left, RgbImage rgb, Zoom zoom)
    {
        Taps[] columns = zoom.Columns(), rows = zoom.Rows();
        for (int y = 0; y < zoom.Height; y++)
        {
            for (int x = 0; x < zoom.Width; x++)
            {
                float r = 0, g = 0, b = 0;
                for (int j = 0; j < rows[y].Weights.Length; j++)
                {
                    int at = 3 * ((rows[y].First + j) * rgb.Width + columns[x].First);
                    foreach (float column in columns[x].Weights)
                    {
                        float weight = rows[y].Weights[j] * column;
                        r += weight * rgb.Pixels[at++];
                        g += weight * rgb.Pixels[at++];
                        b += weight * rgb.Pixels[at++];
                    }
                }

                canvas.Set(left + x, Gap + y, ((byte)MathF.Round(r), (byte)MathF.Round(g), (byte)MathF.Round(b)));
            }
        }
    }

    private static void DrawSpots(Canvas canvas, int left, DepthMap sparse, Zoom zoom, DepthRange range)
    {
        canvas.Fill(left, Gap, zoom.Width, zoom.Height, (0, 0, 0));
        // Single spots become dots that can be seen; where spots are dense, dots would cover each other.
        int measured = sparse.Metres.Count(depth => depth > 0);
        double spacing = Math.Sqrt((double)zoom.Width * zoom.Height / Math.Max(1, measured));
        int side = Math.Max(zoom.Up, spacing < 4 ? 1 : Math.Clamp((int)(spacing / 3) | 1, 3, 5));
        for (int i = 0; i < sparse.Metres.Length; i++)
        {
            if (sparse.Metres[i] > 0)
            {
                var (x, y) = zoom.Centre(i % sparse.Width, i / sparse.Width);
                DrawDot(canvas, left, x - side / 2, y - side / 2, side, zoom, range.Colour(sparse.Metres[i]));
            }
        }
    }

    /// <summary>A square without its corners, cut off at the panel's edges.</summary>
    private static void DrawDot(Canvas canvas, int left, int x, int y, int side, Zoom zoom, (byte R, byte G, byte B) colour)
    {
        for (int j = 0; j < side; j++)
        {
            for (int i = 0; i < side; i++)
            {
                bool isCorner = side >= 5 && (i == 0 || i == side - 1) && (j == 0 || j == side - 1);
                if (!isCorner && (uint)(x + i) < (uint)zoom.Width && (uint)(y + j) < (uint)zoom.Height)
                {
                    canvas.Set(left + x + i, Gap + y + j, colour);
                }
            }
        }
    }

    private static void DrawDense(Canvas canvas, int left, ReadOnlySpan<float> dense, Zoom zoom, DepthRange range)
    {
        Taps[] columns = zoom.Columns(), rows = zoom.Rows();
        for (int y = 0; y < zoom.Height; y++)
        {
            for (int x = 0; x < zoom.Width; x++)
            {
                // Depth is mixed only with depth: a hole does not pull its neighbours towards 0.
                float sum = 0, weights = 0;
                for (int j = 0; j < rows[y].Weights.Length; j++)
                {
                    int at = (rows[y].First + j) * zoom.SourceWidth + columns[x].First;
                    foreach (float column in columns[x].Weights)
                    {
                        float depth = dense[at++], weight = rows[y].Weights[j] * column;
                        if (depth > 0)
                        {
                            sum += weight * depth;
                            weights += weight;
                        }
                    }
                }

                canvas.Set(left + x, Gap + y, range.Colour(weights >= 0.5f ? sum / weights : 0));
            }
        }
    }

    private static void DrawBar(Canvas canvas, int left, int height, DepthRange range)
    {
        for (int y = 0; y < height; y++)
        {
            float depth = range.Near + (range.Far - range.Near) * (1 - y / (float)Math.Max(1, height - 1));
            canvas.Fill(left, Gap + y, BarWidth, 1, range.Colour(depth));
        }
    }

    /// <summary>The integer factor between frame and panel, up or down.</summary>
    private readonly record struct Zoom(int SourceWidth, int SourceHeight, int Up, int Down)
    {
        public int Width => (SourceWidth * Up + Down - 1) / Down;

        public int Height => (SourceHeight * Up + Down - 1) / Down;

        public static Zoom Of(int width, int height)
        {
            int side = Math.Max(width, height);
            return new Zoom(width, height, Math.Max(1, Enlarged / side), (side + Largest - 1) / Largest);
        }

        /// <summary>Where the middle of a source pixel lies in the panel.</summary>
        public (int X, int Y) Centre(int x, int y) => ((x * Up + Up / 2) / Down, (y * Up + Up / 2) / Down);

        /// <summary>
        /// The source columns (rows) that each panel column (row) mixes: the two around it when enlarging, a block when reducing.
        /// </summary>
        public Taps[] Columns() => Along(SourceWidth, Width);

        /// <inheritdoc cref="Columns"/>
        public Taps[] Rows() => Along(SourceHeight, Height);

        private Taps[] Along(int sources, int count)
        {
            var taps = new Taps[count];
            for (int i = 0; i < count; i++)
            {
                if (Down > 1)
                {
                    int block = Math.Min(Down, sources - i * Down);
                    taps[i] = new Taps(i * Down, [.. Enumerable.Repeat(1f / block, block)]);
                    continue;
                }

                float at = Math.Clamp((i + 0.5f) / Up - 0.5f, 0, sources - 1);
                int first = Math.Min((int)at, Math.Max(0, sources - 2));
                taps[i] = sources == 1 ? new Taps(0, [1]) : new Taps(first, [1 - (at - first), at - first]);
            }

            return taps;
        }
    }

    /// <summary>Weights of a run of source pixels; they sum to 1.</summary>
    private readonly record struct Taps(int First, float[] Weights);
}
