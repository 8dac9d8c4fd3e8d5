namespace EMDC.Imaging;

/// <summary>
/// The Turbo colour map: dark blue, cyan, green, yellow, red. Polynomials of degree 5 that Anton Mikhailov (Google, 2019) published
/// for his table.
/// </summary>
public static class Turbo
{
    private static readonly byte[] Table = MakeTable();

    /// <summary>The colour of <paramref name="value"/> in 0…1; values outside take the end's colour, NaN is black.</summary>
    public static (byte R, byte G, byte B) Colour(float value)
    {
        if (float.IsNaN(value))
        {
            return (0, 0, 0);
        }

        int i = 3 * (int)MathF.Round(Math.Clamp(value, 0, 1) * 255);
        return (Table[i], Table[i + 1], Table[i + 2]);
    }

    private static byte[] MakeTable()
    {
        ReadOnlySpan<double> red = [0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943];
        ReadOnlySpan<double> green = [0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604];
        ReadOnlySpan<double> blue = [0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973];
        var table = new byte[3 * 256];
        for (int i = 0; i < 256; i++)
        {
            table[3 * i] = Evaluate(red, i / 255.0);
            table[3 * i + 1] = Evaluate(green, i / 255.0);
            table[3 * i + 2] = Evaluate(blue, i / 255.0);
        }

        return table;
    }

    private static byte Evaluate(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = sum * x + coefficients[i];
        }

        return (byte)Math.Round(Math.Clamp(sum, 0, 1) * 255);
    }
}
