using System.Globalization;

namespace ILGPU.Runtime.OpenCL;

/// <summary>The version of OpenCL that a device has.</summary>
public readonly struct CLDeviceVersion(int major, int minor)
{
    public static readonly CLDeviceVersion CL12 = new(1, 2);

    public int Major { get; } = major;

    public int Minor { get; } = minor;

    /// <summary>Reads <c>OpenCL 1.2 and whatever the vendor adds</c>; where this fails, <paramref name="version"/> is 0.0.</summary>
    public static bool TryParse(string expression, out CLDeviceVersion version)
    {
        version = default;
        string[] words = expression.Split(' ');
        if (words.Length < 2 || words[0] != "OpenCL") return false;
        string[] numbers = words[1].Split('.');
        if (numbers.Length != 2
            || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
            return false;
        version = new CLDeviceVersion(major, minor);
        return true;
    }

    public override string ToString() => $"OpenCL {Major}.{Minor}";

    public static bool operator <(CLDeviceVersion first, CLDeviceVersion second) =>
        (first.Major, first.Minor).CompareTo((second.Major, second.Minor)) < 0;

    public static bool operator >(CLDeviceVersion first, CLDeviceVersion second) => second < first;

    public static bool operator <=(CLDeviceVersion first, CLDeviceVersion second) => !(second < first);

    public static bool operator >=(CLDeviceVersion first, CLDeviceVersion second) => !(first < second);
}
