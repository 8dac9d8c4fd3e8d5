namespace ILGPU.Runtime.CPU;

/// <summary>Finds the checked device.</summary>
public static class CPUContextExtensions
{
    public static Context.Builder CPU(this Context.Builder builder) => builder.CPU(_ => true);

    public static Context.Builder CPU(this Context.Builder builder, CPUDevice device) => builder.Add([device]);

    public static Context.Builder CPU(this Context.Builder builder, Predicate<CPUDevice> predicate) =>
        builder.Add(CPUDevice.GetDevices(predicate));

    public static Context.Builder DefaultCPU(this Context.Builder builder) => builder.CPU(CPUDevice.Default);

    public static CPUDevice GetCPUDevice(this Context context, int cpuDeviceIndex) => context.GetDevice<CPUDevice>(cpuDeviceIndex);

    public static Context.DeviceCollection<CPUDevice> GetCPUDevices(this Context context) => context.GetDevices<CPUDevice>();

    public static CPUAccelerator CreateCPUAccelerator(this Context context, int cpuDeviceIndex) =>
        context.GetCPUDevice(cpuDeviceIndex).CreateCPUAccelerator(context);
}
