namespace EMDC.Imaging;

/// <summary>What a depth file does not tell about itself. <see cref="Scale"/> and <see cref="Format"/> exclude each other.</summary>
public sealed record DepthReadOptions
{
    /// <summary>
    /// Metres per unit of the file. Without it floats are metres and integers take <see cref="DepthFile.DefaultScale"/>.
    /// </summary>
    public float? Scale { get; init; }

    /// <summary>The convention of the source, which implies the scale.</summary>
    public DepthFormat? Format { get; init; }

    /// <summary>Height and width: a BIN file carries none; other files must agree with it.</summary>
    public (int Height, int Width)? Size { get; init; }
}
