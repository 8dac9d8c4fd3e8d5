namespace ILGPU.Runtime.OpenCL;

/// <summary>Finds OpenCL devices.</summary>
public static class CLContextExtensions
{
    public static Context.Builder OpenCL(this Context.Builder builder) => builder.OpenCL(_ => true);

    public static Context.Builder OpenCL(this Context.Builder builder, Predicate<CLDevice> predicate) =>
        builder.Add(CLDevice.GetDevices(predicate));

    public static CLDevice GetCLDevice(this Context context, int clDeviceIndex) => context.GetDevice<CLDevice>(clDeviceIndex);

    public static Context.DeviceCollection<CLDevice> GetCLDevices(this Context context) => context.GetDevices<CLDevice>();

    public static CLAccelerator CreateCLAccelerator(this Context context, int clDeviceIndex) =>
        context.GetCLDevice(clDeviceIndex).CreateCLAccelerator(context);
}
