using EMDC.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>What ILGPU and drivers throw, as the user reads it. There is no GPU here to fail, so failures are planted.</summary>
[Collection("device")]
public sealed class FailureTests
{
    /// <summary>The fastest device here as errors name it.</summary>
    public static string Device
    {
        get
        {
            using DeviceBackend op = KernelDevice.All.Open(KernelDevice.Any, null, keepTensors: false);
            return $"{KernelDevice.Any} ({op.Tuned.Name})";
        }
    }

    [Theory]
    [InlineData("opencl:0")]
    [InlineData(KernelDevice.Simulator)]
    public void Memory_that_is_not_there_is_counted_and_its_purpose_named(string name)
    {
        KernelDevice.Need(name);
        using Device device = Open(name);

        // 2^48 bytes: more than an address space holds, so that no system promises it.
        string message = Assert.Throws<EmdcException>(() => new DeviceCalls(device).Allocate<Float4>(1L << 44, "3 planes of 4×5")).Message;
        Assert.StartsWith($"{name} ({device.Traits.OwnName}): {(name == KernelDevice.Simulator ? "out of memory" : "A buffer of 281474976710656 bytes was asked for")}", message);
        Assert.EndsWith(": 268435456 MiB wanted for 3 planes of 4×5.", message);
    }

    [Fact]
    public void Where_ILGPU_cannot_start_the_other_devices_go_on()
    {
        var notes = new List<string>();
        var devices = new KernelDevices { Note = notes.Add, Finders = [() => throw new DeviceException("There is no libcuda."), OpenCLDevice.Find] };
        Assert.Equal(KernelDevice.All.Devices.Where(d => d.Name.StartsWith("opencl", StringComparison.Ordinal)), devices.Devices);
        Assert.Equal(["Some devices are not used, because they cannot be looked for: There is no libcuda."], notes);
        var none = new KernelDevices { Finders = [] };
        using IBackend op = EMDC.Devices.Open(new EmdcOptions { Providers = [none] });
        Assert.Equal("cpu", op.Device.Name);
        Assert.Equal(["cuda", "opencl"], none.Missing.Select(kind => kind.Name));
    }

    [Fact]
    public void A_device_that_cannot_be_opened_says_why()
    {
        var found = new FoundDevice(new DeviceInfo("cuda:0", "a card"), true, () => throw new DeviceException("The card is busy."));
        Assert.Equal(
            "cuda:0: the device is there but cannot be opened: The card is busy.",
            Assert.Throws<EmdcException>(() => new KernelDevices { Finders = [() => [found]] }.Open("cuda:0")).Message);
    }

    [Fact]
    public void Without_a_driver_no_CUDA_device_is_listed_and_the_reason_is_told()
    {
        Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version"), "This machine has NVIDIA's driver.");
        Assert.DoesNotContain(KernelDevice.All.Devices, device => device.Name.StartsWith("cuda", StringComparison.Ordinal));
        Assert.Equal("there is no NVIDIA driver here (libcuda.so.1)", Assert.Single(KernelDevice.All.Missing, kind => kind.Name == "cuda").Why);
    }

    [Fact]
    public void A_launch_that_fails_names_its_operator_and_the_next_frame_runs()
    {
        bool fails = true;
        using DeviceBackend op = SmallPlan.Open(_ => Throw());
        var frame = new SmallPlan.Images(0);
        Assert.Equal($"{Device}: InputPreparation failed: The card fell out.", Says(() => op.Run(frame.Frame, CancellationToken.None)));
        Assert.Equal($"{Device}: InputPreparation failed: The card fell out.", Says(() => op.RunOperator(0)));
        fails = false;
        op.Run(frame.Frame, CancellationToken.None);

        void Throw()
        {
            if (fails)
            {
                throw new DeviceException("The card fell out.");
            }
        }
    }

    [Fact]
    public void Faults_of_this_program_are_not_called_the_devices()
    {
        Exception planted = new InvalidCastException("A bug.");
        using DeviceBackend op = SmallPlan.Open(_ => throw planted);
        var frame = new SmallPlan.Images(0);
        Assert.Throws<InvalidCastException>(() => op.Run(frame.Frame, CancellationToken.None));
        planted = new NotSupportedException("A bug.");
        Assert.Throws<NotSupportedException>(() => op.Run(frame.Frame, CancellationToken.None));
    }

    [Fact]
    public void What_ILGPU_throws_is_told_with_its_causes()
    {
        Assert.Null(IlgpuDevice.Explain(new ArgumentException("A bug.")));
        Assert.Null(IlgpuDevice.Explain(new NotSupportedException("A bug.")));
        Assert.Equal("out of memory", IlgpuDevice.Explain(new OutOfMemoryException()));
        Assert.Equal("No driver: No file", IlgpuDevice.Explain(new TypeInitializationException("CudaAPI", new DllNotFoundException("No file.")))?.Replace("The type initializer for 'CudaAPI' threw an exception", "No driver"));
        var byIlgpu = new NotSupportedException("A generic address space is needed.") { Source = "ILGPU" };
        Assert.Equal("A generic address space is needed", IlgpuDevice.Explain(byIlgpu));
    }

    [Fact]
    public void Where_memory_cannot_be_page_locked_the_hosts_own_serves()
    {
        using DeviceBackend op = KernelDevice.All.Open(
            KernelDevice.Any, null, keepTensors: false, device => new PlantedDevice(device, _ => { }) { RefusesPinned = true });
        SmallPlan.Record(op);
        using DeviceBackend usual = SmallPlan.Open();
        SmallPlan.Images frame = new(0), same = new(0);
        Assert.Equal(frame.Measured, op.Run(frame.Frame, CancellationToken.None));
        usual.Run(same.Frame, CancellationToken.None);
        Assert.Equal(same.Dense, frame.Dense);
    }

    [Fact]
    public void A_device_of_groups_of_256_threads_runs_what_others_run()
    {
        using DeviceBackend op = KernelDevice.All.Open(
            KernelDevice.Any, device => Tiling.Gpu.Limit(device.MaxThreads), keepTensors: false,
            device => new PlantedDevice(device, _ => { }) { MostThreads = 256 });
        SmallPlan.Record(op);
        using DeviceBackend usual = SmallPlan.Open();
        SmallPlan.Images frame = new(0), same = new(0);
        op.Run(frame.Frame, CancellationToken.None);
        usual.Run(same.Frame, CancellationToken.None);
        Assert.All(op.Parts, part => Assert.InRange(part.Tile.Threads, 1, 256));
        Assert.All(frame.Dense.Zip(same.Dense), pair => Assert.InRange(pair.First - pair.Second, -1e-5, 1e-5));
    }

    private static Device Open(string name) =>
        (name == KernelDevice.Simulator ? IlgpuDevice.Find() : OpenCLDevice.Find()).First(found => found.Info.Name == name).Open();

    private static string Says(Action action) => Assert.Throws<EmdcException>(action).Message;
}
