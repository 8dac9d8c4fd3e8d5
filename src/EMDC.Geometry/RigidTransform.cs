using System.Globalization;

namespace EMDC.Geometry;

/// <summary>
/// From one frame of coordinates to another:
/// <code>
/// q = R·p + t        R a rotation, t in metres
/// </code>
/// </summary>
public sealed class RigidTransform
{
    // Files carry 6 digits and more; what misses by a thousandth is no rotation but something else, columns for rows included.
    private const double Tolerance = 1e-3;

    private readonly double[] _r, _t;

    /// <summary>Takes nine numbers of R, row by row, and three of t.</summary>
    /// <exception cref="ArgumentException">R is no rotation.</exception>
    public RigidTransform(ReadOnlySpan<double> rotation, ReadOnlySpan<double> translation)
    {
        (_r, _t) = (rotation.ToArray(), translation.ToArray());
        for (int i = 0; i < 3; i++)
        {
            for (int j = i; j < 3; j++)
            {
                double dot = _r[3 * i] * _r[3 * j] + _r[3 * i + 1] * _r[3 * j + 1] + _r[3 * i + 2] * _r[3 * j + 2];
                if (!(Math.Abs(dot - (i == j ? 1 : 0)) <= Tolerance))
                {
                    throw new ArgumentException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"the rotation's rows {i + 1} and {j + 1} have the product {dot:G4}, but a rotation needs {(i == j ? 1 : 0)}; it is read row by row"));
                }
            }
        }

        double determinant = _r[0] * (_r[4] * _r[8] - _r[5] * _r[7]) - _r[1] * (_r[3] * _r[8] - _r[5] * _r[6]) + _r[2] * (_r[3] * _r[7] - _r[4] * _r[6]);
        if (determinant < 0)
        {
            throw new ArgumentException("the rotation mirrors (its determinant is −1), but must be 1");
        }
    }

    /// <summary>Both frames are the same.</summary>
    public static RigidTransform Identity { get; } = new([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);

    /// <summary>The length of t: how far the origins are apart.</summary>
    public double Distance => Math.Sqrt(_t[0] * _t[0] + _t[1] * _t[1] + _t[2] * _t[2]);

    /// <summary>A rotation by a unit quaternion (x, y, z, w), as ROS and TUM write it; normalised here.</summary>
    /// <exception cref="ArgumentException">The quaternion's length is not 1 by more than a tenth.</exception>
    public static RigidTransform FromQuaternion(double x, double y, double z, double w, ReadOnlySpan<double> translation)
    {
        double length = Math.Sqrt(x * x + y * y + z * z + w * w);
        if (!(Math.Abs(length - 1) <= 0.1))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the quaternion has the length {length:G4}, but needs 1"));
        }

        (x, y, z, w) = (x / length, y / length, z / length, w / length);
        return new RigidTransform(
            [
                1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
                2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
                2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
            ],
            translation);
    }

    /// <summary>R·p + t.</summary>
    public Point3 Apply(Point3 p) => new(
        _r[0] * p.X + _r[1] * p.Y + _r[2] * p.Z + _t[0],
        _r[3] * p.X + _r[4] * p.Y + _r[5] * p.Z + _t[1],
        _r[6] * p.X + _r[7] * p.Y + _r[8] * p.Z + _t[2]);

    /// <summary>First <paramref name="first"/>, then this.</summary>
    public RigidTransform After(RigidTransform first)
    {
        var product = new double[9];
        for (int i = 0; i < 9; i++)
        {
            (int row, int column) = (i / 3 * 3, i % 3);
            product[i] = _r[row] * first._r[column] + _r[row + 1] * first._r[3 + column] + _r[row + 2] * first._r[6 + column];
        }

        Point3 t = Apply(new Point3(first._t[0], first._t[1], first._t[2]));
        return new RigidTransform(product, [t.X, t.Y, t.Z]);
    }
}
