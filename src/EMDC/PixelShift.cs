namespace EMDC;

/// <summary>Where the colours of a depth pixel are: what the depth map has at (y, x) is at (y + Down, x + Right) of the colour frame.</summary>
/// <param name="Down">Rows.</param>
/// <param name="Right">Columns.</param>
public readonly record struct PixelShift(int Down, int Right)
{
    /// <summary>Registered as it should be.</summary>
    public static PixelShift None => default;
}
