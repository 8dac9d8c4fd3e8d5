using EMDC.Tests.Reference;
using Tensor = EMDC.Tests.Reference.Tensor;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="EMDC.Operators.ConfidenceFusion"/>.</summary>
internal static class ConfidenceFusionCases
{
    // Measured over these cases on 2026-11-22, the same at every width with FMA: 12.5 and 8.1 ulps at most. The error is that of
    // the logit, a sum of 49·C products, which exp passes on; a third more for machines that don't fuse.
    private static readonly Tolerance Confidence = Tolerance.Ulp(16.6);
    private static readonly Tolerance Fused = Tolerance.Ulp(10.8);

    public static IEnumerable<OperatorCase> All =>
    [
        Case(1, 1, 1, 0.75f), Case(3, 2, 3, 1), Case(9, 5, 7, 0.5f), Case(10, 17, 33, 0.75f), Case(31, 13, 31, 1),
        Case(56, 19, 23, 0.75f),
        Case(5, 1, 40, 0.75f), Case(5, 40, 1, 0.75f), Case(2, 70, 67, 0.75f), Case(3, 5, 7, 0), Case(3, 5, 7, -0.5f),
        Case(2, 5, 7, 0.75f, reach: 4),
        Saturated(3, 9, 17),
    ];

    private static OperatorCase Case(int channels, int height, int width, float rezero, int reach = 3) =>
        Case(
            $"{channels}×{height}×{width}, rezero {rezero}{(reach == 3 ? "" : $", reach {reach}")}", channels, height, width, rezero, 2, reach,
            (logit, _, confidence, fused) =>
            [
                new Expected("confidence", confidence.Values, rezero == 0 ? Tolerance.Exact : Confidence),
                new Expected("y", fused.Values, rezero == 0 ? Tolerance.Exact : Fused),
            ]);

    /// <summary>
    /// Logits far beyond ±87, where exp is clamped. Sigmoid's slope is at most 1/4, so a sum's error passes on a quarter of it;
    /// ulps would say nothing about confidences near 0.
    /// </summary>
    private static OperatorCase Saturated(int channels, int height, int width) =>
        Case($"{channels}×{height}×{width}, saturated", channels, height, width, 1, 1024, 3,
            (logit, magnitude, confidence, fused) =>
            {
                Assert.True(logit.Values.Max() > 200 && logit.Values.Min() < -200);
                Tensor bound = magnitude.Map(m => (m / 4) + 1);
                return
                [
                    Expected.Sum("confidence", confidence, bound, (49 * channels) + 1),
                    Expected.Sum("y", fused, bound, (49 * channels) + 1),
                ];
            });

    private static OperatorCase Case(
        string name, int channels, int height, int width, float rezero, float gain, int reach,
        Func<Tensor, Tensor, Tensor, Tensor, IEnumerable<Expected>> expected)
    {
        Lazy<DrawnConv> w = new(() => Draw.Conv($"alpha {name}", 1, channels, 7, gain, bias: false));
        Lazy<Tensor> features = new(() => Draw.Tensor($"features {name}", channels, height, width));
        Tensor local = Draw.Depth($"local {name}", height, width), global = Draw.Depth($"global {name}", height, width);
        return new OperatorCase(
            "ConfidenceFusion", name,
            device => device.Op.ConfidenceFusion(
                w.Value.Weights, rezero, device.Input("features", features.Value, reach), device.Input("local", local, reach),
                device.Input("global", global, reach), device.Output("confidence", 1, height, width, reach),
                device.Output("y", 1, height, width, reach)),
            () =>
            {
                Tensor logit = w.Value.Apply(features.Value);
                Tensor confidence = Reference.ConfidenceFusion.Confidence(logit, rezero);
                return expected(
                    logit, w.Value.Magnitude(features.Value), confidence, Reference.ConfidenceFusion.Apply(local, global, confidence));
            });
    }
}
