namespace EMDC.Tests.Reference;

/// <summary>
/// EMDC in double precision, every operator as its formula says, with the same stages as the golden files. It shares no code
/// with the engine.
/// </summary>
public sealed class ReferenceNetwork
{
    // Expansion, channels, blocks, stride of the first block.
    private static readonly (int T, int C, int N, int S)[] InvertedResiduals =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private static readonly int[] Taps = [1, 3, 6, 10, 17];

    private readonly Dictionary<string, (int[] Shape, double[] Values)> _parameters;
    private readonly (int Dilations, int Iterations)[] _plan;

    public ReferenceNetwork(
        IEnumerable<(string Name, int[] Shape, float[] Values)> parameters, (int Dilations, int Iterations)[] plan)
    {
        _parameters = parameters.ToDictionary(p => p.Name, p => (p.Shape, Array.ConvertAll(p.Values, v => (double)v)));
        _plan = plan;
    }

    /// <summary>All stages of a frame.</summary>
    /// <param name="rgb">H×W×3, H and W multiples of 32.</param>
    /// <param name="sparse">H×W metres, 0 = not measured.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="mutations">Mistakes to make.</param>
    public Dictionary<string, Tensor> Run(byte[] rgb, float[] sparse, int height, int width, Mutations? mutations = null) =>
        new Pass(this, mutations ?? Mutations.None).All(
            RgbNormalization.Apply(rgb, height, width), new(1, height, width, Array.ConvertAll(sparse, d => (double)d)));

    private sealed class Pass(ReferenceNetwork network, Mutations wrong)
    {
        private readonly Dictionary<string, Tensor> _stages = [];

        public Dictionary<string, Tensor> All(Tensor rgb, Tensor metres)
        {
            double largest = DepthNormalization.Largest(metres);
            Tensor depth = DepthNormalization.Apply(metres, wrong.DepthEpsilon);
            Tensor input = Stage("input", Tensor.Concat(rgb, depth));
            Tensor fd1 = Decode(Encode(input));

            Tensor global = Stage("global", Convolve("dep_conv.0", fd1));
            Tensor localFeature = ReLU.Apply(Convolve("ls_conv0.0", Tensor.Concat(depth, global)));
            localFeature = ReLU.Apply(Convolve("ls_conv1.0", localFeature));
            Tensor local = Stage("local", Convolve("ls_conv2.0", localFeature));
            Tensor logit = Convolve("alpha", Joined(localFeature, fd1, wrong.SwappedConfidenceConcat));
            Tensor confidence = Stage("confidence", ConfidenceFusion.Confidence(logit, Vector("rezero")[0]));
            Tensor fused = Stage("fused", wrong.SwappedFusion
                ? ConfidenceFusion.Apply(global, local, confidence)
                : ConfidenceFusion.Apply(local, global, confidence));

            Tensor y = Propagate(fd1, fused, depth);
            double scale = wrong.MultipliedByLargestAndEpsilon ? largest + DepthNormalization.Epsilon : largest;
            Stage("output.dense", y.Map(d => d * scale));
            Stage("output.local", local.Map(d => d * scale));
            Stage("output.global", global.Map(d => d * scale));
            return _stages;
        }

        private Tensor Stage(string name, Tensor value) => _stages[name] = value;

        private Tensor[] Encode(Tensor x)
        {
            var features = new List<Tensor> { Clip(ConvolveNorm("enc.features.0", 0, x, stride: 2)) };
            foreach (var (t, c, n, s) in InvertedResiduals)
            {
                for (int block = 0; block < n; block++)
                {
                    string name = $"enc.features.{features.Count}";
                    features.Add(InvertedResidual($"{name}.conv", features[^1], t, c, block == 0 ? s : 1));
                }
            }

            return [.. Taps.Select(tap => Stage($"enc.features.{tap}", features[tap]))];
        }

        private Tensor InvertedResidual(string name, Tensor x, int expansion, int channels, int stride)
        {
            // Position of a convolution in the checkpoint's Sequential: convolution, batch norm, ReLU6 count one each.
            int at = 0;
            Tensor h = x;
            if (expansion > 1)
            {
                h = Clip(ConvolveNorm(name, at, h));
                at += 3;
            }

            h = Clip(ConvolveNorm(name, at, h, stride));
            h = ConvolveNorm(name, at + 3, h);
            return stride == 1 && x.Channels == channels ? x.Zip(h, (a, b) => a + b) : h;
        }

        private Tensor Decode(Tensor[] taps)
        {
            Tensor x = Upsample("dec5", taps[4]);
            x = Upsample("dec4", Joined(x, taps[3], wrong.SwappedDecoderConcat));
            x = Upsample("dec3", Joined(x, taps[2], wrong.SwappedDecoderConcat));
            x = Upsample("dec2", Joined(x, taps[1], wrong.SwappedDecoderConcat));
            return Upsample("dec1", Joined(x, taps[0], wrong.SwappedDecoderConcat));
        }

        private Tensor Upsample(string name, Tensor x)
        {
            x = Norm($"{name}.bn", Convolve($"{name}.conv", x));
            x = PixelShuffle.Apply(wrong.TransposedPixelShuffle ? SubPixelsTransposed(x) : x);
            x = wrong.PReLUWithoutSlope ? ReLU.Apply(x) : PReLU.Apply(x, Vector($"{name}.act.weight"));
            return Stage(name, Convolve($"{name}.conv2", x));
        }

