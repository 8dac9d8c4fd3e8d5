using System.Runtime.Intrinsics;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Simd;
using EMDC.Tests.Parity;
using EMDC.Tests.Reference;
using EMDC.Weights;
using Reference = EMDC.Tests.Reference;
using Tensor = EMDC.Operators.Tensor;

namespace EMDC.Training.Tests;

/// <summary>
/// Every operator's gradients beside central differences of its double reference, in one random direction for each of its inputs
/// and parameters, in sizes that leave a rest in every tile and vector.
/// </summary>
public sealed class OperatorGradientTests
{
    private const double Step = 1e-7;

    // Of Σ|gradient|: float32 sums of some thousand terms, and the differences' own rounding.
    private const double Bound = 1e-5;

    public static TheoryData<string, int, int> Sizes()
    {
        var sizes = new TheoryData<string, int, int>();
        foreach ((string option, _, bool isSupported) in Devices.SimdWidths)
        {
            foreach ((int height, int width) in ((int, int)[])[(2, 2), (4, 6), (6, 14), (10, 38), (32, 34)])
            {
                if (isSupported)
                {
                    sizes.Add(option, height, width);
                }
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Conv2d(string simd, int height, int width)
    {
        foreach ((int inputs, int outputs, int kernel, bool residual) in
            ((int, int, int, bool)[])[(3, 5, 3, false), (16, 20, 3, false), (2, 1, 3, true), (9, 13, 1, true), (17, 1, 7, false), (10, 9, 3, true)])
        {
            ConvWeights w = Conv($"conv {inputs} {outputs} {kernel}", outputs, inputs, kernel);
            Activation activation = residual ? Activation.None : new Activation(-0.3f, 0.4f);
            float[] x = Values("x", inputs * height * width), r = Values("r", outputs * height * width), c = Values("c", outputs * height * width);
            Run(simd, [w], [], op =>
            {
                Tensor xs = op.Input(x, inputs, height, width), rs = op.Input(r, outputs, height, width), y = op.Tensor("y", outputs, height, width, 3);
                op.Operators.Conv2d(w, xs, y, activation, residual: residual ? rs : null);
                op.Loss(y, c);
                op.Check($"{w.Name} {height}×{width}", [x, w.Weight, w.Bias, r], v =>
                    Sum(c, Plus(Clamp(Dense(v[0], inputs, height, width, w, v[1], v[2]), activation), residual ? v[3] : null)),
                    () => [op.Of(xs), op.Gradients.Of(w).Weight, op.Gradients.Of(w).Bias, residual ? op.Of(rs) : null]);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_convolution_at_stride_2_over_the_frame(string simd, int height, int width)
    {
        ConvWeights w = Conv("stem", 6, 4, 3);
        float[] rgb = Values("rgb", 3 * height * width), c = Values("c", 6 * height * width / 4);
        float[] sparse = [.. Values("sparse", height * width).Select(v => Math.Max(v, 0))];
        Run(simd, [w], [], op =>
        {
            Tensor xs = op.Operators.Tensor("x", 4, height, width, 3), y = op.Operators.Tensor("y", 6, height / 2, width / 2);
            op.Operators.InputPreparation(xs);
            op.Operators.Conv2d(w, xs, y, Activation.ReLU6, stride: 2);
            op.Loss(y, c);
            double largest = sparse.Max() + 1e-4;
            op.Frame(rgb, sparse);
            op.Check($"stem {height}×{width}", [w.Weight, w.Bias], v => Sum(c, Clamp(
                Reference.Conv2d.Apply(
                    new(4, height, width, [.. rgb.Select(value => (double)value), .. sparse.Select(d => d / largest)]), Filter(w, v[0]), v[1], 2, 1).Values,
                Activation.ReLU6)),
                () => [op.Gradients.Of(w).Weight, op.Gradients.Of(w).Bias]);
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Conv2dPixelShuffle(string simd, int height, int width)
    {
        ConvWeights w = Conv("shuffle", 20, 7, 3);
        float[] x = Values("x", 7 * height * width), slope = Values("slope", 5), c = Values("c", 20 * height * width);
        Run(simd, [w], [slope], op =>
        {
            Tensor xs = op.Input(x, 7, height, width), y = op.Operators.Tensor("y", 5, 2 * height, 2 * width, 3);
            op.Operators.Conv2dPixelShuffle(w, slope, xs, y);
            op.Loss(y, c);
            op.Check($"shuffle {height}×{width}", [x, w.Weight, w.Bias, slope], v => Sum(c, PReLU.Apply(
                PixelShuffle.Apply(new(20, height, width, Dense(v[0], 7, height, width, w, v[1], v[2]))), v[3]).Values),
                () => [op.Of(xs), op.Gradients.Of(w).Weight, op.Gradients.Of(w).Bias, op.Gradients.OfSlope(slope)]);
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void DepthwiseConv2d(string simd, int height, int width)
    {
        foreach (int stride in (int[])[1, 2])
        {
            ConvWeights w = Conv($"depthwise {stride}", 5, 1, 3);
            float[] x = Values("x", 5 * height * width), c = Values("c", 5 * height * width / (stride * stride));
            Run(simd, [w], [], op =>
            {
                Tensor xs = op.Input(x, 5, height, width), y = op.Operators.Tensor("y", 5, height / stride, width / stride, stride == 1 ? 3 : 1);
                op.Operators.DepthwiseConv2d(w, xs, y, new Activation(-0.1f, 0.3f), stride);
                op.Loss(y, c);
                op.Check($"{w.Name} {height}×{width}", [x, w.Weight, w.Bias], v => Sum(c, Clamp(
                    Reference.DepthwiseConv2d.Apply(new(5, height, width, v[0]), Filter(w, v[1]), v[2], stride, 1).Values, new Activation(-0.1f, 0.3f))),
                    () => [op.Of(xs), op.Gradients.Of(w).Weight, op.Gradients.Of(w).Bias]);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ConfidenceFusion(string simd, int height, int width)
    {
        int pixels = height * width;
        ConvWeights w = Conv("alpha", 1, 6, 7) with { Bias = [0] };
        float[] f = Values("f", 6 * pixels), local = Values("local", pixels), global = Values("global", pixels), c = Values("c", pixels), rezero = [0.75f];
        Run(simd, [w], [], op =>
        {
            Tensor fs = op.Input(f, 6, height, width), ls = op.Input(local, 1, height, width), gs = op.Input(global, 1, height, width);
            Tensor confidence = op.Tensor("c", 1, height, width, 3), y = op.Tensor("y", 1, height, width, 3);
            op.Operators.ConfidenceFusion(w, rezero[0], fs, ls, gs, confidence, y);
            op.Loss(y, c);
            op.Check($"fusion {height}×{width}", [f, w.Weight, local, global, rezero], v => Sum(c, Reference.ConfidenceFusion.Apply(
                new(1, height, width, v[2]), new(1, height, width, v[3]),
                Reference.ConfidenceFusion.Confidence(new(1, height, width, Dense(v[0], 6, height, width, w, v[1], [0])), v[4][0])).Values),
                () => [op.Of(fs), op.Gradients.Of(w).Weight, op.Of(ls), op.Of(gs), [op.Gradients.Rezero]]);
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void FunnelStage(string simd, int height, int width)
    {
        int pixels = height * width;
        foreach ((int n, int before, int iterations) in ((int, int, int)[])[(3, 3, 3), (2, 3, 2), (1, 2, 3), (1, 1, 1)])
        {
            ConvWeights[] guid = [.. Enumerable.Range(1, n).Select(k => Conv($"guid {k}", 9, 10, 3))];
            ConvWeights? fuse = n > 1 ? Conv("fuse", n, before + 1, 3) : null;
            var stage = new FunnelStageWeights($"{n} dilations", n, iterations, guid, fuse);
            ConvWeights[] convs = fuse is null ? guid : [.. guid, fuse];
            float[] g = Values("g", 9 * before * pixels), s = Values("s", before * pixels), y0 = Values("y", pixels), c = Values("c", pixels);
            float[] depth = [.. Values("depth", pixels).Select(d => d > 0.8f ? d : 0)];
            Run(simd, convs, [], op =>
            {
                Tensor gs = op.Input(g, 9 * before, height, width), ss = op.Input(s, before, height, width), ys = op.Input(y0, 1, height, width);
                Tensor guidance = op.Tensor("guidance", 9 * before, height, width, 3), fused = op.Tensor("fused", before, height, width, 3);
                Tensor result = op.Tensor("result", 1, height, width, 3);
                op.Operators.FunnelStage(stage, new FunnelState(gs, ss, ys), new FunnelState(guidance, fused, result), op.Input(depth, 1, height, width));
                op.Loss(result, c);
                float[][] inputs = [g, s, y0, .. convs.SelectMany(w => (float[][])[w.Weight, w.Bias])];
                op.Check($"{stage.Name} after {before}, {height}×{width}", inputs, Loss, () =>
                    [op.Of(gs), n > 1 ? op.Of(ss) : null, op.Of(ys), .. convs.SelectMany(w => (float[][])[op.Gradients.Of(w).Weight, op.Gradients.Of(w).Bias])],
                    penalty: 3);

                double Loss(double[][] v)
                {
                    var measured = new Reference.Tensor(1, height, width, [.. depth.Select(d => (double)d)]);
                    var logits = new Reference.Tensor[n];
                    for (int k = 0; k < n; k++)
                    {
                        logits[k] = new(9, height, width, Dense([.. v[0].AsSpan(9 * k * pixels, 9 * pixels), .. v[2]], 10, height, width, guid[k], v[3 + (2 * k)], v[4 + (2 * k)]));
                    }

                    Reference.Tensor? shares = fuse is null
                        ? null : new(n, height, width, Dense([.. v[1], .. v[2]], before + 1, height, width, fuse, v[3 + (2 * n)], v[4 + (2 * n)]));
                    double squares = logits.Append(shares).Sum(t => t is null ? 0 : Enumerable.Range(0, pixels).Average(p =>
                        Math.Pow(Math.Log(Enumerable.Range(0, t.Channels).Sum(j => Math.Exp(t.Values[(j * pixels) + p]))), 2)));
                    Reference.Tensor y = Propagation.Apply(new(1, height, width, v[2]), Affinity.Apply(logits, shares), measured, iterations);
                    return Sum(c, y.Values) + (3 * squares / (n == 1 ? 1 : n + 1));
                }
            });
        }
    }

    private static ConvWeights Conv(string name, int outputs, int inputs, int kernel)
    {
        int fan = inputs * kernel * kernel;
        return new ConvWeights(name, outputs, inputs, kernel,
            [.. Values($"{name} weight", outputs * fan).Select(v => v / MathF.Sqrt(fan))], [.. Values($"{name} bias", outputs).Select(v => v / 4)]);
    }

    private static float[] Values(string name, int count)
    {
        uint hash = GoldenHash.Name(name);
        return [.. Enumerable.Range(0, count).Select(i => GoldenHash.Symmetric(hash, i))];
    }

    private static double[] Dense(double[] x, int inputs, int height, int width, ConvWeights w, double[] weight, double[] bias) =>
        Reference.Conv2d.Apply(new(inputs, height, width, x), Filter(w, weight), bias, 1, w.Kernel / 2).Values;

    private static Filter Filter(ConvWeights w, double[] weight) => new(w.OutChannels, w.InChannels, w.Kernel, weight);

    private static double[] Clamp(double[] t, Activation activation) => [.. t.Select(v => Math.Min(Math.Max(v, activation.Low), activation.High))];

    private static double[] Plus(double[] a, double[]? b) => b is null ? a : [.. a.Zip(b, (p, q) => p + q)];

    private static double Sum(float[] c, double[] y) => c.Zip(y, (a, b) => a * b).Sum();

    private static void Run(string simd, ConvWeights[] convolutions, float[][] slopes, Action<Plan> test)
    {
        switch (simd)
        {
            case "512":
                Run<Simd512, Vector512<float>>(convolutions, slopes, test);
                break;
            case "256":
                Run<Simd256, Vector256<float>>(convolutions, slopes, test);
                break;
            case "128":
                Run<Simd128, Vector128<float>>(convolutions, slopes, test);
                break;
            default:
                Run<SimdScalar, float>(convolutions, slopes, test);
                break;
        }
    }

    private static void Run<S, V>(ConvWeights[] convolutions, float[][] slopes, Action<Plan> test) where S : struct, ISimd<V> where V : struct
    {
        var frame = new TrainingFrame(1, 1);
        using var weights = new TrainingWeights(new EmdcWeights(new StateDict(GoldenParameters.StateDict(6))));
        using var op = new TrainingOperators<S, V>(weights, frame);
        test(new Plan(op, frame, new EmdcGradients(convolutions, slopes)));
    }

    /// <summary>One operator recorded between inputs and a loss.</summary>
    private sealed class Plan(ISingleOperators op, TrainingFrame frame, EmdcGradients gradients)
    {
        private readonly List<(Tensor Tensor, float[] Values)> _inputs = [];
        private float[] _rgb = [], _sparse = [];

        public IOperators Operators => op;

        public EmdcGradients Gradients => gradients;

        public Tensor Tensor(string name, int channels, int height, int width, int reach) => op.Tensor(name, channels, height, width, reach);

        public Tensor Input(float[] values, int channels, int height, int width)
        {
            Tensor tensor = op.Tensor($"input {_inputs.Count}", channels, height, width, 3);
            _inputs.Add((tensor, values));
            return tensor;
        }

        public void Frame(float[] rgb, float[] sparse) => (_rgb, _sparse) = (rgb, sparse);

        public void Loss(Tensor y, float[] cotangent) => op.Cotangent(y, cotangent);

        public float[] Of(Tensor input) => op.Read(input, gradient: true);

        /// <summary>Runs both ways and compares; an input without a gradient is left out.</summary>
        public unsafe void Check(string name, float[][] inputs, Func<double[][], double> loss, Func<float[]?[]> found, float penalty = 0)
        {
            op.Finish();
            foreach ((Tensor tensor, float[] values) in _inputs)
            {
                op.Write(tensor, values);
            }

            (frame.LogitPenalty, frame.Into) = (penalty, gradients);
            fixed (float* rgb = _rgb, sparse = _sparse)
            {
                frame.Rgb = rgb;
                frame.Sparse = sparse;
                foreach (TrainedOperator single in op.Operators)
                {
                    single.Forward();
                }
            }

            foreach (TrainedOperator single in op.Operators.Reverse())
            {
                single.Backward();
            }

            float[]?[] all = found();
            double[][] exact = [.. inputs.Select(values => Array.ConvertAll(values, v => (double)v))];
            for (int i = 0; i < inputs.Length; i++)
            {
                if (all[i] is not { } gradient)
                {
                    continue;
                }

                double[] at = exact[i], direction = Array.ConvertAll(Values($"direction {i}", at.Length), v => (double)v);
                exact[i] = [.. at.Zip(direction, (v, d) => v + (Step * d))];
                double above = loss(exact);
                exact[i] = [.. at.Zip(direction, (v, d) => v - (Step * d))];
                double slope = (above - loss(exact)) / (2 * Step), actual = gradient.Zip(direction, (v, d) => v * d).Sum();
                exact[i] = at;
                double size = gradient.Sum(v => Math.Abs((double)v));
                Assert.True(size > 0, $"{name}, input {i}: the gradient is 0.");
                Assert.True(Math.Abs(actual - slope) <= Bound * size, $"{name}, input {i}: {actual:G8} instead of {slope:G8}, Σ|gradient| {size:G3}.");
            }
        }
    }
}
