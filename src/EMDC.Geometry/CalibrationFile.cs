using System.Globalization;
using System.Text;
using EMDC.Imaging;

namespace EMDC.Geometry;

/// <summary>
/// Calibrations as they are written by ROS (camera_info, one camera a file), OpenCV (FileStorage: <c>camera_matrix</c> of one camera, or
/// <c>M1 D1 M2 D2 R T</c> of stereoCalibrate), KITTI (<c>P2</c>, <c>R0_rect</c>, <c>Tr_velo_to_cam</c>), and us:
/// <code>
/// { "rgb":   { "width": 640, "height": 480, "fx": 525, "fy": 525, "cx": 319.5, "cy": 239.5, "distortion": [k1, k2, p1, p2, k3] },
///   "depth": { "width": 224, "height": 172, "fx": 210, "fy": 210, "cx": 111.5, "cy": 85.5, "distortion": [] },
///   "depth_to_rgb": { "rotation": [r11, r12, r13, r21, …], "translation": [x, y, z] } }
/// </code>
/// q_rgb = R·p_depth + t, R row by row, t in metres; R may be a quaternion x, y, z, w. A file of one camera gives that camera.
/// </summary>
public static class CalibrationFile
{
    // A depth sensor sits beside its camera; on a car within two metres.
    private const double LargestDistance = 3;

    private static readonly string[] RgbNames = ["rgb_", "color_", "colour_"], DepthNames = ["depth_", "tof_"];
    private static readonly string[] PoseNames = ["depth_to_rgb", "depth_to_color", "extrinsics", "tr_velo_to_cam", "tr_velo_cam"];

