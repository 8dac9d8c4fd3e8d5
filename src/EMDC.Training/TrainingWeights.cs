using EMDC.Network;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The weights as the kernels of all networks read them: packed for the forward pass, flipped and packed for the backward one.
/// Packing costs as much as some small frames, so the networks of all threads share it, and it is renewed once a step.
/// </summary>
internal sealed class TrainingWeights(EmdcWeights weights) : IDisposable
{
    private readonly Dictionary<(object Layer, string Form), Made> _made = [];
    private readonly List<Made> _all = [];

    /// <summary>The folded layers.</summary>
    public EmdcWeights Folded => weights;

    /// <summary>Reads the arrays again. No network may run meanwhile.</summary>
    public void Refresh() => Parallel.ForEach(_all, made => made.Fill());

    public void Dispose()
    {
        foreach (IDisposable packed in _all.SelectMany(made => made.Packed))
        {
            packed.Dispose();
        }

        _all.Clear();
        _made.Clear();
    }

    /// <summary>As <see cref="DenseConv{S, V}"/> takes them.</summary>
    public PackedWeights Packed(ConvWeights w) => Pack(w, "packed", w.OutChannels, w.InChannels * w.Kernel * w.Kernel, () => w.Weight, w.Bias);

    /// <summary>One output channel's stencil as K output channels (see SimdOperators.Columns).</summary>
    public PackedWeights Columns(ConvWeights w)
    {
        var columns = new float[w.Weight.Length];
        return Pack(w, "columns", w.Kernel, w.Kernel * w.InChannels, () =>
        {
            int k = w.Kernel;
            for (int i = 0; i < columns.Length; i++)
            {
                int c = i / (k * k), u = i / k % k, v = i % k;
                columns[(((v * w.InChannels) + c) * k) + u] = w.Weight[i];
            }

            return columns;
        });
    }

    /// <summary>In Winograd's form, as they are or flipped for the gradient of the input.</summary>
    public PackedWeights[] Winograd<S, V>(ConvWeights w, bool flipped) where S : struct, ISimd<V> where V : struct
    {
        (int outputs, int inputs) = flipped ? (w.InChannels, w.OutChannels) : (w.OutChannels, w.InChannels);
        return Get(w, flipped ? "flipped winograd" : "winograd", () =>
        {
            PackedWeights[] packed = [.. Enumerable.Range(0, 16).Select(_ => new PackedWeights(outputs, inputs, nines: true))];
            return new Made(packed, () => Simd.Winograd<S, V>.Fill(packed, w, flipped));
        }).Packed;
    }

    /// <summary>For the gradient of the input: w'[c, o, u, v] = w[o, c, K − 1 − u, K − 1 − v].</summary>
    public PackedWeights Flipped(ConvWeights w) => Flipped(w, "flipped", w.InChannels);

    /// <summary>The same without the last input channel, the depth, which <see cref="DepthColumns"/> is for.</summary>
    public PackedWeights FlippedLogits(ConvWeights w) => Flipped(w, "flipped logits", w.InChannels - 1);

    /// <summary>For the gradient of a depthwise convolution's input.</summary>
    public ConvWeights FlippedDepthwise(ConvWeights w)
    {
        return Get(w, "depthwise", () =>
        {
            ConvWeights flipped = w with { Weight = new float[w.Weight.Length], Bias = new float[w.Bias.Length] };
            void Fill()
            {
                for (int i = 0; i < flipped.Weight.Length; i++)
                {
                    flipped.Weight[i] = w.Weight[(i / 9 * 9) + 8 - (i % 9)];
                }
            }

            return new Made([], Fill) { Depthwise = flipped };
        }).Depthwise!;
    }

    /// <summary>
    /// For the gradient of the depth that all convolutions of a stage read as their last input channel: one convolution over all
    /// of their outputs (guidance of each dilation, then fusion), flipped, in columns as <see cref="Columns"/>.
    /// </summary>
    public PackedWeights DepthColumns(FunnelStageWeights stage)
    {
        ConvWeights[] convs = stage.Fuse is null ? stage.Guidance : [.. stage.Guidance, stage.Fuse];
        int outputs = convs.Sum(w => w.OutChannels);
        var columns = new float[3 * outputs * 3];
        return Pack(stage, "depth", 3, outputs * 3, () =>
        {
            int first = 0;
            foreach (ConvWeights w in convs)
            {
                for (int i = 0; i < 9 * w.OutChannels; i++)
                {
                    int o = i / 9, u = i / 3 % 3, v = i % 3;
                    float value = w.Weight[(((o * w.InChannels) + w.InChannels - 1) * 9) + 8 - (i % 9)];
                    columns[(((v * outputs) + first + o) * 3) + u] = value;
                }

                first += w.OutChannels;
            }

            return columns;
        });
    }

    private PackedWeights Flipped(ConvWeights w, string form, int channels) => Get(w, form, () =>
    {
        var packed = new PackedWeights(channels, w.OutChannels * w.Kernel * w.Kernel, nines: true);
        return new Made([packed], () => packed.FillFlipped(w));
    }).Packed[0];

    private PackedWeights Pack(object layer, string form, int outputs, int taps, Func<float[]> weight, float[]? bias = null) =>
        Get(layer, form, () =>
        {
            bias ??= new float[outputs];
            var packed = new PackedWeights(outputs, taps, nines: true);
            return new Made([packed], () => packed.Fill(weight(), bias));
        }).Packed[0];

    private Made Get(object layer, string form, Func<Made> make)
    {
        lock (_made)
        {
            if (!_made.TryGetValue((layer, form), out Made? made))
            {
                made = make();
                made.Fill();
                _made.Add((layer, form), made);
                _all.Add(made);
            }

            return made;
        }
    }

    private sealed class Made(PackedWeights[] packed, Action fill)
    {
        public PackedWeights[] Packed => packed;

        public Action Fill => fill;

        public ConvWeights? Depthwise { get; init; }
    }
}
