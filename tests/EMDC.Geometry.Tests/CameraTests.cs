namespace EMDC.Geometry.Tests;

public sealed class CameraTests
{
    // Double precision, 600 pixels, and a rational of two polynomials: a billionth of a pixel is already generous.
    private const double Pixels = 1e-9;

    [Fact]
    public void Points_are_projected_where_OpenCV_projects_them()
    {
        int count = 0;
        foreach (var (name, n) in Goldens.Lines("projection.csv"))
        {
            Point3 seen = Goldens.Transform.Apply(new Point3(n[0], n[1], n[2]));
            (double u, double v) = Goldens.Cameras[name].Project(seen);
            Assert.Equal(n[5], seen.Z, 1e-12);
            Assert.Equal(n[3], u, Pixels);
            Assert.Equal(n[4], v, Pixels);
            count++;
        }

        Assert.Equal(4 * 24, count);
    }

    [Fact]
    public void Distortion_is_undone_as_OpenCV_undoes_it()
    {
        foreach (var (name, n) in Goldens.Lines("unprojection.csv"))
        {
            (double x, double y) = Goldens.Cameras[name].Unproject(n[0], n[1]);
            Assert.Equal(n[2], x, 1e-10);
            Assert.Equal(n[3], y, 1e-10);
        }
    }

    [Fact]
    public void A_hand_computed_point()
    {
        // (0.2, −0.1, 2): x = 0.1, y = −0.05, r² = 0.0125; c = 1 + 0.1·0.0125 = 1.00125.
        // x' = 0.100125 + 2·0.01·0.1·(−0.05) + 0.02·(0.0125 + 2·0.01) = 0.100675
        // y' = −0.0500625 + 0.01·(0.0125 + 2·0.0025) + 2·0.02·0.1·(−0.05) = −0.0500875
        var camera = new Camera(500, 400, 320, 240, [0.1, 0, 0.01, 0.02]);
        (double u, double v) = camera.Project(new Point3(0.2, -0.1, 2));
        Assert.Equal(320 + 500 * 0.100675, u, 1e-10);
        Assert.Equal(240 - 400 * 0.0500875, v, 1e-10);
    }

    [Fact]
    public void What_the_lens_cannot_see_is_not_projected()
    {
        // r·(1 − 0.28·r²) turns back at r = 1/√(3·0.28) = 1.091; at r = 3 the polynomial would give −4.56.
        var camera = new Camera(500, 500, 320, 240, [-0.28, 0, 0, 0]);
        Assert.InRange(camera.LargestRadius, 1.089, 1.092);
        Assert.True(double.IsNaN(camera.Project(new Point3(3, 0, 1)).U));
        Assert.True(double.IsNaN(camera.Project(new Point3(0, 0, -1)).U));
        Assert.True(double.IsNaN(camera.Project(new Point3(0, 0, 0)).U));
        Assert.False(double.IsNaN(camera.Project(new Point3(1, 0, 1)).U));

        // 320 + 500·0.75 lies farther out than the lens ever puts anything (0.727).
        Assert.True(double.IsNaN(camera.Unproject(320 + 500 * 0.75, 240).X));
    }

    [Fact]
    public void Another_size_keeps_what_is_seen_at_the_corners()
    {
        Camera large = new(600, 610, 319.2, 238.7, [0.1, -0.2, 0.001, 0.002], (480, 640)), small = large.ForSize(120, 160);
        (double u, double v) = large.Project(new Point3(0.3, -0.2, 1.1));
        (double halfU, double halfV) = small.Project(new Point3(0.3, -0.2, 1.1));
        Assert.Equal((u + 0.5) / 4, halfU + 0.5, 1e-12);
        Assert.Equal((v + 0.5) / 4, halfV + 0.5, 1e-12);
        Assert.Equal(
            "the camera is calibrated for 480×640, but the frame is 480×480 (height × width), which is another shape",
            Assert.Throws<ArgumentException>(() => large.ForSize(480, 480)).Message);
    }

    [Fact]
    public void An_angle_of_view_reaches_from_edge_to_edge()
    {
        Camera camera = Camera.FromFieldOfView(8, 8, 45, 45);
        Assert.Equal(Math.Tan(22.5 * Math.PI / 180), camera.Unproject(7.5, 0).X, 1e-12);
        Assert.Equal(-Math.Tan(22.5 * Math.PI / 180), camera.Unproject(0, -0.5).Y, 1e-12);
    }

    [Theory]
    [InlineData(new double[] { 0, 1, 0, 0 }, "fx, fy, cx, cy are 0, 1, 0, 0, but the focal lengths must be above 0")]
    [InlineData(new double[] { 1, 1, 0 }, "there are 3 numbers, but a camera needs fx, fy, cx, cy and perhaps its distortion")]
    [InlineData(new double[] { 1, 1, 0, 0, 0.1 }, "the distortion has 1 numbers, but k1, k2, p1, p2, then k3, then k4, k5, k6 are understood")]
    [InlineData(new double[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 }, "the distortion has 9 numbers, but k1, k2, p1, p2, then k3, then k4, k5, k6 are understood")]
    public void Numbers_that_make_no_camera(double[] numbers, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => CalibrationFile.Camera(numbers)).Message);
}
