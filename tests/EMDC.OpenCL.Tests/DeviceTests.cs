namespace EMDC.OpenCL.Tests;

/// <summary>Finding OpenCL devices.</summary>
public class DeviceTests
{
    [Fact]
    public void Devices_are_listed_with_what_they_are()
    {
        using var cl = new CLFixture();
        CLDevice device = cl.Context.Device;
        Assert.NotEqual("", device.Name);
        Assert.True(device.Version.CompareTo((1, 2)) >= 0);
        Assert.Null(device.Flaw);
        Assert.InRange(device.MemoryBytes, 1 << 20, long.MaxValue);
        Assert.InRange(device.MaxAllocation, 1 << 20, device.MemoryBytes);
        Assert.InRange(device.LocalMemoryBytes, 1 << 10, int.MaxValue);
        Assert.InRange(device.MaxThreads, 1, int.MaxValue);
        Assert.InRange(device.ComputeUnits, 1, int.MaxValue);
        Assert.Equal($"{device.Name} ({device.VersionText}, driver {device.DriverVersion})", device.ToString());
        Assert.Same(device, CLDevice.All[0]);
    }

    [Fact]
    public void GPUs_come_before_CPUs()
    {
        string[] kinds = [.. CLDevice.All.Select(device => device.Kind)];
        Machine.Needs(kinds.Length > 0, "There is no OpenCL device on this machine.");
        Assert.Equal(kinds.OrderBy(kind => kind == "CPU"), kinds);
    }

    [Fact]
    public void A_library_that_is_not_there_is_no_device() => Assert.Equal(0, CLLibrary.Open(["libOpenCL-not-here.so.9", "/nowhere/OpenCL"]));

    // PoCL and LLVM take away the signals that .NET makes its exceptions of. LLVM's handler is gone after the first, and without
    // it for the others at the same time, so that it takes many threads to see it.
    [Fact]
    public void Divisions_by_zero_are_still_exceptions()
    {
        using var cl = new CLFixture();
        using CLProgram program = cl.Context.Program("NoKernel", "__kernel void NoKernel(__global int* y) { }");
        int zero = program.Name.Length - 8;
        Parallel.For(0, 64, i => Assert.Throws<DivideByZeroException>(() => i / zero));
    }

    [Theory]
    [InlineData("OpenCL 1.2 ", 1, 2)]
    [InlineData("OpenCL 3.0 PoCL HSTR: pthread", 3, 0)]
    [InlineData("OpenCL 1.2", 1, 2)]
    [InlineData("OpenCL C 1.2", 0, 0)]
    [InlineData("OpenCL 1.2.3", 0, 0)]
    [InlineData("OpenCL -1.2", 0, 0)]
    [InlineData("", 0, 0)]
    public void Versions_are_read(string text, int major, int minor) => Assert.Equal((major, minor), CLDevice.ParseVersion(text));

    [Theory]
    [InlineData(-5, "CL_OUT_OF_RESOURCES")]
    [InlineData(-54, "CL_INVALID_WORK_GROUP_SIZE")]
    [InlineData(-4711, "error -4711")]
    public void Errors_have_names(int code, string name) => Assert.Equal(
        $"OpenCL refused a buffer of 12 bytes on Card: {name}.",
        Assert.Throws<OpenCLException>(() => OpenCLException.ThrowIf(code, "Card", "a buffer of 12 bytes")).Message);
}