        private Tensor Propagate(Tensor fd1, Tensor y, Tensor depth)
        {
            if (wrong.MeasurementKept)
            {
                y = y.Zip(depth, (own, d) => d > 0 ? d : own);
            }

            Tensor measured = wrong.NothingKept ? depth.Map(_ => 0) : depth;
            Tensor[] guidance = [];
            Tensor? fuse = null;
            for (int s = 1; s <= network._plan.Length; s++)
            {
                var (dilations, iterations) = network._plan[s - 1];
                guidance = [.. Enumerable.Range(0, dilations).Select(d =>
                    Convolve($"guid_conv{s}_{d + 1}.0", s == 1 ? fd1 : Joined(guidance[d], y, wrong.SwappedGuidanceConcat)))];
                fuse = dilations == 1 ? null : Convolve($"fuse_conv{s}.0", fuse is null ? fd1 : Tensor.Concat(fuse, y));
                Tensor affinity = Affinity.Apply(guidance, wrong.SwappedFuse && fuse is not null ? Reversed(fuse) : fuse);
                y = Stage($"fcspn{s}", Propagation.Apply(y, affinity, measured, iterations, wrong.ReplicatedPropagationBorder));
                if (wrong.KernelsHandedOn)
                {
                    guidance = [.. guidance.Select(Softmax.Apply)];
                }
            }

            return y;
        }

        /// <summary>Convolution without bias and the batch norm after it, at positions <paramref name="at"/> and the next.</summary>
        private Tensor ConvolveNorm(string name, int at, Tensor x, int stride = 1) =>
            Norm($"{name}.{at + 1}", Convolve($"{name}.{at}", x, stride));

        /// <summary>A convolution that keeps the size but for its stride; depthwise where the filter has one input channel.</summary>
        private Tensor Convolve(string name, Tensor x, int stride = 1)
        {
            var (shape, values) = network._parameters[$"{name}.weight"];
            var w = new Filter(shape[0], shape[1], shape[2], values);
            double[]? bias = network._parameters.TryGetValue($"{name}.bias", out var found) ? found.Values : null;
            bool depthwise = w.Inputs == 1 && x.Channels > 1;
            if (depthwise ? wrong.TransposedDepthwiseTaps : wrong.TransposedTaps)
            {
                w = Transposed(w);
            }

            int padding = w.Kernel / 2;
            if (wrong.ReplicatedBorder && padding > 0)
            {
                (x, padding) = (Replicated(x, padding), 0);
            }

            if (wrong.ShiftedStride && stride == 2)
            {
                x = ShiftedByOne(x);
            }

            return depthwise ? DepthwiseConv2d.Apply(x, w, bias, stride, padding) : Conv2d.Apply(x, w, bias, stride, padding);
        }

        private Tensor Norm(string name, Tensor x) =>
            new BatchNorm(Vector($"{name}.weight"), Vector($"{name}.bias"), Vector($"{name}.running_mean"), Vector($"{name}.running_var"))
                .Apply(x, wrong.BatchNormEpsilon);

        private Tensor Clip(Tensor x) => wrong.ReLU6WithoutLimit ? ReLU.Apply(x) : ReLU6.Apply(x);

        private double[] Vector(string name) => network._parameters[name].Values;

        private static Tensor Joined(Tensor first, Tensor second, bool swapped) =>
            swapped ? Tensor.Concat(second, first) : Tensor.Concat(first, second);

        // What follows is used by mutations only.
        private static Filter Transposed(Filter w)
        {
            double[] values = new double[w.Values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                var (rest, kx) = Math.DivRem(i, w.Kernel);
                var (filter, ky) = Math.DivRem(rest, w.Kernel);
                values[i] = w.Values[(filter * w.Kernel + kx) * w.Kernel + ky];
            }

            return new(w.Outputs, w.Inputs, w.Kernel, values);
        }

        private static Tensor Replicated(Tensor x, int border) =>
            Read(x, x.Height + 2 * border, x.Width + 2 * border, (c, row, column) =>
                x[c, Math.Clamp(row - border, 0, x.Height - 1), Math.Clamp(column - border, 0, x.Width - 1)]);

        private static Tensor ShiftedByOne(Tensor x) =>
            Read(x, x.Height, x.Width, (c, row, column) =>
                row + 1 < x.Height && column + 1 < x.Width ? x[c, row + 1, column + 1] : 0);

        private static Tensor SubPixelsTransposed(Tensor x) =>
            Read(x, x.Height, x.Width, (c, row, column) => x[c - c % 4 + c % 2 * 2 + c % 4 / 2, row, column]);

        private static Tensor Reversed(Tensor x) =>
            Read(x, x.Height, x.Width, (c, row, column) => x[x.Channels - 1 - c, row, column]);

        private static Tensor Read(Tensor x, int height, int width, Func<int, int, int, double> at)
        {
            var output = new Tensor(x.Channels, height, width);
            for (int i = 0; i < output.Values.Length; i++)
            {
                output.Values[i] = at(i / (height * width), i / width % height, i % width);
            }

            return output;
        }
    }
}
