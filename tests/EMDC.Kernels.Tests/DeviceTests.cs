using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>Choosing devices by name.</summary>
[Collection("device")]
public sealed class DeviceTests
{
    private static readonly KernelDevices Kernels = KernelDevice.All;

    [Fact]
    public void The_simulator_is_listed_and_says_what_it_is()
    {
        DeviceInfo device = Assert.Single(Kernels.Devices, d => d.Name == KernelDevice.Simulator);
        Assert.Equal(
            "ILGPU's CPU accelerator: it simulates a GPU to check kernels, and is not fast",
            device.Description);
    }

    [Fact]
    public void Auto_never_takes_the_simulator()
    {
        string? preferred = Kernels.Preferred;
        Assert.NotEqual(KernelDevice.Simulator, preferred);
        using IBackend opened = Devices.Open(new EmdcOptions { Providers = [Kernels] });
        Assert.Equal(preferred ?? "cpu", opened.Device.Name);
    }

    [Fact]
    public void Auto_never_takes_an_OpenCL_device_on_the_CPU()
    {
        DeviceInfo[] cpus = [.. Kernels.Devices.Where(d => d.Name.StartsWith("opencl:", StringComparison.Ordinal) && d.Description.Contains(", CPU, "))];
        Machine.Needs(cpus.Length > 0, "There is no OpenCL device on this machine's CPU.");
        Assert.DoesNotContain(Kernels.Preferred, cpus.Select(d => d.Name));
    }

    [Fact]
    public void A_missing_device_lists_those_present()
    {
        var options = new EmdcOptions { Device = "cuda:7", Providers = [Kernels] };
        string present = string.Join(", ", (IEnumerable<string>)["cpu", .. Kernels.Devices.Select(d => d.Name)]);
        Assert.Equal(
            $"There is no device 'cuda:7' here; present: {present}.", Assert.Throws<EmdcException>(() => Devices.Open(options)).Message);
        Assert.Equal(
            "There is no device 'cuda' here; present: cpu.",
            Assert.Throws<EmdcException>(() => Devices.Open(new EmdcOptions { Device = "cuda" })).Message);
    }

    [Theory]
    [InlineData("gpu", "gpu:0", "gpu:0")]
    [InlineData("gpu:1", "gpu:1", "gpu:1")]
    [InlineData("auto", "gpu:1", "gpu:1")]
    public void A_name_without_a_number_means_number_0(string asked, string preferred, string opened)
    {
        var provider = new Recorder(preferred);
        Assert.Throws<NotSupportedException>(() => Devices.Open(new EmdcOptions { Device = asked, Providers = [provider] }));
        Assert.Equal(opened, provider.Opened);
    }

    [Fact]
    public void The_engine_runs_frames_of_any_size_on_kernels_and_counts_them()
    {
        Assert.SkipWhen(KernelDevice.Any == KernelDevice.Simulator && !KernelDevice.IsSlowRun, "There is only the simulator here, which takes a minute for a frame.");
        const int Height = 17, Width = 29;
        var state = new StateDict(GoldenParameters.StateDict(9));
        byte[] rgb = GoldenInputs.Rgb(Height, Width);
        float[] sparse = GoldenInputs.Sparse(Height, Width), kernels = new float[Height * Width], simd = new float[Height * Width];
        using (var emdc = Emdc.Load(state, new EmdcOptions { Device = KernelDevice.Any, Providers = [Kernels], Raw = true }))
        {
            Assert.Equal(0, emdc.KernelLaunches);
            int measured = emdc.Complete(rgb, sparse, kernels, Height, Width);
            Assert.Equal(sparse.Count(d => d > 0), measured);
            Assert.Equal(69, emdc.KernelLaunches);
        }

        using (var emdc = Emdc.Load(state, new EmdcOptions { Device = "cpu", Raw = true }))
        {
            emdc.Complete(rgb, sparse, simd, Height, Width);
            Assert.Equal(0, emdc.KernelLaunches);
        }

        // Each is within the engine's bound of PyTorch, so they are within twice the bound of each other.
        float largest = simd.Max();
        Assert.All(kernels.Zip(simd), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 2 * GoldenFile.EngineBound * largest));
    }

    [Fact]
    public void Validating_needs_another_device() => Assert.Equal(
        "Validating compares another device with the cpu, but the device is 'cpu', which is the cpu here.",
        Assert.Throws<EmdcException>(() => Devices.Open(new EmdcOptions { Device = "cpu", Validate = true })).Message);

    /// <summary>Two devices that can't be opened.</summary>
    private sealed class Recorder(string preferred) : IDeviceProvider
    {
        public string? Opened { get; private set; }

        public IReadOnlyList<DeviceInfo> Devices => [new DeviceInfo("gpu:0", "first"), new DeviceInfo("gpu:1", "second")];

        public string? Preferred => preferred;

        public IBackend Open(string name, bool validate, bool keepTensors)
        {
            Opened = name;
            throw new NotSupportedException();
        }
    }
}
