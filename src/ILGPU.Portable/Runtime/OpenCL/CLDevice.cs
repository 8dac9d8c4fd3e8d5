namespace ILGPU.Runtime.OpenCL;

/// <summary>A device reached through OpenCL. None can be reached yet, so there are no instances.</summary>
public abstract class CLDevice : Device
{
    private CLDevice() { }
}

/// <summary>Finds OpenCL devices.</summary>
public static class CLContextExtensions
{
    public static Context.Builder OpenCL(this Context.Builder builder) => builder;

    public static Context.Builder OpenCL(this Context.Builder builder, Predicate<CLDevice> predicate) => builder;

    public static CLDevice GetCLDevice(this Context context, int clDeviceIndex) => context.GetDevice<CLDevice>(clDeviceIndex);

    public static Context.DeviceCollection<CLDevice> GetCLDevices(this Context context) => context.GetDevices<CLDevice>();
}
