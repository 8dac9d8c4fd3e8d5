namespace EMDC.Geometry;

/// <summary>
/// A pinhole camera with Brown–Conrady distortion, in OpenCV's convention: the centre of the upper left pixel is (0, 0).
/// <code>
/// x = X/Z, y = Y/Z, r² = x² + y²
/// c  = (1 + k1·r² + k2·r⁴ + k3·r⁶) / (1 + k4·r² + k5·r⁴ + k6·r⁶)
/// x' = c·x + 2·p1·x·y + p2·(r² + 2·x²)        u = fx·x' + cx
/// y' = c·y + p1·(r² + 2·y²) + 2·p2·x·y        v = fy·y' + cy
/// </code>
/// </summary>
public sealed class Camera
{
    private readonly double _k1, _k2, _p1, _p2, _k3, _k4, _k5, _k6;

    /// <summary>Takes the focal lengths and the principal point in pixels, and the distortion.</summary>
    /// <param name="fx">Focal length along a row.</param>
    /// <param name="fy">Focal length along a column.</param>
    /// <param name="cx">Column of the principal point.</param>
    /// <param name="cy">Row of the principal point.</param>
    /// <param name="distortion">k1, k2, p1, p2 [, k3 [, k4, k5, k6]]; empty without distortion.</param>
    /// <param name="size">The size in pixels that the numbers are for, where it is known.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Camera(double fx, double fy, double cx, double cy, ReadOnlySpan<double> distortion = default, (int Height, int Width)? size = null)
    {
        if (!(fx > 0) || !(fy > 0) || !double.IsFinite(fx + fy + cx + cy))
        {
            throw new ArgumentException(FormattableString.Invariant($"fx, fy, cx, cy are {fx}, {fy}, {cx}, {cy}, but the focal lengths must be above 0"));
        }

        // OpenCV's further numbers (thin prism, tilt) are of lenses that no depth sensor has; as zeros they are harmless.
        int length = distortion.TrimEnd(0).Length;
        if (length > 8 || distortion.Length is > 0 and < 4)
        {
            throw new ArgumentException($"the distortion has {distortion.Length} numbers, but k1, k2, p1, p2, then k3, then k4, k5, k6 are understood");
        }

        Span<double> k = stackalloc double[8];
        distortion[..length].CopyTo(k);
        foreach (double number in k)
        {
            if (!double.IsFinite(number))
            {
                throw new ArgumentException("the distortion has a number that is not finite");
            }
        }

        (Fx, Fy, Cx, Cy, Size) = (fx, fy, cx, cy, size);
        (_k1, _k2, _p1, _p2, _k3, _k4, _k5, _k6) = (k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]);
        LargestRadius = FindLargestRadius();
    }

    /// <summary>Focal length along a row, pixels.</summary>
    public double Fx { get; }

    /// <summary>Focal length along a column, pixels.</summary>
    public double Fy { get; }

    /// <summary>Column of the principal point.</summary>
    public double Cx { get; }

    /// <summary>Row of the principal point.</summary>
    public double Cy { get; }

    /// <summary>The size in pixels that the numbers are for, where it is known.</summary>
    public (int Height, int Width)? Size { get; }

    /// <summary>k1, k2, p1, p2, k3, k4, k5, k6; what was not given is 0.</summary>
    public double[] Distortion => [_k1, _k2, _p1, _p2, _k3, _k4, _k5, _k6];

    /// <summary>
    /// The r up to which the distorted radius grows. Beyond it the polynomial turns back and would put points that the lens cannot see
    /// into the picture.
    /// </summary>
    public double LargestRadius { get; }

    /// <summary>A camera without distortion from its horizontal and vertical angle of view in degrees.</summary>
    public static Camera FromFieldOfView(int height, int width, double horizontal, double vertical) => new(
        width / 2.0 / Math.Tan(horizontal * Math.PI / 360), height / 2.0 / Math.Tan(vertical * Math.PI / 360),
        (width - 1) / 2.0, (height - 1) / 2.0, size: (height, width));

    /// <summary>The same camera whose picture was brought to another size.</summary>
    /// <exception cref="ArgumentException">That size has another shape, so that it was cropped, too.</exception>
    public Camera ForSize(int height, int width)
    {
        if (Size is not { } size || size == (height, width))
        {
            return this;
        }

        if (!ScaleAlignment.HaveOneShape(size, (height, width)))
        {
            throw new ArgumentException(
                $"the camera is calibrated for {size.Height}×{size.Width}, but the frame is {height}×{width} (height × width), which is another shape");
        }

        double sx = (double)width / size.Width, sy = (double)height / size.Height;
        return new Camera(
            Fx * sx, Fy * sy, (Cx + 0.5) * sx - 0.5, (Cy + 0.5) * sy - 0.5, Distortion, (height, width));
    }

    /// <summary>Where a point is seen; NaN where it is behind the camera or farther out than <see cref="LargestRadius"/>.</summary>
    public (double U, double V) Project(Point3 point)
    {
        double x = point.X / point.Z, y = point.Y / point.Z;
        if (!(point.Z > 0) || !(x * x + y * y <= LargestRadius * LargestRadius))
        {
            return (double.NaN, double.NaN);
        }

        (double dx, double dy) = Distort(x, y);
        return (Fx * dx + Cx, Fy * dy + Cy);
    }

    /// <summary>
    /// The direction (x, y, 1) of a pixel, its distortion undone by iteration: x ← (x' − tangential(x, y)) / c(x, y). NaN where no
    /// direction is seen at the pixel.
    /// </summary>
    public (double X, double Y) Unproject(double u, double v)
    {
        double x0 = (u - Cx) / Fx, y0 = (v - Cy) / Fy, x = x0, y = y0;
        for (int i = 0; i < 200; i++)
        {
            (double dx, double dy) = Distort(x, y);
            double c = Radial(x * x + y * y);
            double nextX = x + (x0 - dx) / c, nextY = y + (y0 - dy) / c;
            double step = Math.Abs(nextX - x) + Math.Abs(nextY - y);
            (x, y) = (nextX, nextY);
            if (step < 1e-12)
            {
                return x * x + y * y <= LargestRadius * LargestRadius ? (x, y) : (double.NaN, double.NaN);
            }
        }

        return (double.NaN, double.NaN);
    }

    private (double X, double Y) Distort(double x, double y)
    {
        double r2 = x * x + y * y, c = Radial(r2);
        return (
            c * x + 2 * _p1 * x * y + _p2 * (r2 + 2 * x * x),
            c * y + _p1 * (r2 + 2 * y * y) + 2 * _p2 * x * y);
    }

    private double Radial(double r2) => (1 + r2 * (_k1 + r2 * (_k2 + r2 * _k3))) / (1 + r2 * (_k4 + r2 * (_k5 + r2 * _k6)));

    private double FindLargestRadius()
    {
        // Steps of a thousandth up to 84° off the axis.
        const double Step = 1e-3, Most = 10;
        double before = 0;
        for (double r = Step; r < Most; r += Step)
        {
            double distorted = r * Radial(r * r);
            if (!(distorted > before))
            {
                return r - Step;
            }

            before = distorted;
        }

        return double.PositiveInfinity;
    }
}
