namespace EMDC.Tests.Reference;

/// <summary>C×H×W doubles, row-major.</summary>
public sealed class Tensor(int channels, int height, int width, double[] values)
{
    public Tensor(int channels, int height, int width) : this(channels, height, width, new double[channels * height * width]) { }

    public int Channels => channels;

    public int Height => height;

    public int Width => width;

    public double[] Values { get; } = values.Length == channels * height * width
        ? values
        : throw new ArgumentException($"Tensor: {values.Length} values do not fill {channels}×{height}×{width}.");

    public ref double this[int c, int y, int x] => ref Values[(c * height + y) * width + x];

    /// <summary>Row y of channel c.</summary>
    public Span<double> Row(int c, int y) => Values.AsSpan((c * height + y) * width, width);

    /// <summary>f of every element.</summary>
    public Tensor Map(Func<double, double> f) => new(channels, height, width, [.. Values.Select(f)]);

    /// <summary>f of every two elements in the same place.</summary>
    public Tensor Zip(Tensor other, Func<double, double, double> f) =>
        (other.Channels, other.Height, other.Width) == (channels, height, width)
            ? new(channels, height, width, [.. Values.Zip(other.Values, f)])
            : throw new ArgumentException($"Tensor: {channels}×{height}×{width} beside {other.Channels}×{other.Height}×{other.Width}.");

    /// <summary>|x|, from which operators get their magnitudes.</summary>
    public Tensor Abs() => Map(Math.Abs);

    /// <summary>The channels of the tensors one after another.</summary>
    public static Tensor Concat(params Tensor[] parts) =>
        new(parts.Sum(p => p.Channels), parts[0].Height, parts[0].Width, [.. parts.SelectMany(p => p.Values)]);
}
