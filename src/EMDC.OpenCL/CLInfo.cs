using System.Text;

namespace EMDC.OpenCL;

/// <summary>Asks platforms and devices what they are. What a driver does not answer is 0 or empty.</summary>
internal static unsafe class CLInfo
{
    public static nint[] Platforms()
    {
        uint count = 0;
        if (!CLLibrary.IsPresent || CL.clGetPlatformIDs(0, null, &count) != 0) return [];
        var platforms = new nint[count];
        fixed (nint* first = platforms)
            return count > 0 && CL.clGetPlatformIDs(count, first, null) == 0 ? platforms : [];
    }

    public static nint[] Devices(nint platform)
    {
        uint count = 0;
        if (CL.clGetDeviceIDs(platform, CL.DeviceTypeAll, 0, null, &count) != 0) return [];
        var devices = new nint[count];
        fixed (nint* first = devices)
            return count > 0 && CL.clGetDeviceIDs(platform, CL.DeviceTypeAll, count, first, null) == 0 ? devices : [];
    }

    public static string Text(nint platform, CL.Platform name)
    {
        nuint size = 0;
        if (CL.clGetPlatformInfo(platform, name, 0, null, &size) != 0) return "";
        var text = new byte[size];
        fixed (byte* first = text)
            return CL.clGetPlatformInfo(platform, name, size, first, null) == 0 ? Text(text) : "";
    }

    public static string Text(nint device, CL.Device name)
    {
        nuint size = 0;
        if (CL.clGetDeviceInfo(device, name, 0, null, &size) != 0) return "";
        var text = new byte[size];
        fixed (byte* first = text)
            return CL.clGetDeviceInfo(device, name, size, first, null) == 0 ? Text(text) : "";
    }

    public static T Number<T>(nint device, CL.Device name) where T : unmanaged
    {
        T number = default;
        return CL.clGetDeviceInfo(device, name, (nuint)sizeof(T), &number, null) == 0 ? number : default;
    }

    /// <summary>Characters up to the terminating zero; names of devices come with spaces around them.</summary>
    public static string Text(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]).Trim();
    }
}
