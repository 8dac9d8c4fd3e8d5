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

    /// <summary>
    /// The byte order of raw files (little-endian without it), and of PNG and PGM whose writer did not keep to big-endian.
    /// </summary>
    public ByteOrder? ByteOrder { get; init; }

    /// <summary>What raw files hold, in NumPy's words (u2, f4, …); without it their length decides: 2 bytes a pixel are u2, 4 f4, 8 f8.</summary>
    public string? Type { get; init; }

    /// <summary>The array of an NPZ; without it the only one.</summary>
    public string? Key { get; init; }

    /// <summary>The channel of an EXR; without it one that is called so.</summary>
    public string? Channel { get; init; }

    /// <summary>Depth above this many metres will be dropped; files with much of it are asked about.</summary>
    public float MaxDepth { get; init; } = 20;

    /// <summary>Height and width: a raw file carries none; other files must agree with it.</summary>
    public (int Height, int Width)? Size { get; init; }
}
