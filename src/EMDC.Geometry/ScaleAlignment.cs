using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// Depth and colour of the same field of view at different sizes: pixel centres go to pixel centres,
/// <code>
/// X = (x + ½)·W/w − ½,  rounded        (w the depth map's width, W the frame's; y alike)
/// </code>
/// so that no depth is mixed with another. Of several depths for one pixel the one nearest to its centre is taken.
/// </summary>
public static class ScaleAlignment
{
    /// <summary>Sides of half a pixel more or less, and 2 % for crops that nobody sees.</summary>
    public static bool HaveOneShape((int Height, int Width) a, (int Height, int Width) b)
    {
        double ab = (double)a.Height * b.Width, ba = (double)a.Width * b.Height;
        double rounding = 0.5 * (a.Height + (double)a.Width + b.Height + b.Width) / Math.Min(ab, ba);
        return Math.Abs(ab - ba) <= Math.Max(0.02, rounding) * Math.Max(ab, ba);
    }

    /// <summary>The depth map's values on the pixels of a frame of height × width.</summary>
    /// <exception cref="InvalidDataException">The shapes differ, so the fields of view do.</exception>
    public static DepthMap Apply(string name, DepthMap depth, int height, int width)
    {
        if (!HaveOneShape((depth.Height, depth.Width), (height, width)))
        {
            throw new InvalidDataException(
                $"{name}: the depth map is {depth.Height}×{depth.Width}, but the colour frame is {height}×{width} (height × width), which is another shape and so another field of view; --calibration projects one into the other.");
        }

        var metres = new float[height * width];
        var distances = new double[metres.Length];
        Array.Fill(distances, double.PositiveInfinity);
        double sx = (double)width / depth.Width, sy = (double)height / depth.Height;
        for (int y = 0, i = 0; y < depth.Height; y++)
        {
            for (int x = 0; x < depth.Width; x++, i++)
            {
                if (depth.Metres[i] > 0)
                {
                    double u = (x + 0.5) * sx - 0.5, v = (y + 0.5) * sy - 0.5;
                    int column = Math.Clamp((int)Math.Round(u), 0, width - 1), row = Math.Clamp((int)Math.Round(v), 0, height - 1);
                    double distance = (u - column) * (u - column) + (v - row) * (v - row);
                    int at = row * width + column;
                    if (distance < distances[at])
                    {
                        (metres[at], distances[at]) = (depth.Metres[i], distance);
                    }
                }
            }
        }

        return depth with { Width = width, Height = height, Metres = metres };
    }
}
