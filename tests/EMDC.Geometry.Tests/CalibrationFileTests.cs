namespace EMDC.Geometry.Tests;

public sealed class CalibrationFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("stereo.yml")]
    [InlineData("stereo.xml")]
    public void OpenCV_stereo_calibrations(string name)
    {
        Calibration calibration = CalibrationFile.Read(Goldens.Path(name));
        Same(Goldens.Cameras["rational"], calibration.Depth!);
        Same(Goldens.Cameras["brown5"], calibration.Rgb!);
        Assert.Equal(Math.Sqrt(0.032 * 0.032 + 0.004 * 0.004 + 0.011 * 0.011), calibration.DepthToRgb!.Distance, 1e-12);
        Assert.Contains("M1 and D1 are taken for the depth camera", Assert.Single(calibration.Notes));
    }

    [Theory]
    [InlineData(
        """
        image_width: 640   # pixels
        image_height: 480
        camera_name: rgb
        camera_matrix:
          rows: 3
          cols: 3
          data: [615.3, 0, 330.2, 0,
                 614.1, 241.8, 0, 0, 1]
        distortion_model: plumb_bob
        distortion_coefficients:
          rows: 1
          cols: 5
          data: [-0.28, 0.09, 0.0007, -0.0004, -0.013]
        rectification_matrix:
          rows: 3
          cols: 3
          data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
        projection_matrix:
          rows: 3
          cols: 4
          data: [600, 0, 330, 0, 0, 600, 241, 0, 0, 0, 1, 0]
        """)]
    [InlineData("height: 480\nwidth: 640\ndistortion_model: \"plumb_bob\"\nD: [-0.28, 0.09, 0.0007, -0.0004, -0.013]\nK: [615.3, 0.0, 330.2, 0.0, 614.1, 241.8, 0.0, 0.0, 1.0]\nR: [1, 0, 0, 0, 1, 0, 0, 0, 1]\n")]
    [InlineData("height: 480\nwidth: 640\nd:\n- -0.28\n- 0.09\n- 0.0007\n- -0.0004\n- -0.013\nk:\n- 615.3\n- 0.0\n- 330.2\n- 0.0\n- 614.1\n- 241.8\n- 0.0\n- 0.0\n- 1.0\n")]
    [InlineData("""{ "width": 640, "height": 480, "camera_matrix": [[615.3, 0, 330.2], [0, 614.1, 241.8], [0, 0, 1]], "dist_coeffs": [[-0.28, 0.09, 0.0007, -0.0004, -0.013]] }""")]
    public void One_camera_as_ROS_and_others_write_it(string text)
    {
        Calibration calibration = CalibrationFile.Read(_folder.Write("c", text));
        Same(Goldens.Cameras["brown5"], calibration.Rgb!);
        Assert.Equal((480, 640), calibration.Rgb!.Size);
        Assert.Null(calibration.Depth);
        Assert.Null(calibration.DepthToRgb);
    }

    [Fact]
    public void Our_own_JSON()
    {
        Calibration calibration = CalibrationFile.Read(_folder.Write(
            "c.json",
            """
            {
              "rgb": { "width": 640, "height": 480, "fx": 615.3, "fy": 614.1, "cx": 330.2, "cy": 241.8, "distortion": [-0.28, 0.09, 0.0007, -0.0004, -0.013] },
              "depth": { "fx": 525.0, "fy": 530.0, "cx": 319.5, "cy": 239.5, "distortion": [] },
              // a quarter turn about z
              "depth_to_rgb": { "rotation": [[0, -1, 0], [1, 0, 0], [0, 0, 1]], "translation": [0.1, 0.2, 0.3] },
            }
            """));
        Same(Goldens.Cameras["brown5"], calibration.Rgb!);
        Same(Goldens.Cameras["plain"], calibration.Depth!);
        Assert.Equal(new Point3(-2 + 0.1, 1 + 0.2, 3 + 0.3), calibration.DepthToRgb!.Apply(new Point3(1, 2, 3)));
        Assert.Empty(calibration.Notes);
    }

    [Fact]
    public void KITTI()
    {
        // x forward, y left, z up of the laser become z forward, −y and −z of the camera.
        Calibration calibration = CalibrationFile.Read(_folder.Write(
            "000000.txt",
            "P0: 700 0 600 0 0 700 180 0 0 0 1 0\nP2: 700 0 600 35 0 700 180 7 0 0 1 0.005\nR0_rect: 1 0 0 0 1 0 0 0 1\n" +
            "Tr_velo_to_cam: 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 -0.27\nTr_imu_to_velo: 1 0 0 0 0 1 0 0 0 0 1 0\n"));
        Point3 seen = calibration.DepthToRgb!.Apply(new Point3(10, 2, -1));

        // P2's last column: 35 = fx·s + cx·0.005, so s = (35 − 3)/700; 7 = fy·s + cy·0.005, so s = 6.1/700.
        Assert.Equal(-2 + 0.01 + 32.0 / 700, seen.X, 1e-12);
        Assert.Equal(1 - 0.08 + 6.1 / 700, seen.Y, 1e-12);
        Assert.Equal(10 - 0.27 + 0.005, seen.Z, 1e-12);
        Assert.Equal((700, 600), (calibration.Rgb!.Fx, calibration.Rgb.Cx));
    }

    [Fact]
    public void Transforms_from_numbers()
    {
        Point3 p = new(1, 2, 3);
        Assert.Equal(new Point3(1.5, 2, 3), CalibrationFile.Transform([0.5, 0, 0]).Apply(p));
        double half = Math.Sqrt(0.5);
        foreach (double[] quarter in new double[][] { [5, 6, 7, 0, 0, half, half], [0, -1, 0, 1, 0, 0, 0, 0, 1, 5, 6, 7], [0, -1, 0, 5, 1, 0, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1] })
        {
            Point3 q = CalibrationFile.Transform(quarter).Apply(p);
            Assert.Equal(3, q.X, 1e-12);
            Assert.Equal(7, q.Y, 1e-12);
            Assert.Equal(10, q.Z, 1e-12);
        }
    }

    [Theory]
    [InlineData(new double[] { 1, 2 }, "there are 2 numbers, but a transform needs 3 (x, y, z), 7 (x, y, z, quaternion), 12 (rotation, then x, y, z) or 16 (4×4)")]
    [InlineData(new double[] { 1, 0, 0, 0.1, 0, 1, 0, 0.2, 0, 0, 1, 0.3 }, "the rotation's rows 1 and 2 have the product 0.1, but a rotation needs 0; it is read row by row")]
    [InlineData(new double[] { 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0 }, "the rotation's rows 1 and 1 have the product 4, but a rotation needs 1; it is read row by row")]
    [InlineData(new double[] { 1, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0 }, "the rotation mirrors (its determinant is −1), but must be 1")]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 2 }, "the quaternion has the length 2, but needs 1")]
    [InlineData(new double[] { 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1 }, "the matrix' last row is not 0, 0, 0, 1; it is read row by row")]
    public void Numbers_that_make_no_transform(double[] numbers, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => CalibrationFile.Transform(numbers)).Message);

    [Theory]
    [InlineData("hello: world", "this is no calibration; camera_matrix (or K, fx fy cx cy, M1 M2, P2) of one camera, or of rgb and depth, is needed.")]
    [InlineData("{ \"rgb\": ", "the JSON is damaged at its line 1.")]
    [InlineData("<a><b>1</a>", "the XML is damaged, </a> closes what is not open.")]
    [InlineData("K: [1, two, 3]", "k has 'two', but needs numbers.")]
    [InlineData("K: [1, 2, 3]", "the camera matrix is 1 2 3, but fx 0 cx 0 fy cy 0 0 1 is needed.")]
    [InlineData("K: [500, 0, 3, 0, 500, 2, 0, 0, 1]\ndistortion_model: equidistant", "the distortion model is 'equidistant', but plumb_bob and rational_polynomial (Brown–Conrady) are understood.")]
    [InlineData("R: [1, 0]\nT: [0, 0, 0]", "the rotation has 2 and the translation 3 numbers, but 9 (or a quaternion of 4) and 3 are needed.")]
    public void Files_that_are_no_calibration(string text, string message)
    {
        string path = _folder.Write("c", text);
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => CalibrationFile.Read(path)).Message);
    }

    [Fact]
    public void A_translation_in_millimetres_is_asked_about()
    {
        string path = _folder.Write("c", "R: [1, 0, 0, 0, 1, 0, 0, 0, 1]\nT: [25, 0, 0]\nK: [500, 0, 3, 0, 500, 2, 0, 0, 1]");
        Assert.Equal(
            [$"{path}: the depth sensor stands 25 m from the colour camera; is the translation in millimetres? Metres are needed."],
            CalibrationFile.Read(path).Notes);
    }

    /// <summary>Two cameras that see the same.</summary>
    private static void Same(Camera expected, Camera actual)
    {
        var point = new Point3(0.31, -0.22, 1);
        Assert.Equal(expected.Project(point).U, actual.Project(point).U, 1e-9);
        Assert.Equal(expected.Project(point).V, actual.Project(point).V, 1e-9);
    }
}
