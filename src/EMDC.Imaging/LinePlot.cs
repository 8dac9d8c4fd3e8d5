using System.Globalization;

namespace EMDC.Imaging;

/// <summary>A named line of <see cref="LinePlot"/>; points whose y is not above 0 are gaps.</summary>
internal sealed record Curve(string Name, (byte R, byte G, byte B) Colour, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Curves over one axis, logarithmic upwards: errors that fall by half are as far apart at the end of a run as at its start.</summary>
internal static class LinePlot
{
    private const int Width = 960, Height = 540, Left = 70, Right = 20, Top = 40, Bottom = 50;

    private static readonly (byte, byte, byte) Ink = (40, 40, 40), Grid = (225, 225, 225), Paper = (255, 255, 255);

    public static RgbImage Draw(string across, IReadOnlyList<Curve> curves)
    {
        var canvas = new Canvas(Width, Height, Paper);
        (double X, double Y)[] all = [.. curves.SelectMany(curve => curve.Points).Where(IsDrawn)];
        if (all.Length == 0)
        {
            canvas.Text(Left, Top, "nothing to show yet", 2, Ink);
            return canvas.Image;
        }

        double first = all.Min(p => p.X), last = Math.Max(all.Max(p => p.X), first + 1e-9);
        double low = Math.Log10(all.Min(p => p.Y)) - 0.03, high = Math.Log10(all.Max(p => p.Y)) + 0.03;
        int X(double x) => Left + (int)Math.Round((x - first) / (last - first) * (Width - Left - Right - 1));
        int Y(double y) => Height - Bottom - (int)Math.Round((Math.Log10(y) - low) / (high - low) * (Height - Top - Bottom - 1));

        foreach (double y in Decades(low, high))
        {
            canvas.Fill(Left, Y(y), Width - Left - Right, 1, Grid);
            string label = y.ToString("0.######", CultureInfo.InvariantCulture);
            canvas.Text(Left - 6 - (PixelFont.Advance * label.Length), Y(y) - (PixelFont.Height / 2), label, 1, Ink);
        }

        foreach (double x in Ticks(first, last))
        {
            canvas.Fill(X(x), Top, 1, Height - Top - Bottom, Grid);
            string label = x.ToString("0.###", CultureInfo.InvariantCulture);
            canvas.Text(X(x) - (PixelFont.Advance * label.Length / 2), Height - Bottom + 6, label, 1, Ink);
        }

        canvas.Text(Width - Right - (2 * PixelFont.Advance * across.Length), Height - 24, across, 2, Ink);
        int legend = Left;
        foreach (Curve curve in curves)
        {
            canvas.Fill(legend, 18, 16, 4, curve.Colour);
            canvas.Text(legend + 22, 13, curve.Name, 2, Ink);
            legend += 22 + (2 * PixelFont.Advance * curve.Name.Length) + 24;
            (double X, double Y)? before = null;
            foreach ((double X, double Y) p in curve.Points)
            {
                if (IsDrawn(p))
                {
                    (double X, double Y) from = before ?? p;
                    canvas.Line(X(from.X), Y(from.Y), X(p.X), Y(p.Y), 2, curve.Colour);
                    before = p;
                }
            }
        }

        return canvas.Image;
    }

    private static bool IsDrawn((double X, double Y) p) => double.IsFinite(p.X) && double.IsFinite(p.Y) && p.Y > 0;

    /// <summary>1, 2 and 5 times the powers of ten within the logarithms.</summary>
    private static IEnumerable<double> Decades(double low, double high)
    {
        for (int power = (int)Math.Floor(low); power <= high; power++)
        {
            foreach (double digit in (double[])[1, 2, 5])
            {
                double y = digit * Math.Pow(10, power);
                if (Math.Log10(y) >= low && Math.Log10(y) <= high)
                {
                    yield return y;
                }
            }
        }
    }

    /// <summary>At most twelve round numbers.</summary>
    private static IEnumerable<double> Ticks(double first, double last)
    {
        double step = Math.Pow(10, Math.Floor(Math.Log10((last - first) / 2)));
        step *= (last - first) / step > 12 ? ((last - first) / step > 24 ? 5 : 2) : 1;
        for (double x = Math.Ceiling(first / step) * step; x <= last; x += step)
        {
            yield return x;
        }
    }
}
