using System.Globalization;

namespace EMDC.Imaging;

/// <summary>
/// A figure as in papers, a row for each frame: colour, spots, ground truth, the result of each method, the relative error of each
/// method |p − g| / g. The depths of a row share one colour scale, that of its truth; all errors share one, black for none. Frames are
/// scaled to panels of equal width.
/// </summary>
public static class ComparisonSheet
{
    /// <summary>The relative error at the end of the colour scale.</summary>
    public const float LargestError = 0.1f;

    private const int PanelWidth = 256, Gap = 6, Line = 2 * Gap + 2 * PixelFont.Height, Letter = 2 * PixelFont.Advance, SpotSide = 3;

    private static readonly (byte R, byte G, byte B) Paper = (255, 255, 255), Ink = (40, 40, 40), Black = (0, 0, 0);

    /// <summary>Writes the figure as a PNG, whole or not at all.</summary>
    /// <param name="path">Where to; the folder must exist.</param>
    /// <param name="methods">Their names, the titles of the columns.</param>
    /// <param name="rows">The frames; at least one.</param>
    /// <exception cref="ArgumentException">Sizes or counts disagree.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> methods, IReadOnlyList<SheetRow> rows) => RgbFile.Write(path, Render(methods, rows));

    /// <summary>Draws the figure.</summary>
    internal static RgbImage Render(IReadOnlyList<string> methods, IReadOnlyList<SheetRow> rows)
    {
        Check(methods, rows);
        string[] titles = ["RGB", "spots", "ground truth", .. methods, .. methods.Select(name => $"error of {name}")];
        int[] heights = [.. rows.Select(row => Math.Max(1, (int)Math.Round((double)row.Rgb.Height * PanelWidth / row.Rgb.Width)))];
        int width = Gap + titles.Length * (PanelWidth + Gap);
        var canvas = new Canvas(width, Line + heights.Sum() + rows.Count * Gap + Line, Paper);
        for (int i = 0; i < titles.Length; i++)
        {
            // A name that is longer than its panel would run into the next one.
            string title = titles[i][..Math.Min(titles[i].Length, PanelWidth / Letter)];
            canvas.Text(Left(i) + (PanelWidth - title.Length * Letter) / 2, Gap, title, 2, Ink);
        }

        int top = Line;
        for (int i = 0; i < rows.Count; i++)
        {
            Draw(new Panel(canvas, rows[i].Rgb.Width, rows[i].Rgb.Height, top, heights[i]), rows[i]);
            top += heights[i] + Gap;
        }

        DrawLegend(canvas, Left(titles.Length - 1), top);
        return canvas.Image;
    }

    private static int Left(int column) => Gap + column * (PanelWidth + Gap);

    private static void Check(IReadOnlyList<string> methods, IReadOnlyList<SheetRow> rows)
    {
        if (rows.Count == 0)
        {
            throw new ArgumentException("ComparisonSheet: there are no rows, but at least one is needed.");
        }

        foreach (SheetRow row in rows)
        {
            int pixels = row.Rgb.Width * row.Rgb.Height;
            if (row.Results.Count != methods.Count || row.Captions.Count != methods.Count)
            {
                throw new ArgumentException(
                    $"ComparisonSheet: a row has {row.Results.Count} results and {row.Captions.Count} captions, but there are {methods.Count} methods.");
            }

            foreach (float[] map in row.Results.Append(row.Sparse).Append(row.Truth))
            {
                if (map.Length != pixels)
                {
                    throw new ArgumentException(
                        $"ComparisonSheet: a map has {map.Length} values, but its colour frame is {row.Rgb.Height}×{row.Rgb.Width} (height × width).");
                }
            }
        }
    }

