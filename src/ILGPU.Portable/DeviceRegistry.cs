using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace ILGPU;

/// <summary>Every device this assembly knows how to reach: the one place where a kind of device is added.</summary>
internal static class DeviceRegistry
{
    public static IEnumerable<Device> All() => [CPUDevice.Default, .. CLDevice.GetDevices(_ => true)];
}
