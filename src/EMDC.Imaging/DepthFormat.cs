namespace EMDC.Imaging;

/// <summary>Conventions of well-known sources for the unit of a depth file.</summary>
public enum DepthFormat
{
    /// <summary>KITTI, VOID: integers, metres = value / 256.</summary>
    Kitti,

    /// <summary>NYUv2, Kinect, ARKit apps, ROS 16UC1: integers, millimetres.</summary>
    Nyu,

    /// <summary>TUM RGB-D: integers, metres = value / 5000.</summary>
    Tum,

    /// <summary>RealSense Z16 with its usual unit: integers, millimetres.</summary>
    RealSense,

    /// <summary>MIPI RGB+ToF challenge: floats in metres (EXR or BIN).</summary>
    Mipi,
}
