using System.Globalization;

namespace EMDC.Tests.Parity;

/// <summary>One stage of a golden file: some elements of a C×H×W tensor, their flat indices and their values.</summary>
internal sealed class GoldenStage
{
    private readonly double[] _values;

    private GoldenStage((int, int, int) shape, int[] elements, double[] values, double largest)
    {
        (Shape, Elements, _values, Largest) = (shape, elements, values, largest);
    }

    public (int Channels, int Height, int Width) Shape { get; }

    /// <summary>Flat indices into the whole stage.</summary>
    public int[] Elements { get; }

    public double Largest { get; }

    /// <summary><c>shape=24x64x96 interior=2048/91141 border=1024/4751 largest=2.03</c> and the values in that order.</summary>
    public static GoldenStage Parse(string description, double[] values)
    {
        var fields = description.Split(' ').Select(f => f.Split('=')).ToDictionary(f => f[0], f => f[1]);
        int[] shape = Integers(fields["shape"], 'x');
        int[] interior = Integers(fields["interior"], '/');
        int[] border = Integers(fields["border"], '/');
        var (c, h, w) = (shape[0], shape[1], shape[2]);
        long size = (long)c * h * w;
        long ring = (long)c * 2 * (h + w);
        int[] elements =
        [
            .. Enumerable.Range(0, interior[0]).Select(i => (int)(i * (long)interior[1] % size)),
            .. Enumerable.Range(0, border[0]).Select(i => BorderElement((int)(i * (long)border[1] % ring), h, w)),
        ];
        if (elements.Length != values.Length)
        {
            throw new InvalidDataException($"Golden stage: {elements.Length} elements are described and {values.Length} stored.");
        }

        return new((c, h, w), elements, values, double.Parse(fields["largest"], CultureInfo.InvariantCulture));
    }

    public double At(int index) => _values[index];

    public (int Channel, int Row, int Column) Position(int index)
    {
        var (rest, x) = Math.DivRem(Elements[index], Shape.Width);
        var (c, y) = Math.DivRem(rest, Shape.Height);
        return (c, y, x);
    }

    public void CheckLength(string what, int length)
    {
        int needed = Shape.Channels * Shape.Height * Shape.Width;
        if (length != needed)
        {
            throw new Xunit.Sdk.XunitException(
                $"{what}: {length} values, but {Shape.Channels}×{Shape.Height}×{Shape.Width} needs {needed}.");
        }
    }

    /// <summary>The element that is farthest off, and how far.</summary>
    public (int Index, double Error) Worst(double[] actual)
    {
        var worst = (Index: 0, Error: 0.0);
        for (int i = 0; i < _values.Length; i++)
        {
            double error = Math.Abs(actual[Elements[i]] - _values[i]);
            if (!(error <= worst.Error))
            {
                worst = (i, error);
            }
        }

        return worst;
    }

    // Channel by channel: the top row, the bottom row, the left column, the right column.
    private static int BorderElement(int number, int height, int width)
    {
        var (channel, r) = Math.DivRem(number, 2 * (height + width));
        var (row, column) =
            r < width ? (0, r)
            : r < 2 * width ? (height - 1, r - width)
            : r < 2 * width + height ? (r - 2 * width, 0)
            : (r - 2 * width - height, width - 1);
        return (channel * height + row) * width + column;
    }

    private static int[] Integers(string text, char separator) =>
        [.. text.Split(separator).Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
}
