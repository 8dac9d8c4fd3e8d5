using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="DepthwiseConv2d"/>.</summary>
internal static class DepthwiseConv2dCases
{
    private static readonly (int Channels, int Height, int Width)[] Shapes =
    [
        (1, 1, 1), (3, 2, 3), (9, 5, 7), (10, 17, 33), (31, 13, 31), (960, 6, 8), (25, 1, 40), (32, 40, 1), (144, 8, 16),
        (3, 2, 1), (7, 33, 17),
    ];

    public static IEnumerable<OperatorCase> All
    {
        get
        {
            for (int i = 0; i < Shapes.Length; i++)
            {
                yield return Case(Shapes[i], stride: 1, clamp: i % 3);
                yield return Case(Shapes[i], stride: 2, clamp: (i + 1) % 3);
            }

            yield return Case((5, 17, 33), stride: 1, clamp: 2, reach: 3);
            yield return Case((5, 18, 34), stride: 2, clamp: 2, reach: 3, outReach: 1);
        }
    }

    private static OperatorCase Case((int Channels, int Height, int Width) shape, int stride, int clamp, int reach = 1, int outReach = 0)
    {
        var (channels, height, width) = shape;
        outReach = outReach == 0 ? reach : outReach;
        var (activation, called) = clamp switch
        {
            0 => (Activation.None, "no activation"),
            1 => (Activation.ReLU, "ReLU"),
            _ => (Activation.ReLU6, "ReLU6"),
        };
        string name = $"{channels}×{height}×{width}, stride {stride}, {called}{(reach == 1 ? "" : $", reach {reach}→{outReach}")}";
        int outHeight = (height + stride - 1) / stride, outWidth = (width + stride - 1) / stride;
        Lazy<DrawnConv> w = new(() => Draw.Conv($"depthwise w {name}", channels, 1, 3, gain: 4));
        Lazy<Reference.Tensor> x = new(() => Draw.Tensor($"depthwise x {name}", channels, height, width, 4));
        return new OperatorCase(
            "DepthwiseConv2d", name,
            device => device.Op.DepthwiseConv2d(
                w.Value.Weights, device.Input("x", x.Value, reach), device.Output("y", channels, outHeight, outWidth, outReach),
                activation, stride),
            () =>
            {
                Reference.Tensor y = Reference.DepthwiseConv2d.Apply(x.Value, w.Value.Filter, w.Value.Bias, stride, 1);
                y = clamp switch { 0 => y, 1 => Reference.ReLU.Apply(y), _ => Reference.ReLU6.Apply(y) };
                return [Expected.Sum("y", y, Reference.DepthwiseConv2d.Magnitude(x.Value, w.Value.Filter, w.Value.Bias, stride, 1), 10)];
            });
    }
}
