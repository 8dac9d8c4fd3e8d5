using System.Globalization;

namespace EMDC.Geometry.Tests;

/// <summary>OpenCV's numbers (fixtures/make.py) and the cameras that they are for.</summary>
internal static class Goldens
{
    public static readonly Dictionary<string, Camera> Cameras = new()
    {
        ["plain"] = new Camera(525.0, 530.0, 319.5, 239.5),
        ["brown4"] = new Camera(504.2, 504.6, 321.7, 331.9, [0.12, -0.31, 0.002, -0.001]),
        ["brown5"] = new Camera(615.3, 614.1, 330.2, 241.8, [-0.28, 0.09, 0.0007, -0.0004, -0.013]),
        ["rational"] = new Camera(252.4, 252.5, 164.1, 168.7, [3.91, 2.19, 4e-5, -1.1e-4, 0.085, 4.25, 3.59, 0.55]),
    };

    /// <summary>What cv2.Rodrigues makes of (0.03, −0.12, 0.05), as stereo.yml has it.</summary>
    public static RigidTransform Transform => CalibrationFile.Read(Path("stereo.yml")).DepthToRgb!;

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    /// <summary>A line a case: the camera's name and numbers.</summary>
    public static IEnumerable<(string Camera, double[] Numbers)> Lines(string name) => File.ReadLines(Path(name)).Skip(1).Select(line =>
    {
        string[] words = line.Split(',');
        return (words[0], words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());
    });
}