    private static void Draw(in Panel panel, SheetRow row)
    {
        var range = DepthRange.Of(row.Truth, row.Sparse);
        byte[] rgb = row.Rgb.Pixels;
        panel.Draw(Left(0), i => (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]));
        panel.DrawSpots(Left(1), row.Sparse, range);
        panel.Draw(Left(2), i => range.Colour(row.Truth[i]));
        panel.Caption(Left(2), string.Create(CultureInfo.InvariantCulture, $"{range.Near:F1}–{range.Far:F1} m"));
        for (int method = 0; method < row.Results.Count; method++)
        {
            float[] result = row.Results[method];
            panel.Draw(Left(3 + method), i => range.Colour(result[i]));
            int left = Left(3 + row.Results.Count + method);
            panel.Draw(left, i => ErrorColours.Colour(row.Truth[i] > 0 ? Math.Abs(result[i] - row.Truth[i]) / row.Truth[i] / LargestError : float.NaN));
            panel.Caption(left, row.Captions[method]);
        }
    }

    /// <summary>The scale of errors, and grey for where there is no truth to err from.</summary>
    private static void DrawLegend(Canvas canvas, int left, int top)
    {
        string end = string.Create(CultureInfo.InvariantCulture, $"{100 * LargestError:F0}%");
        int bar = PanelWidth - (2 + end.Length) * Letter;
        canvas.Text(left, top, "0", 2, Ink);
        for (int i = 0; i < bar; i++)
        {
            canvas.Fill(left + 3 * Letter / 2 + i, top, 1, 2 * PixelFont.Height, ErrorColours.Colour(i / (bar - 1f)));
        }

        canvas.Text(left + PanelWidth - end.Length * Letter, top, end, 2, Ink);
    }

    /// <summary>Where the panels of one row lie, and which source pixel each of their pixels shows.</summary>
    private readonly record struct Panel(Canvas Canvas, int SourceWidth, int SourceHeight, int Top, int Height)
    {
        public void Draw(int left, Func<int, (byte R, byte G, byte B)> colour)
        {
            // Frames larger than a panel are averaged after colouring, which keeps thin things and holes visible.
            for (int y = 0; y < Height; y++)
            {
                var (firstRow, rows) = Span(y, Height, SourceHeight);
                for (int x = 0; x < PanelWidth; x++)
                {
                    var (firstColumn, columns) = Span(x, PanelWidth, SourceWidth);
                    int r = 0, g = 0, b = 0, count = rows * columns;
                    for (int i = 0; i < count; i++)
                    {
                        var pixel = colour((firstRow + i / columns) * SourceWidth + firstColumn + i % columns);
                        (r, g, b) = (r + pixel.R, g + pixel.G, b + pixel.B);
                    }

                    Canvas.Set(left + x, Top + y, ((byte)(r / count), (byte)(g / count), (byte)(b / count)));
                }
            }
        }

        /// <summary>Spots as squares, cut off at the panel's edges: as single pixels nobody would see them.</summary>
        public void DrawSpots(int left, float[] sparse, DepthRange range)
        {
            Canvas.Fill(left, Top, PanelWidth, Height, Black);
            for (int i = 0; i < sparse.Length; i++)
            {
                if (sparse[i] > 0)
                {
                    int x = (int)((i % SourceWidth + 0.5) * PanelWidth / SourceWidth) - SpotSide / 2;
                    int y = (int)((i / SourceWidth + 0.5) * Height / SourceHeight) - SpotSide / 2;
                    int right = Math.Min(PanelWidth, x + SpotSide), bottom = Math.Min(Height, y + SpotSide);
                    (x, y) = (Math.Max(0, x), Math.Max(0, y));
                    Canvas.Fill(left + x, Top + y, right - x, bottom - y, range.Colour(sparse[i]));
                }
            }
        }

        /// <summary>Small letters on black in the panel's upper left corner.</summary>
        public void Caption(int left, string text)
        {
            Canvas.Fill(left, Top, text.Length * PixelFont.Advance + 5, PixelFont.Height + 6, Black);
            Canvas.Text(left + 3, Top + 3, text, 1, Paper);
        }

        /// <summary>The source pixels that panel pixel <paramref name="at"/> covers; at least one.</summary>
        private static (int First, int Count) Span(int at, int panel, int source)
        {
            int first = (int)((long)at * source / panel);
            return (first, Math.Max(1, (int)((at + 1L) * source / panel) - first));
        }
    }
}
