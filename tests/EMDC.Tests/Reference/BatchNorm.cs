namespace EMDC.Tests.Reference;

/// <summary>out[c] = (in[c] − mean[c]) / √(variance[c] + epsilon) · weight[c] + bias[c], with the running statistics.</summary>
public sealed record BatchNorm(double[] Weight, double[] Bias, double[] Mean, double[] Variance)
{
    /// <summary>PyTorch's epsilon.</summary>
    public const double Epsilon = 1e-5;

    public Tensor Apply(Tensor input, double epsilon = Epsilon) =>
        PerChannel(input, (c, x) => (x - Mean[c]) / Math.Sqrt(Variance[c] + epsilon) * Weight[c] + Bias[c]);

    /// <summary>|s·x| + |s·mean| + |bias| with s = weight / √(variance + epsilon).</summary>
    public Tensor Magnitude(Tensor input, double epsilon = Epsilon) =>
        PerChannel(input, (c, x) =>
            (Math.Abs(x) + Math.Abs(Mean[c])) * Math.Abs(Weight[c]) / Math.Sqrt(Variance[c] + epsilon) + Math.Abs(Bias[c]));

    internal static Tensor PerChannel(Tensor input, Func<int, double, double> f)
    {
        int plane = input.Height * input.Width;
        return new(input.Channels, input.Height, input.Width, [.. input.Values.Select((x, i) => f(i / plane, x))]);
    }
}
