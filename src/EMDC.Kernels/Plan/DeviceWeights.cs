using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>The weights on the device, each packed as its kernel reads it and uploaded once.</summary>
internal sealed class DeviceWeights(DeviceCalls device, Queue queue) : IDisposable
{
    // One layer may be packed in more than one way: a pointwise convolution to one channel runs alone or fused.
    private readonly Dictionary<(string Packing, object Weights), View> _uploaded = new(new ByReference());

    /// <summary>⌈O/8⌉×I×K×K×8: eight output channels side by side.</summary>
    public View Dense(ConvWeights w) => Units(nameof(Dense), w, () =>
    {
        int taps = w.Weight.Length / w.OutChannels;
        var packed = new float[Tiling.Ceiling(w.OutChannels, 8) * taps * 8];
        for (int i = 0; i < w.Weight.Length; i++)
        {
            int o = i / taps, tap = i % taps;
            packed[((o / 8 * taps) + tap) * 8 + o % 8] = w.Weight[i];
        }

        return packed;
    });

    /// <summary>C×12: nine taps, the bias, two zeros.</summary>
    public View Depthwise(ConvWeights w) => Units(nameof(Depthwise), w, () =>
    {
        var packed = new float[12 * w.OutChannels];
        for (int c = 0; c < w.OutChannels; c++)
        {
            w.Weight.AsSpan(9 * c, 9).CopyTo(packed.AsSpan(12 * c));
            packed[12 * c + 9] = w.Bias[c];
        }

        return packed;
    });

    /// <summary>I×K×8: each row of the stencil centred in seven columns.</summary>
    public View OneChannel(ConvWeights w) => Units(nameof(OneChannel), w, () =>
    {
        var packed = new float[8 * w.InChannels * w.Kernel];
        for (int i = 0; i < w.Weight.Length; i++)
        {
            packed[i / w.Kernel * 8 + i % w.Kernel + 3 - w.Kernel / 2] = w.Weight[i];
        }

        return packed;
    });

    /// <summary>The convolutions of a funnel stage: 12 biases, then I×3×3×12 each, in <see cref="Guidance.ConvUnits"/> units.</summary>
    public View Funnel(FunnelStageWeights w) => Units(nameof(Funnel), w, () =>
    {
        ConvWeights[] convs = w.Fuse is null ? w.Guidance : [.. w.Guidance, w.Fuse];
        var packed = new float[convs.Length * Guidance.ConvUnits * 4];
        for (int n = 0; n < convs.Length; n++)
        {
            Span<float> to = packed.AsSpan(n * Guidance.ConvUnits * 4, Guidance.ConvUnits * 4);
            convs[n].Bias.CopyTo(to);
            int taps = convs[n].Weight.Length / convs[n].OutChannels;
            for (int i = 0; i < convs[n].Weight.Length; i++)
            {
                to[12 + i % taps * 12 + i / taps] = convs[n].Weight[i];
            }
        }

        return packed;
    });

    /// <summary>Values as they are: biases and slopes.</summary>
    public View Values(float[] values) => Upload(nameof(Values), values, () => values);

    public void Dispose()
    {
        foreach (View view in _uploaded.Values)
        {
            view.Memory.Dispose();
        }

        _uploaded.Clear();
    }

    private View Units(string packing, object weights, Func<float[]> pack) => Upload(packing, weights, pack).As<Float4>();

    private View Upload(string packing, object weights, Func<float[]> pack)
    {
        if (!_uploaded.TryGetValue((packing, weights), out View view))
        {
            float[] values = pack();
            view = View.Of<float>(device.Allocate<float>(values.Length, "weights"), 0, values.Length);
            device.Do("the copy of weights to the device", () => queue.Write<float>(view, values));
            _uploaded.Add((packing, weights), view);
        }

        return view;
    }

    private sealed class ByReference : IEqualityComparer<(string Packing, object Weights)>
    {
        public bool Equals((string Packing, object Weights) a, (string Packing, object Weights) b) =>
            a.Packing == b.Packing && ReferenceEquals(a.Weights, b.Weights);

        public int GetHashCode((string Packing, object Weights) key) => HashCode.Combine(key.Packing, RuntimeHelpers.GetHashCode(key.Weights));
    }
}
