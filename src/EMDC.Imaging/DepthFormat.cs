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

    /// <summary>SUN RGB-D: 16-bit integers, millimetres whose bits are rotated to the left by three.</summary>
    Sun,

    /// <summary>ARCore, Android's DEPTH16: 13 bits of millimetres and 3 of confidence; depth of no confidence is dropped.</summary>
    ARCore,
}

/// <summary>In which order the bytes of a stored number are.</summary>
public enum ByteOrder
{
    /// <summary>The lowest first.</summary>
    Little,

    /// <summary>The highest first.</summary>
    Big,
}
