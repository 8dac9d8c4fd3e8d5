namespace EMDC.Imaging;

/// <summary>The colour scale of errors: black is none, over violet, red and orange to a pale yellow.</summary>
internal static class ErrorColours
{
    private static readonly (byte R, byte G, byte B)[] Stops = [(0, 0, 0), (80, 10, 110), (200, 40, 70), (250, 150, 20), (255, 255, 200)];

    /// <summary>The colour of <paramref name="value"/> in 0…1; larger values take the end's colour, NaN (no truth) is grey.</summary>
    public static (byte R, byte G, byte B) Colour(float value)
    {
        if (float.IsNaN(value))
        {
            return (150, 150, 150);
        }

        float at = Math.Clamp(value, 0, 1) * (Stops.Length - 1);
        int i = Math.Min((int)at, Stops.Length - 2);
        var (from, to) = (Stops[i], Stops[i + 1]);
        return (Mixed(from.R, to.R), Mixed(from.G, to.G), Mixed(from.B, to.B));

        byte Mixed(byte a, byte b) => (byte)MathF.Round(a + (b - a) * (at - i));
    }
}
