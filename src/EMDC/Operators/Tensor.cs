namespace EMDC.Operators;

/// <summary>
/// Channels × Height × Width float32 values on a device. How they lie in memory is the device's business; a
/// <see cref="Slice"/> of channels shares it, which is how this network concatenates without copying.
/// </summary>
public abstract class Tensor(string name, int channels, int height, int width, int reach)
{
    /// <summary>The name that errors and profiles use.</summary>
    public string Name { get; } = name;

    /// <summary>Number of channels C.</summary>
    public int Channels { get; } = channels;

    /// <summary>Number of rows H.</summary>
    public int Height { get; } = height;

    /// <summary>Number of columns W.</summary>
    public int Width { get; } = width;

    /// <summary>How many pixels beyond its edge the widest stencil looks that reads this tensor; all it finds there is 0.</summary>
    public int Reach { get; } = reach;

    /// <summary>Channels <paramref name="first"/> … <paramref name="first"/> + <paramref name="count"/> − 1, sharing the memory.</summary>
    public abstract Tensor Slice(int first, int count);

    /// <summary>C×H×W, as errors print it.</summary>
    public string Shape => $"{Channels}×{Height}×{Width}";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shape}";
}
