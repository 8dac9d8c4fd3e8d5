using EMDC.Operators;
using EMDC.Tests.Parity;

namespace EMDC.Tests.Operators;

/// <summary>Test data by formula: the integer hash of a name and an index, as float32 numbers that doubles hold exactly.</summary>
internal static class Draw
{
    /// <summary>offset + scale · [−1, 1); scale and offset are powers of two or 0, so that nothing is rounded.</summary>
    public static float[] Values(string name, int count, float scale = 1, float offset = 0)
    {
        uint hash = GoldenHash.Name(name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = offset + (scale * GoldenHash.Symmetric(hash, i));
        }

        return values;
    }

    /// <summary>The same as a tensor of the reference.</summary>
    public static Reference.Tensor Tensor(string name, int channels, int height, int width, float scale = 1, float offset = 0) =>
        new(channels, height, width, Array.ConvertAll(Values(name, channels * height * width, scale, offset), v => (double)v));

    /// <summary>[0, 1): sums of such depths lose nothing to cancellation, so that errors can be counted in ulps.</summary>
    public static Reference.Tensor Depth(string name, int height, int width) => Tensor(name, 1, height, width, 0.5f, 0.5f);

    /// <summary>Depth in one pixel of <paramref name="every"/>, 0 elsewhere.</summary>
    public static Reference.Tensor Measured(string name, int height, int width, int every)
    {
        uint hash = GoldenHash.Name(name);
        var depth = new Reference.Tensor(1, height, width);
        for (int i = 0; i < depth.Values.Length; i++)
        {
            depth.Values[i] = GoldenHash.Bits(hash, i) % every == 0 ? 0.5 : 0;
        }

        return depth;
    }

    /// <summary>Weights about as large as keeps the variance, rounded to a power of two, times a gain; biases within ±gain.</summary>
    public static DrawnConv Conv(string name, int outputs, int inputs, int kernel, float gain = 1, bool bias = true)
    {
        int fan = inputs * kernel * kernel;
        float scale = gain / (1 << ((31 - int.LeadingZeroCount(fan)) / 2));
        float[] w = Values($"{name}.weight", outputs * fan, scale);
        float[] b = bias ? Values($"{name}.bias", outputs, gain) : new float[outputs];
        return new DrawnConv(new ConvWeights(name, outputs, inputs, kernel, w, b));
    }
}

/// <summary>Weights for the engine and the same ones for the reference.</summary>
internal sealed record DrawnConv(ConvWeights Weights)
{
    public Reference.Filter Filter { get; } =
        new(Weights.OutChannels, Weights.InChannels, Weights.Kernel, Array.ConvertAll(Weights.Weight, v => (double)v));

    public double[] Bias { get; } = Array.ConvertAll(Weights.Bias, v => (double)v);

    /// <summary>Products of one output, the bias one of them.</summary>
    public int Terms => (Weights.InChannels * Weights.Kernel * Weights.Kernel) + 1;

    public Reference.Tensor Apply(Reference.Tensor x, int stride = 1) =>
        Reference.Conv2d.Apply(x, Filter, Bias, stride, Weights.Kernel / 2);

    public Reference.Tensor Magnitude(Reference.Tensor x, int stride = 1) =>
        Reference.Conv2d.Magnitude(x, Filter, Bias, stride, Weights.Kernel / 2);
}
