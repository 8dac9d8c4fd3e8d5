using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="Conv2d"/>.</summary>
internal static class Conv2dCases
{
    // One pixel, smaller than the stencil, primes, one more than a vector, lines that end in the middle of one.
    private static readonly (int Height, int Width)[] Shapes = [(1, 1), (2, 3), (5, 7), (17, 33), (13, 31), (1, 40), (40, 1), (8, 16)];

    public static IEnumerable<OperatorCase> All
    {
        get
        {
            int i = 0;
            foreach (int kernel in (int[])[1, 3, 7])
            {
                foreach (int stride in (int[])[1, 2])
                {
                    foreach (int inputs in (int[])[1, 3, 9, 10, 31])
                    {
                        foreach (int outputs in (int[])[1, 3, 9, 10, 31])
                        {
                            var (height, width) = Shapes[i % Shapes.Length];
                            yield return Case(inputs, outputs, kernel, stride, height, width, clamp: i / 2 % 3, residual: i / 3 % 2 == 0);
                            i++;
                        }
                    }
                }
            }

            // Every way to split output channels into blocks of 4, 8 and 9.
            for (int outputs = 2; outputs <= 36; outputs++)
            {
                yield return Case(5, outputs, 1, 1, 3, 50, clamp: outputs % 3, residual: outputs % 2 == 0);
            }

            // Chunks of channels on a device that has them in shared memory, of which the last one's tile ends behind the tensor: in the second
            // of the two units that a thread brings at a time, and in the first; with small groups and wide tiles in both.
            yield return Case(17, 3, 3, 1, 3, 6, clamp: 0, residual: false);
            yield return Case(18, 3, 3, 1, 3, 6, clamp: 0, residual: false);
            yield return Case(33, 10, 3, 1, 5, 5, clamp: 0, residual: false);

            // Many channels: several strips of the line, weights that leave the first-level cache.
            yield return Case(960, 160, 1, 1, 6, 17, clamp: 0, residual: true);
            yield return Case(960, 7, 3, 1, 5, 33, clamp: 1, residual: false);
            yield return Case(160, 960, 1, 1, 3, 5, clamp: 2, residual: false);
            yield return Case(33, 960, 3, 2, 7, 5, clamp: 2, residual: true);

            // Large enough for Winograd's form: rows of tiles that end in the middle of a vector, several rows in a strip, more
            // output channels than are kept at a time, the largest strips.
            yield return Case(16, 16, 3, 1, 20, 20, clamp: 0, residual: false, winograd: true);
            yield return Case(24, 31, 3, 1, 24, 26, clamp: 1, residual: false, reach: 3, winograd: true);
            yield return Case(17, 40, 3, 1, 6, 70, clamp: 2, residual: false, winograd: true);
            yield return Case(33, 200, 3, 1, 34, 14, clamp: 0, residual: false, winograd: true);
            yield return Case(16, 19, 3, 1, 4, 300, clamp: 0, residual: false, winograd: true);
            yield return Case(16, 16, 3, 1, 98, 2, clamp: 1, residual: false, winograd: true);

            // Other reaches than the stencil needs, as the network's full resolution has; the stem's change of reach.
            yield return Case(3, 9, 3, 1, 17, 33, clamp: 0, residual: true, reach: 3);
            yield return Case(10, 9, 1, 1, 5, 7, clamp: 1, residual: true, reach: 2);
            yield return Case(4, 32, 3, 2, 18, 34, clamp: 2, residual: false, reach: 3, outReach: 1);
            yield return Case(4, 5, 5, 2, 17, 9, clamp: 0, residual: true);
            yield return Case(4, 5, 5, 1, 17, 9, clamp: 0, residual: true);
        }
    }

    private static OperatorCase Case(
        int inputs, int outputs, int kernel, int stride, int height, int width, int clamp, bool residual, int reach = 0, int outReach = 0,
        bool winograd = false)
    {
        reach = reach == 0 ? Math.Max(1, kernel / 2) : reach;
        outReach = outReach == 0 ? reach : outReach;
        var (activation, called) = clamp switch
        {
            0 => (Activation.None, "no activation"),
            1 => (Activation.ReLU, "ReLU"),
            _ => (Activation.ReLU6, "ReLU6"),
        };
        string name = $"{inputs}→{outputs}, {kernel}×{kernel}, stride {stride}, {height}×{width}, {called}{(residual ? ", residual" : "")}"
            + (reach == Math.Max(1, kernel / 2) ? "" : $", reach {reach}→{outReach}");
        int outHeight = (height + stride - 1) / stride, outWidth = (width + stride - 1) / stride;

        // ReLU6 needs sums beyond 6.
        Lazy<DrawnConv> w = new(() => Draw.Conv($"w {name}", outputs, inputs, kernel, gain: 4));
        Lazy<Reference.Tensor> x = new(() => Draw.Tensor($"x {name}", inputs, height, width, 2));
        Lazy<Reference.Tensor> r = new(() => Draw.Tensor($"r {name}", outputs, outHeight, outWidth, 2));
        return new OperatorCase(
            "Conv2d", name,
            device => device.Op.Conv2d(
                w.Value.Weights, device.Input("x", x.Value, reach), device.Output("y", outputs, outHeight, outWidth, outReach), activation,
                stride, residual ? device.Input("r", r.Value, outReach) : null),
            () =>
            {
                Reference.Tensor y = w.Value.Apply(x.Value, stride);
                var (magnitude, terms) = winograd ? w.Value.Winograd(x.Value) : (w.Value.Magnitude(x.Value, stride), w.Value.Terms);
                y = clamp switch { 0 => y, 1 => Reference.ReLU.Apply(y), _ => Reference.ReLU6.Apply(y) };
                if (residual)
                {
                    (y, magnitude) = (y.Zip(r.Value, (a, b) => a + b), magnitude.Zip(r.Value, (a, b) => a + Math.Abs(b)));
                }

                return [Expected.Sum("y", y, magnitude, terms + (residual ? 1 : 0))];
            });
    }
}
