using EMDC.Operators;
using EMDC.Tests.Parity;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="InputPreparation"/>.</summary>
internal static class InputPreparationCases
{
    public static IEnumerable<OperatorCase> All =>
    [
        Case("one pixel", 1, 1, 1, 1, [3.5f]),
        Case("nothing measured", 3, 4, 3, 4, new float[12], measured: 0),
        Case("not a number, infinite, negative, too far, at the limit", 2, 5, 2, 5,
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1, -0f, 20, 20.000002f, 0.5f, float.MaxValue, 3], measured: 3),
        Case("another limit", 1, 4, 1, 4, [0.25f, 0.5f, 0.75f, 0.5000001f], measured: 2, maxDepth: 0.5f),
        Case("everything too far", 2, 2, 2, 2, [21, 22, 23, 24], measured: 0),
        Case("nearer than the epsilon", 1, 3, 1, 3, [1e-5f, 0, 2e-5f], measured: 2),
        Case("padded to the right", 5, 7, 5, 32, Sparse(5, 7)),
        Case("padded below", 7, 5, 32, 5, Sparse(7, 5)),
        Case("padded both ways", 17, 33, 32, 64, Sparse(17, 33), reach: 3),
        Case("several tasks", 50, 70, 64, 96, Sparse(50, 70), reach: 3),
    ];

    private static float[] Sparse(int height, int width) =>
        [.. Draw.Measured("input sparse", height, width, every: 3).Values
            .Zip(Draw.Values("input depth", height * width, 8, 8), (m, d) => m > 0 ? d : 0)];

    private static OperatorCase Case(
        string name, int height, int width, int padded, int paddedWidth, float[] sparse, int measured = -1,
        float maxDepth = 20, int reach = 1)
    {
        uint hash = GoldenHash.Name($"rgb {name}");
        byte[] rgb = [.. Enumerable.Range(0, 3 * height * width).Select(i => (byte)(GoldenHash.Bits(hash, i) >> 24))];
        rgb[0] = 0;
        rgb[^1] = 255;
        return new OperatorCase(
            "InputPreparation", $"{name}, {height}×{width} in {padded}×{paddedWidth}",
            device =>
            {
                (device.Height, device.Width, device.Rgb, device.Sparse, device.MaxDepth) = (height, width, rgb, sparse, maxDepth);
                device.Measured = measured >= 0 ? measured : sparse.Count(d => d > 0);
                device.Op.InputPreparation(device.Output("x", 4, padded, paddedWidth, reach));
            },
            () =>
            {
                double largest = sparse.Where(d => d > 0 && d <= maxDepth).DefaultIfEmpty(0).Max();
                var x = new Reference.Tensor(4, padded, paddedWidth);
                var magnitude = new Reference.Tensor(4, padded, paddedWidth);
                for (int i = 0; i < padded; i++)
                {
                    for (int j = 0; j < paddedWidth; j++)
                    {
                        int at = (Math.Min(i, height - 1) * width) + Math.Min(j, width - 1);
                        Reference.Tensor colour = Reference.RgbNormalization.Apply(rgb.AsSpan(3 * at, 3), 1, 1);
                        for (int c = 0; c < 3; c++)
                        {
                            // |v|/σ + μ/σ bounds the terms of the difference; both are below 5.
                            x[c, i, j] = colour.Values[c];
                            magnitude[c, i, j] = 5;
                        }

                        double d = i < height && j < width && sparse[at] > 0 && sparse[at] <= maxDepth ? sparse[at] : 0;
                        x[3, i, j] = d / (largest + Reference.DepthNormalization.Epsilon);
                        magnitude[3, i, j] = x[3, i, j];
                    }
                }

                // Roundings: mean, deviation and result of a colour; epsilon, sum and quotient of a depth.
                return [Expected.Sum("x", x, magnitude, 3)];
            });
    }
}
