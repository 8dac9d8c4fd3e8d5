using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// A coloured cloud of a dense depth map, in metres in the colour camera's frame.
/// <para>
/// A pixel flies where it hangs between two surfaces: along a row, a column or a diagonal, at a distance of one pixel or two, the inverse depths
/// w = 1/z on both sides differ from its own by more than 3 % in opposite directions, and neither side leads to it:
/// <code>
/// |2·w(p ± s) − w(p ± 2s) − w(p)|  &gt;  3 % of w(p)      on both sides
/// </code>
/// On a plane, however slanted, w is linear along a line of pixels, so a plane loses nothing.
/// </para>
/// </summary>
/// <param name="Positions">x, y, z of each point.</param>
/// <param name="Colours">Red, green, blue of each point.</param>
public sealed record PointCloud(float[] Positions, byte[] Colours)
{
    private const float Tolerance = 0.03f;

    /// <summary>Points in it.</summary>
    public int Count => Colours.Length / 3;

    /// <summary>The cloud of all pixels that have a depth and do not fly.</summary>
    /// <param name="metres">Height×width z-depths.</param>
    /// <param name="rgb">Their colours.</param>
    /// <param name="camera">The colour camera.</param>
    public static PointCloud Of(ReadOnlySpan<float> metres, RgbImage rgb, Camera camera)
    {
        var positions = new List<float>(3 * metres.Length);
        var colours = new List<byte>(3 * metres.Length);
        for (int i = 0; i < metres.Length; i++)
        {
            (int x, int y) = (i % rgb.Width, i / rgb.Width);
            float z = metres[i];
            (double dx, double dy) = camera.Unproject(x, y);
            if (z > 0 && float.IsFinite(z) && double.IsFinite(dx + dy) && !Flies(metres, rgb.Width, rgb.Height, x, y))
            {
                positions.AddRange([(float)(dx * z), (float)(dy * z), z]);
                colours.AddRange(rgb.Pixels.AsSpan(3 * i, 3));
            }
        }

        return new PointCloud([.. positions], [.. colours]);
    }

    /// <summary>Whether a pixel hangs between two surfaces.</summary>
    public static bool Flies(ReadOnlySpan<float> metres, int width, int height, int x, int y)
    {
        float w = 1 / metres[y * width + x];
        for (int step = 1; step <= 2; step++)
        {
            foreach ((int dx, int dy) in ((int, int)[])[(step, 0), (0, step), (step, step), (step, -step)])
            {
                float before = Inverse(metres, x - dx, y - dy), after = Inverse(metres, x + dx, y + dy);

                // Comparisons with NaN, beyond the border, are false.
                if ((before - w) * (after - w) < 0 && MathF.Abs(before - w) > Tolerance * w && MathF.Abs(after - w) > Tolerance * w
                    && MathF.Abs(2 * before - Inverse(metres, x - 2 * dx, y - 2 * dy) - w) > Tolerance * w
                    && MathF.Abs(2 * after - Inverse(metres, x + 2 * dx, y + 2 * dy) - w) > Tolerance * w)
                {
                    return true;
                }
            }
        }

        return false;

        float Inverse(ReadOnlySpan<float> map, int column, int row) =>
            column >= 0 && column < width && row >= 0 && row < height && map[row * width + column] is > 0 and var z ? 1 / z : float.NaN;
    }
}
