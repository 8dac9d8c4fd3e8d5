using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>The weights on the device, each packed as its kernel reads it and uploaded once.</summary>
internal sealed class DeviceWeights(DeviceCalls device) : IDisposable
{
    // One layer may be packed in more than one way: a pointwise convolution to one channel runs alone or fused.
    private readonly Dictionary<string, Dictionary<object, MemoryBuffer1D<Float4, Stride1D.Dense>>> _units = [];
    private readonly Dictionary<object, MemoryBuffer1D<float, Stride1D.Dense>> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>⌈O/8⌉×I×K×K×8: eight output channels side by side.</summary>
    public ArrayView<Float4> Dense(ConvWeights w) => Units(nameof(Dense), w, () =>
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
    public ArrayView<Float4> Depthwise(ConvWeights w) => Units(nameof(Depthwise), w, () =>
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
    public ArrayView<Float4> One(ConvWeights w) => Units(nameof(One), w, () =>
    {
        var packed = new float[8 * w.InChannels * w.Kernel];
        for (int i = 0; i < w.Weight.Length; i++)
        {
            packed[i / w.Kernel * 8 + i % w.Kernel + 3 - w.Kernel / 2] = w.Weight[i];
        }

        return packed;
    });

    /// <summary>The convolutions of a funnel stage: 12 biases, then I×3×3×12 each, in <see cref="Guidance.ConvUnits"/> units.</summary>
    public ArrayView<Float4> Funnel(FunnelStageWeights w) => Units(nameof(Funnel), w, () =>
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
    public ArrayView<float> Values(float[] values)
    {
        if (!_values.TryGetValue(values, out MemoryBuffer1D<float, Stride1D.Dense>? buffer))
        {
            buffer = device.Allocate<float>(values.Length, "weights");
            ArrayView<float> to = buffer.AsContiguous();
            device.Do("the copy of weights to the device", () => to.CopyFromCPU(values));
            _values.Add(values, buffer);
        }

        return buffer.AsContiguous();
    }

    public void Dispose()
    {
        foreach (MemoryBuffer1D<Float4, Stride1D.Dense> buffer in _units.Values.SelectMany(packing => packing.Values))
        {
            buffer.Dispose();
        }

        foreach (MemoryBuffer1D<float, Stride1D.Dense> buffer in _values.Values)
        {
            buffer.Dispose();
        }

        _units.Clear();
        _values.Clear();
    }

    private ArrayView<Float4> Units(string packing, object weights, Func<float[]> pack)
    {
        if (!_units.TryGetValue(packing, out Dictionary<object, MemoryBuffer1D<Float4, Stride1D.Dense>>? packed))
        {
            packed = new(ReferenceEqualityComparer.Instance);
            _units.Add(packing, packed);
        }

        if (!packed.TryGetValue(weights, out MemoryBuffer1D<Float4, Stride1D.Dense>? buffer))
        {
            float[] values = pack();
            var units = new Float4[values.Length / 4];
            for (int i = 0; i < units.Length; i++)
            {
                units[i] = new Float4(values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]);
            }

            buffer = device.Allocate<Float4>(units.Length, "weights");
            ArrayView<Float4> to = buffer.AsContiguous();
            device.Do("the copy of weights to the device", () => to.CopyFromCPU(units));
            packed.Add(weights, buffer);
        }

        return buffer.AsContiguous();
    }
}
