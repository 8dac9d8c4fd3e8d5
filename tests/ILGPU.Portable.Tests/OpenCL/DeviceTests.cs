using ILGPU.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace ILGPU.Tests.OpenCL;

/// <summary>Finding OpenCL devices.</summary>
public class DeviceTests
{
    [Fact]
    public void Devices_are_listed_with_what_they_are()
    {
        using var cl = new CLFixture();
        var device = cl.Accelerator.Device;
        Assert.NotEqual("", device.Name);
        Assert.NotEqual("", device.PlatformName);
        Assert.Equal(AcceleratorType.OpenCL, device.AcceleratorType);
        Assert.True(device.DeviceVersion >= CLDeviceVersion.CL12);
        Assert.Null(device.Flaw);
        Assert.InRange(device.MemorySize, 1 << 20, long.MaxValue);
        Assert.InRange(device.MaxAllocation, 1 << 20, device.MemorySize);
        Assert.InRange(device.MaxSharedMemoryPerGroup, 1 << 10, int.MaxValue);
        Assert.InRange(device.MaxNumThreadsPerGroup, 1, device.MaxGroupSize.X);
        Assert.InRange(device.NumMultiprocessors, 1, int.MaxValue);
        Assert.InRange(device.WarpSize, 1, device.MaxNumThreadsPerGroup);
        Assert.Equal($"{device.Name} ({device.VersionText}, driver {device.DriverVersion})", device.ToString());
        Assert.Same(device, cl.Accelerator.Context.GetCLDevice(0));
        Assert.True(device.HasExtension(device.Extensions[0]));
        Assert.False(device.HasExtension("cl_khr_nothing"));
    }

    [Fact]
    public void GPUs_come_before_CPUs()
    {
        using var context = Context.Create(builder => builder.OpenCL());
        var types = new List<CLDeviceType>();
        foreach (var device in context.GetCLDevices()) types.Add(device.DeviceType);
        Assert.SkipWhen(types.Count == 0, "There is no OpenCL device on this machine.");
        Assert.Equal(types.OrderBy(type => type.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU)), types);
    }

    [Fact]
    public void A_library_that_is_not_there_is_no_device() => Assert.Equal(0, CLLibrary.Open(["libOpenCL-not-here.so.9", "/nowhere/OpenCL"]));

    // PoCL and LLVM take away the signals that .NET makes its exceptions of. LLVM's handler is gone after the first, and without
    // it for the others at the same time, so that it takes many threads to see it.
    [Fact]
    public void Divisions_by_zero_are_still_exceptions()
    {
        using var cl = new CLFixture { Sources = { ["NoKernel"] = "__kernel void NoKernel(__global int* y, int at, int length) {{ }}" } };
        cl.Accelerator.LoadStreamKernel<ArrayView<int>>(NoKernel);
        Parallel.For(0, 64, i => Assert.Throws<DivideByZeroException>(() => i / cl.SharedBytes));
    }

    private static void NoKernel(ArrayView<int> y) => throw new NotSupportedException();

    [Theory]
    [InlineData("OpenCL 1.2 ", 1, 2)]
    [InlineData("OpenCL 3.0 PoCL HSTR: pthread", 3, 0)]
    [InlineData("OpenCL 1.2", 1, 2)]
    [InlineData("OpenCL C 1.2", 0, 0)]
    [InlineData("OpenCL 1.2.3", 0, 0)]
    [InlineData("OpenCL -1.2", 0, 0)]
    [InlineData("", 0, 0)]
    public void Versions_are_read_and_compared(string text, int major, int minor)
    {
        Assert.Equal(major > 0, CLDeviceVersion.TryParse(text, out var version));
        Assert.Equal((major, minor), (version.Major, version.Minor));
        Assert.Equal(major > 0, version >= CLDeviceVersion.CL12);
        Assert.Equal(major == 0, version < CLDeviceVersion.CL12);
        Assert.Equal(major > 1, version > CLDeviceVersion.CL12);
        Assert.Equal(major < 3, version <= CLDeviceVersion.CL12);
    }

    [Theory]
    [InlineData(-5, "CL_OUT_OF_RESOURCES")]
    [InlineData(-54, "CL_INVALID_WORK_GROUP_SIZE")]
    [InlineData(-4711, "error -4711")]
    public void Errors_have_names(int code, string name) => Assert.Equal(
        $"OpenCL refused a buffer of 12 bytes on Card: {name}.",
        Assert.Throws<CLFault>(() => CLFault.ThrowIf(code, "Card", "a buffer of 12 bytes")).Message);
}
