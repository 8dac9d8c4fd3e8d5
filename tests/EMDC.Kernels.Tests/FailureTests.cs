using EMDC.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>What ILGPU and drivers throw, as the user reads it. There is no GPU here to fail, so failures are planted.</summary>
[Collection("device")]
public sealed class FailureTests
{
    /// <summary>The CPU's device as errors name it.</summary>
    public static string Device { get; } = Platform.CpuName == "checked" ? "checked" : $"{Platform.CpuName} (CPUAccelerator)";

    [Fact]
    public void A_device_has_its_own_name_beside_ours()
    {
        Assert.Equal("cuda:0 (NVIDIA A100)", DeviceCalls.Name("cuda:0", "NVIDIA A100"));
        Assert.Equal("checked", DeviceCalls.Name("checked", "checked"));
    }

    [Fact]
    public void Memory_that_is_not_there_is_counted_and_its_purpose_named()
    {
        DeviceCalls? calls = null;
        using IlgpuOperators op = SmallPlan.Open(c => new Launchers(calls = c));

        // 2^48 bytes: more than an address space holds, so that no system promises it.
        Assert.Equal(
            $"{Device}: out of memory: 268435456 MiB wanted for 3 planes of 4×5.",
            Assert.Throws<EmdcException>(() => calls!.Allocate<Float4>(1L << 44, "3 planes of 4×5")).Message);
    }

    [Fact]
    public void A_kernel_that_does_not_compile_is_named()
    {
        var inner = new NotSupportedException("A generic address space is needed.");
        var outer = new NotSupportedException("The kernel cannot be built.\nReally.", inner);
        using IlgpuOperators op = SmallPlan.Open(calls =>
        {
            Assert.Equal(
                $"{Device}: the kernel Pointwise does not compile: The kernel cannot be built. Really: A generic address space is needed.",
                Assert.Throws<EmdcException>(() => calls.Compile<Action>("Pointwise", _ => throw outer)).Message);
            return new Launchers(calls);
        });
    }

    [Fact]
    public void A_device_that_cannot_be_opened_says_why() => Assert.Equal(
        $"{Device}: the device is there but cannot be opened: A generic address space is needed.",
        Assert.Throws<EmdcException>(
            () => SmallPlan.Open(_ => throw new NotSupportedException("A generic address space is needed."))).Message);

    [Fact]
    public void Where_ILGPU_cannot_start_there_are_no_devices()
    {
        var notes = new List<string>();
        var devices = new IlgpuDevices { Note = notes.Add, CreateContext = () => throw new DllNotFoundException("There is no libcuda.") };
        Assert.Empty(devices.Devices);
        Assert.Null(devices.Preferred);
        Assert.Equal(["No devices but the CPU are used, because ILGPU cannot look for them: There is no libcuda."], notes);
        using IBackend op = EMDC.Devices.Open(new EmdcOptions { Providers = [devices] });
        Assert.Equal("cpu", op.Device.Name);
    }

    [Fact]
    public void Without_a_driver_no_CUDA_device_is_listed()
    {
        Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version"), "This machine has NVIDIA's driver.");
        Assert.DoesNotContain(new IlgpuDevices().Devices, device => device.Name.StartsWith("cuda", StringComparison.Ordinal));
    }

    [Fact]
    public void A_launch_that_fails_names_its_operator_and_the_next_frame_runs()
    {
        bool fails = true;
        using IlgpuOperators op = SmallPlan.Open(calls => new Launchers(calls)
        {
            Measure = fails ? (_, _, _, _, _) => Throw(new OutOfMemoryException()) : (_, _, _, _, _) => { },
            Scaling = (_, _, _, _, _, _, _, _) => { },
        });
        var frame = new SmallPlan.Images(0);
        Assert.Equal($"{Device}: InputPreparation failed: out of memory.", Says(() => op.Run(frame.Frame, CancellationToken.None)));
        Assert.Equal($"{Device}: InputPreparation failed: out of memory.", Says(() => op.RunOperator(0)));
        fails = false;
        op.Run(frame.Frame, CancellationToken.None);

        void Throw(Exception e)
        {
            if (fails)
            {
                throw e;
            }
        }
    }

    [Fact]
    public void A_fault_that_the_checked_device_finds_surfaces_whole()
    {
        Assert.SkipWhen(Platform.CpuName != "checked", "ILGPU's CPU accelerator ends the process at such a fault.");
        using IlgpuOperators op = SmallPlan.Open(calls =>
        {
            var own = new Launchers(calls);
            return new Launchers(calls)
            {
                Measure = (grid, sparse, maxima, counts, shape) => own.Measure(grid, sparse.SubView(0, 50), maxima, counts, shape),
            };
        });
        var frame = new SmallPlan.Images(0);
        Assert.Equal(
            "checked: InputPreparation failed: MeasureKernel: group (6, 0, 0), thread (2, 0, 0) reads sparse[50], but the view has 50 elements.",
            Says(() => op.Run(frame.Frame, CancellationToken.None)));
    }

    [Fact]
    public void Faults_of_this_program_are_not_called_the_devices()
    {
        using IlgpuOperators op = SmallPlan.Open(calls => new Launchers(calls)
        {
            Measure = (_, _, _, _, _) => throw new InvalidCastException("A bug."),
        });
        var frame = new SmallPlan.Images(0);
        Assert.Throws<InvalidCastException>(() => op.Run(frame.Frame, CancellationToken.None));
        Assert.False(DeviceCalls.IsOfDevice(new ArgumentException("A bug.")));
        Assert.True(DeviceCalls.IsOfDevice(new AggregateException(new DllNotFoundException())));
    }

    private static string Says(Action action) => Assert.Throws<EmdcException>(action).Message;
}
