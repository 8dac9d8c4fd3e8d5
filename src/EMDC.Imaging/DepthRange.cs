using System.Globalization;

namespace EMDC.Imaging;

/// <summary>The depths that the ends of a colour scale stand for, in metres.</summary>
internal readonly record struct DepthRange(float Near, float Far)
{
    /// <summary>
    /// The 1st to the 99th percentile of the measured <paramref name="dense"/> values, so that a few outliers do not flatten the
    /// picture; of the <paramref name="spots"/> where nothing is dense.
    /// </summary>
    public static DepthRange Of(ReadOnlySpan<float> dense, ReadOnlySpan<float> spots)
    {
        var sorted = Measured(dense);
        if (sorted.Count == 0)
        {
            sorted = Measured(spots);
        }

        if (sorted.Count == 0)
        {
            return new DepthRange(0, 1);
        }

        float near = sorted[(sorted.Count - 1) / 100], far = sorted[(int)((sorted.Count - 1) * 99L / 100)];
        // A flat wall still needs a scale with two ends.
        float middle = (near + far) / 2, least = middle * 0.02f;
        return far - near < least ? new DepthRange(middle - least / 2, middle + least / 2) : new DepthRange(near, far);
    }

    /// <summary>Where <paramref name="depth"/> lies between the ends: 0 near, 1 far.</summary>
    public float Position(float depth) => (depth - Near) / (Far - Near);

    public (byte R, byte G, byte B) Colour(float depth) => Turbo.Colour(depth > 0 ? Position(depth) : float.NaN);

    /// <summary>Round depths inside the range, about as many as asked for, at most; their labels are of equal precision.</summary>
    public List<(float Depth, string Label)> Ticks(int most)
    {
        // Steps of 1, 2 or 5 times a power of ten.
        double step = Math.Pow(10, Math.Floor(Math.Log10((Far - Near) / most)));
        double[] factors = [1, 2, 5, 10];
        double range = Far - Near;
        step *= factors.First(factor => factor == 10 || range / (step * factor) <= most);
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        var ticks = new List<(float, string)>();
        for (double i = Math.Ceiling(Near / step); i * step <= Far; i++)
        {
            ticks.Add(((float)(i * step), (i * step).ToString($"F{decimals}", CultureInfo.InvariantCulture) + " m"));
        }

        return ticks.Count > 0 ? ticks : [(Near, Near.ToString("G3", CultureInfo.InvariantCulture) + " m")];
    }

    private static List<float> Measured(ReadOnlySpan<float> depths)
    {
        var measured = new List<float>();
        foreach (float depth in depths)
        {
            if (depth > 0 && float.IsFinite(depth))
            {
                measured.Add(depth);
            }
        }

        measured.Sort();
        return measured;
    }
}
