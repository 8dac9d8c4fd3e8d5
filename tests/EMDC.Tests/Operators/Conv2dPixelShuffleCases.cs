using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="Conv2dPixelShuffle"/>.</summary>
internal static class Conv2dPixelShuffleCases
{
    public static IEnumerable<OperatorCase> All =>
    [
        Case(1, 1, 1, 1), Case(3, 1, 2, 3), Case(1, 3, 5, 7), Case(10, 3, 17, 33), Case(31, 24, 13, 31), Case(9, 24, 1, 40),
        Case(48, 24, 40, 1), Case(3, 2, 8, 16), Case(3, 5, 3, 15), Case(3, 6, 3, 17), Case(10, 24, 16, 48, outReach: 3),

        // Rows of more than the scratch memory's strip, and several strips.
        Case(2, 3, 3, 530), Case(2, 3, 37, 67), Case(320, 160, 2, 3),
    ];

    private static OperatorCase Case(int inputs, int outputs, int height, int width, int outReach = 1)
    {
        string name = $"{inputs}→{outputs}, {height}×{width}{(outReach == 1 ? "" : $", reach 1→{outReach}")}";
        Lazy<DrawnConv> w = new(() => Draw.Conv($"shuffle w {name}", 4 * outputs, inputs, 3));
        Lazy<Reference.Tensor> x = new(() => Draw.Tensor($"shuffle x {name}", inputs, height, width, 2));
        float[] slope = Draw.Values($"shuffle slope {name}", outputs, 0.5f, 0.25f);
        return new OperatorCase(
            "Conv2dPixelShuffle", name,
            device => device.Op.Conv2dPixelShuffle(
                w.Value.Weights, slope, device.Input("x", x.Value), device.Output("y", outputs, 2 * height, 2 * width, outReach)),
            () =>
            {
                // PReLU multiplies once more, by a slope within ±1.
                Reference.Tensor t = Reference.PixelShuffle.Apply(w.Value.Apply(x.Value));
                return
                [
                    Expected.Sum("y", Reference.PReLU.Apply(t, Array.ConvertAll(slope, a => (double)a)),
                        Reference.PixelShuffle.Apply(w.Value.Magnitude(x.Value)), w.Value.Terms + 1),
                ];
            });
    }
}
