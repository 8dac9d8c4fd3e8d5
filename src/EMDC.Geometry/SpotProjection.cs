using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// Measurements of a depth sensor into the colour frame: undistorted, moved, projected with the colour camera's distortion, rounded to a
/// pixel; the depth is the colour camera's z.
/// <para>
/// The two see from different places, so behind the edge of a near thing the colour camera does not see what the sensor saw. A spot F is
/// dropped where a nearer spot N (by more than 5 %) hides it:
/// <code>
/// |F − N|∞ in the colour frame  &lt;  min(half of N's spacing, half of |F − N|∞ as the sensor saw them)
/// </code>
/// So a surface is taken to reach half way to the next spot of it, and never past half way to a spot that the sensor saw beside it: where
/// both see from one place, nothing is ever dropped. N's spacing is the smallest window's half side that holds three more spots that are
/// not farther than N. What the sensor saw is measured as the colour camera would have seen it from the sensor's place, f·x/z and f·y/z in
/// its own axes, however the sensor is turned.
/// </para>
/// </summary>
public static class SpotProjection
{
    private const double Nearer = 0.95;

    // Windows grow no farther; spots that are sparser than this hide nothing more.
    private const int LargestSpacing = 48;

    /// <summary>Projects the pixels of a depth map.</summary>
    /// <param name="depth">z-depths of the depth camera.</param>
    /// <param name="camera">The depth camera.</param>
    /// <param name="toRgb">From its frame to the colour camera's.</param>
    /// <param name="rgb">The colour camera.</param>
    /// <param name="height">Rows of the colour frame.</param>
    /// <param name="width">Columns of the colour frame.</param>
    public static ProjectedSpots Project(DepthMap depth, Camera camera, RigidTransform toRgb, Camera rgb, int height, int width) =>
        Project(Points(depth, camera), toRgb, rgb, height, width);

    /// <summary>The points that a depth camera measured, in its own frame; pixels that no direction leads to are left out.</summary>
    public static IEnumerable<Point3> Points(DepthMap depth, Camera camera)
    {
        for (int i = 0; i < depth.Metres.Length; i++)
        {
            if (depth.Metres[i] is > 0 and var z)
            {
                (double x, double y) = camera.Unproject(i % depth.Width, i / depth.Width);
                if (double.IsFinite(x + y))
                {
                    yield return new Point3(x * z, y * z, z);
                }
            }
        }
    }

    /// <summary>Projects points of the sensor's frame.</summary>
    public static ProjectedSpots Project(IEnumerable<Point3> points, RigidTransform toRgb, Camera rgb, int height, int width)
    {
        var nearest = new Spot?[height * width];
        Point3 sensor = toRgb.Apply(default);
        int count = 0, outside = 0, hidden = 0;
        foreach (Point3 point in points)
        {
            count++;
            Point3 seen = toRgb.Apply(point);
            (double u, double v) = rgb.Project(seen);
            if (!(u >= -0.5 && u < width - 0.5 && v >= -0.5 && v < height - 0.5))
            {
                outside++;
                continue;
            }

            int at = (int)Math.Floor(v + 0.5) * width + (int)Math.Floor(u + 0.5);
            if (nearest[at] is { } other)
            {
                hidden++;
                if (other.Z <= seen.Z)
                {
                    continue;
                }
            }

            // Of what lies beside or behind the sensor in these axes nothing can be said: NaN, which hides nothing.
            double forward = seen.Z - sensor.Z, focal = forward > 0 ? Math.Max(rgb.Fx, rgb.Fy) / forward : double.NaN;
            nearest[at] = new Spot(u, v, seen.Z, focal * (seen.X - sensor.X), focal * (seen.Y - sensor.Y));
        }

        var metres = new float[height * width];
        for (int i = 0; i < metres.Length; i++)
        {
            metres[i] = nearest[i] is { } spot ? (float)spot.Z : 0;
        }

        for (int i = 0; i < nearest.Length; i++)
        {
            if (nearest[i] is { } spot)
            {
                hidden += Hide(spot, i / width, i % width);
            }
        }

        return new ProjectedSpots(new DepthMap(width, height, metres), count, outside, hidden);

        int Hide(Spot near, int row, int column)
        {
            double reach = Spacing(near, row, column) / 2.0;
            int window = (int)Math.Ceiling(reach + 1), dropped = 0;
            for (int y = Math.Max(0, row - window); y <= Math.Min(height - 1, row + window); y++)
            {
                for (int x = Math.Max(0, column - window); x <= Math.Min(width - 1, column + window); x++)
                {
                    int at = y * width + x;
                    if (metres[at] > 0 && nearest[at] is { } far && near.Z < Nearer * far.Z)
                    {
                        double apart = Math.Max(Math.Abs(far.U - near.U), Math.Abs(far.V - near.V));
                        double seenApart = Math.Max(Math.Abs(far.SensorU - near.SensorU), Math.Abs(far.SensorV - near.SensorV));
                        if (apart < reach && apart < 0.5 * seenApart)
                        {
                            metres[at] = 0;
                            dropped++;
                        }
                    }
                }
            }

            return dropped;
        }

        int Spacing(Spot near, int row, int column)
        {
            int found = 0;
            double farthest = near.Z / Nearer;
            for (int k = 1; k <= LargestSpacing; k++)
            {
                for (int d = -k; d <= k; d++)
                {
                    Count(row - k, column + d);
                    Count(row + k, column + d);
                    if (d > -k && d < k)
                    {
                        Count(row + d, column - k);
                        Count(row + d, column + k);
                    }
                }

                if (found >= 3)
                {
                    return k;
                }
            }

            return LargestSpacing;

            void Count(int y, int x)
            {
                if (y >= 0 && y < height && x >= 0 && x < width && nearest[y * width + x] is { } spot && spot.Z <= farthest)
                {
                    found++;
                }
            }
        }
    }

    /// <param name="U">Column in the colour frame, not rounded.</param>
    /// <param name="V">Row.</param>
    /// <param name="Z">Depth for the colour camera.</param>
    /// <param name="SensorU">Column at which the colour camera would see it from the sensor's place, but for the principal point.</param>
    /// <param name="SensorV">Row.</param>
    private readonly record struct Spot(double U, double V, double Z, double SensorU, double SensorV);
}

/// <summary>Spots in a colour frame, and what became of the others.</summary>
/// <param name="Map">The spots.</param>
/// <param name="Count">Measurements that there were.</param>
/// <param name="Outside">Those that the colour camera does not see because they lie outside of its picture.</param>
/// <param name="Hidden">Those that nearer ones hide.</param>
public sealed record ProjectedSpots(DepthMap Map, int Count, int Outside, int Hidden);
