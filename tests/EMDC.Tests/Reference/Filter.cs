namespace EMDC.Tests.Reference;

/// <summary>O×I×K×K weights of a convolution, row-major; a depthwise one has I = 1.</summary>
public sealed class Filter(int outputs, int inputs, int kernel, double[] values)
{
    public int Outputs => outputs;

    public int Inputs => inputs;

    public int Kernel => kernel;

    public double[] Values { get; } = values.Length == outputs * inputs * kernel * kernel
        ? values
        : throw new ArgumentException($"Filter: {values.Length} values do not fill {outputs}×{inputs}×{kernel}×{kernel}.");

    public double this[int o, int i, int ky, int kx] => Values[((o * inputs + i) * kernel + ky) * kernel + kx];

    /// <summary>|w|, from which operators get their magnitudes.</summary>
    public Filter Abs() => new(outputs, inputs, kernel, [.. Values.Select(Math.Abs)]);
}