    /// <summary>Reads what a file tells. A single camera in it is given as <see cref="Calibration.Rgb"/>.</summary>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no calibration, or its numbers contradict each other.</exception>
    public static Calibration Read(string path)
    {
        NamedValues values = NamedValues.Parse(Encoding.UTF8.GetString(FileBytes.Read(path)), path);
        try
        {
            Calibration calibration = Interpret(values, path);
            return calibration is { Rgb: null, Depth: null, DepthToRgb: null }
                ? throw new InvalidDataException(
                    $"{path}: this is no calibration; camera_matrix (or K, fx fy cx cy, M1 M2, P2) of one camera, or of rgb and depth, is needed.")
                : calibration;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}.", error);
        }
    }

    /// <summary>A camera from numbers: fx, fy, cx, cy [, k1, k2, p1, p2 [, k3 [, k4, k5, k6]]].</summary>
    /// <exception cref="ArgumentException">They are too few, too many or out of range.</exception>
    public static Camera Camera(ReadOnlySpan<double> numbers) => numbers.Length >= 4
        ? new Camera(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4..])
        : throw new ArgumentException($"there are {numbers.Length} numbers, but a camera needs fx, fy, cx, cy and perhaps its distortion");

    /// <summary>
    /// A transform from numbers: x, y, z; or x, y, z and a quaternion qx, qy, qz, qw; or R row by row and x, y, z; or a 4×4 matrix row by row.
    /// </summary>
    /// <exception cref="ArgumentException">They are none of these, or there is no rotation in them.</exception>
    public static RigidTransform Transform(ReadOnlySpan<double> n) => n.Length switch
    {
        3 => new RigidTransform([1, 0, 0, 0, 1, 0, 0, 0, 1], n),
        7 => RigidTransform.FromQuaternion(n[3], n[4], n[5], n[6], n[..3]),
        12 => new RigidTransform(n[..9], n[9..]),
        16 when n[12..].SequenceEqual([0, 0, 0, 1]) => FromRows(n),
        16 => throw new ArgumentException("the matrix' last row is not 0, 0, 0, 1; it is read row by row"),
        _ => throw new ArgumentException(
            $"there are {n.Length} numbers, but a transform needs 3 (x, y, z), 7 (x, y, z, quaternion), 12 (rotation, then x, y, z) or 16 (4×4)"),
    };

    private static RigidTransform FromRows(ReadOnlySpan<double> n) => new([.. n[..3], .. n[4..7], .. n[8..11]], [n[3], n[7], n[11]]);

    private static Calibration Interpret(NamedValues values, string path)
    {
        RigidTransform? pose = Pose(values);
        var notes = new List<string>();
        if (pose?.Distance > LargestDistance)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: the depth sensor stands {pose.Distance:G4} m from the colour camera; is the translation in millimetres? Metres are needed."));
        }

        if (values.Numbers("p2", "p_rect_02") is { Length: 12 } p)
        {
            return Kitti(values, p, pose) with { Notes = notes };
        }

        if (values.Numbers("m1") is { } m1 && values.Numbers("m2") is { } m2)
        {
            notes.Add($"{path}: M1 and D1 are taken for the depth camera, M2 and D2 for the colour camera, R and T from depth to colour, as stereoCalibrate(depth, colour) gives them.");
            return new Calibration(Matrix(m2, values.Numbers("d2"), null), Matrix(m1, values.Numbers("d1"), null), pose) { Notes = notes };
        }

        Camera? rgb = RgbNames.Select(name => Named(values, name)).FirstOrDefault(camera => camera is not null);
        Camera? depth = DepthNames.Select(name => Named(values, name)).FirstOrDefault(camera => camera is not null);
        return new Calibration(rgb ?? (depth is null ? Named(values, "") : null), depth, pose) { Notes = notes };
    }

    private static Camera? Named(NamedValues values, string prefix)
    {
        double[]? One(params string[] names) => values.Numbers([.. names.Select(name => prefix + name)]);
        double[]? distortion = One("distortion", "distortion_coefficients", "dist_coeffs", "d");
        (int, int)? size = One("height", "image_height") is [var height] && One("width", "image_width") is [var width] ? ((int)height, (int)width) : null;
        if (values.Text(prefix + "distortion_model") is { } model && model is not ("plumb_bob" or "rational_polynomial" or "brown_conrady" or "none" or ""))
        {
            throw new ArgumentException($"the distortion model is '{model}', but plumb_bob and rational_polynomial (Brown–Conrady) are understood");
        }

        return One("fx") is [var fx] && One("fy") is [var fy] && One("cx", "ppx") is [var cx] && One("cy", "ppy") is [var cy]
            ? new Camera(fx, fy, cx, cy, distortion, size)
            : One("camera_matrix", "k", "intrinsics", "intrinsic_matrix", "") is { } matrix ? Matrix(matrix, distortion, size) : null;
    }

    private static Camera Matrix(double[] k, double[]? distortion, (int, int)? size) => k switch
    {
        { Length: 4 } => new Camera(k[0], k[1], k[2], k[3], distortion, size),
        [var fx, 0, var cx, 0, var fy, var cy, 0, 0, 1] => new Camera(fx, fy, cx, cy, distortion, size),
        _ => throw new ArgumentException($"the camera matrix is {string.Join(' ', k)}, but fx 0 cx 0 fy cy 0 0 1 is needed"),
    };

    private static RigidTransform? Pose(NamedValues values)
    {
        foreach (string name in PoseNames)
        {
            if (values.Numbers(name) is { } numbers)
            {
                // KITTI's are 3×4 row by row.
                return name.StartsWith("tr_", StringComparison.Ordinal) && numbers.Length == 12 ? FromRows(numbers) : Transform(numbers);
            }

            if (values.Numbers($"{name}_rotation", $"{name}_r") is { } rotation && values.Numbers($"{name}_translation", $"{name}_t") is { } translation)
            {
                return From(rotation, translation);
            }
        }

        return values.Numbers("r", "rotation") is { } r && values.Numbers("t", "translation") is { } t ? From(r, t) : null;

        static RigidTransform From(double[] rotation, double[] translation) => (rotation.Length, translation.Length) switch
        {
            (9, 3) => new RigidTransform(rotation, translation),
            (4, 3) => RigidTransform.FromQuaternion(rotation[0], rotation[1], rotation[2], rotation[3], translation),
            _ => throw new ArgumentException(
                $"the rotation has {rotation.Length} and the translation {translation.Length} numbers, but 9 (or a quaternion of 4) and 3 are needed"),
        };
    }

    /// <summary>P2 = K·[I | s] of the left colour camera; x = R0·Tr·X + s.</summary>
    private static Calibration Kitti(NamedValues values, double[] p, RigidTransform? velodyne)
    {
        var rgb = new Camera(p[0], p[5], p[2], p[6]);
        var shift = new RigidTransform(
            [1, 0, 0, 0, 1, 0, 0, 0, 1], [(p[3] - p[2] * p[11]) / p[0], (p[7] - p[6] * p[11]) / p[5], p[11]]);
        RigidTransform rectified = values.Numbers("r0_rect", "r_rect", "r_rect_00") is { Length: 9 } r ? new RigidTransform(r, [0, 0, 0]) : RigidTransform.Identity;
        return new Calibration(rgb, null, velodyne is null ? null : shift.After(rectified.After(velodyne)));
    }
}
