using EMDC.Diagnostics;

namespace EMDC.Cli.Tests;

public sealed class DevicesTests
{
    [Fact]
    public void Devices_widths_threads_and_runtime_are_listed()
    {
        Outcome outcome = Command.Run("devices");
        Assert.Equal(0, outcome.Code);
        string[] lines = outcome.Out.TrimEnd().Split(Environment.NewLine);
        Assert.Equal($"cpu       {Devices.WidestSimd}, {Environment.ProcessorCount} processors", lines[0]);
        Assert.Equal(["  --simd 512", "  --simd 256", "  --simd 128", "  --simd scalar"], lines[1..5].Select(line => line[..15].TrimEnd()));
        Assert.Single(lines, line => line.EndsWith("in hardware, taken", StringComparison.Ordinal));
        Assert.Equal(
            Devices.Present(Providers.All).Skip(1).Select(device => $"{device.Name,-10}{device.Description}"),
            lines[5..^2].Where(line => !line.Contains(" none: ", StringComparison.Ordinal)));
        Assert.Equal($"threads   {Environment.ProcessorCount} (processors this process may use)", lines[^2]);
        Assert.StartsWith($"runtime   .NET {Environment.Version}, ", lines[^1]);
    }

    [Fact]
    public void Kinds_of_device_that_are_not_here_say_why()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loader of OpenCL's drivers that hides them is Linux's.");
        Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version"), "This machine has NVIDIA's driver.");
        Outcome outcome = Command.Finish(Command.Start("bash", ["-c", $"OCL_ICD_VENDORS=/nonexistent exec {Command.Shell} devices"]));
        outcome.Succeeds();
        string[] lines = outcome.Out.Split(Environment.NewLine);
        Assert.Equal(
            [
                "ilgpu-cpu ILGPU's CPU accelerator: it simulates a GPU to check kernels, and is not fast",
                "cuda      none: there is no NVIDIA driver here (libcuda.so.1)",
                "opencl    none: no driver of an OpenCL device is installed here",
            ],
            lines[5..8]);
    }

    [Fact]
    public void OpenCL_devices_are_listed_with_type_version_and_memory()
    {
        DeviceInfo[] devices = [.. Devices.Present(Providers.All).Where(device => device.Name.StartsWith("opencl:", StringComparison.Ordinal))];
        Machine.Needs(devices.Length > 0, "There is no OpenCL device on this machine.");
        Assert.Equal(Enumerable.Range(0, devices.Length).Select(i => $"opencl:{i}"), devices.Select(device => device.Name));
        string[] lines = Command.Run("devices").Out.Split(Environment.NewLine);
        Assert.All(devices, device =>
        {
            Assert.Matches(@"\A.+, (GPU|CPU|accelerator), OpenCL \d\.\d, driver .+, \d+ compute units, \d+ MiB\z", device.Description);
            Assert.Contains($"{device.Name,-10}{device.Description}", lines);
        });
        Assert.DoesNotContain(lines, line => line.StartsWith("opencl    none", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_processor_has_and_the_process_does_not_use_is_a_warning()
    {
        string[] native512 = ["The processor has AVX-512, but this native program was built without it (-p:IlcInstructionSet=native builds for the machine at hand)."];
        string[] native256 = ["The processor has AVX2, but this native program was built without it (-p:IlcInstructionSet=native builds for the machine at hand)."];
        string[] jit512 = ["The processor has AVX-512, but the runtime leaves it out (a DOTNET_Enable… variable, or it judges the processor slow at it)."];
        Assert.Equal(native512, SimdCheck.Warnings(hasAvx2: true, hasAvx512: true, uses256: true, uses512: false, isNative: true));
        Assert.Equal(native256, SimdCheck.Warnings(hasAvx2: true, hasAvx512: true, uses256: false, uses512: false, isNative: true));
        Assert.Equal(jit512, SimdCheck.Warnings(hasAvx2: true, hasAvx512: true, uses256: true, uses512: false, isNative: false));
        Assert.Empty(SimdCheck.Warnings(hasAvx2: true, hasAvx512: false, uses256: true, uses512: false, isNative: true));
        Assert.Empty(SimdCheck.Warnings(hasAvx2: true, hasAvx512: true, uses256: true, uses512: true, isNative: false));
    }

    [Fact]
    public void The_ceiling_is_measured_for_each_width_that_runs_here()
    {
        foreach (var (option, _, isSupported) in Devices.SimdWidths)
        {
            if (isSupported)
            {
                // From a tenth of a multiply-add a nanosecond to two of the widest on ten units at 10 GHz.
                Assert.InRange(FmaCeiling.Measure(1, option), 0.2, 3200);
            }
            else
            {
                Assert.Throws<EmdcException>(() => FmaCeiling.Measure(1, option));
            }
        }
    }
}
