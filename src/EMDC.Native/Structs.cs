using System.Runtime.InteropServices;

namespace EMDC.Native;

// The structs of emdc.h, field for field. `Size` is what the caller's header says they have.

/// <summary><c>emdc_status</c>.</summary>
internal enum Status
{
    Ok = 0,
    BadCall = 1,
    Failed = 2,
    NothingMeasured = 3,
    Busy = 4,
    Internal = 5,
}

/// <summary><c>emdc_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Options
{
    public uint Size;
    public int Threads;
    public byte* Device;
    public float MaxDepth;
    public int KeepMeasured;
    public int Raw;
    public float Scale;
    public int Registered;
    public int ShiftDown;
    public int ShiftRight;
    public int Reserved;
}

/// <summary><c>emdc_frame</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFrame
{
    public uint Size;
    public int Width;
    public int Height;
    public int RgbFormat;
    public byte* Rgb;
    public nint RgbStride;
    public byte* Depth;
    public nint DepthStride;
    public int DepthFormat;
    public float DepthUnit;
}

/// <summary><c>emdc_maps</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMaps
{
    public uint Size;
    public uint Reserved;
    public nint Stride;
    public float* Dense;
    public float* Global;
    public float* Local;
    public float* Confidence;
    public float* Uncertainty;
}

/// <summary><c>emdc_result</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    public uint Size;
    public int Measured;
    public int Used;
    public int Bounded;
    public int Width;
    public int Height;
    public int ShiftDown;
    public int ShiftRight;

    /// <summary>What the first version had, and every caller has.</summary>
    public const int LeastSize = 24;
}
