using System.Runtime.Intrinsics;

namespace EMDC.Scenes.Render;

/// <summary>
/// The pattern of 4 × 4 pixels that spreads samples: every 4 × 4 neighbourhood, wherever it begins, holds all 16 of them. Rows are
/// given for eight pixels from an x that is a multiple of four.
/// </summary>
internal static class Samples
{
    private static readonly int[] Order = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

    private static readonly (Vector256<float> S, Vector256<float> T)[] PointRows = new (Vector256<float>, Vector256<float>)[4];

    private static readonly (Vector256<float> X, Vector256<float> Y, Vector256<float> Z)[] DirectionRows =
        new (Vector256<float>, Vector256<float>, Vector256<float>)[4];

    static Samples()
    {
        Span<float> s = stackalloc float[8], t = stackalloc float[8], x = stackalloc float[8], y = stackalloc float[8], z = stackalloc float[8];
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                int k = Order[4 * row + column % 4];
                (s[column], t[column]) = ((k % 4 + 0.5f) / 2 - 1, (k / 4 + 0.5f) / 2 - 1);
                // Sixteen points spread evenly over the sphere.
                float height = (2 * k + 1) / 16f - 1, radius = MathF.Sqrt(1 - height * height), turn = 2.3999632f * k;
                (x[column], y[column], z[column]) = (radius * MathF.Cos(turn), height, radius * MathF.Sin(turn));
            }

            PointRows[row] = (Vector256.Create(s), Vector256.Create(t));
            DirectionRows[row] = (Vector256.Create(x), Vector256.Create(y), Vector256.Create(z));
        }
    }

    /// <summary>Points in the square ±1, one of 4 × 4 cells each.</summary>
    public static (Vector256<float> S, Vector256<float> T) Points(int y) => PointRows[y & 3];

    /// <summary>Points on the unit sphere; added to a normal they are directions about it, more of them where its cosine is large.</summary>
    public static (Vector256<float> X, Vector256<float> Y, Vector256<float> Z) Directions(int y) => DirectionRows[y & 3];
}
