using EMDC.Network;
using EMDC.Operators;
using EMDC.Tests.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>Validating: the device beside the CPU backend.</summary>
[Collection("device")]
public sealed class ValidationTests
{
    [Fact]
    public void The_whole_network_validates()
    {
        Assert.SkipWhen(KernelDevice.Any == KernelDevice.Simulator && !KernelDevice.IsSlowRun, "There is only the simulator here, which takes a minute for a frame.");
        const int Side = 32;
        using IBackend op = Open();
        EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), Side, Side);
        float[] dense = new float[Side * Side];
        var frame = new Frame
        {
            Height = Side,
            Width = Side,
            Rgb = GoldenInputs.Rgb(Side, Side),
            Sparse = GoldenInputs.Sparse(Side, Side),
            Dense = dense,
            MaxDepth = 20,
        };
        long before = op.KernelLaunches;
        op.Run(frame, CancellationToken.None);
        Assert.Equal(69, op.KernelLaunches - before);
        GoldenFile.Read("nine-32x32").Compare("output.dense", dense, backend: "validated");
    }

    [Fact]
    public void The_first_operator_that_differs_is_named()
    {
        DeviceBackend device = KernelDevice.All.Open(KernelDevice.Simulator, null, keepTensors: true);
        using IBackend op = new ValidatingBackend(device, Devices.Open(new EmdcOptions { Device = "cpu" }, keepTensors: true));
        var same = new ConvWeights("same", 1, 1, 1, [1], [0]);
        var twice = new ConvWeights("twice", 1, 1, 1, [2], [0]);
        Tensor a = op.Tensor("a", 1, 2, 3, [1, 2, 3, 4, 5, 6]), b = op.Tensor("b", 1, 2, 3, [1, 2, 3, 4, 5, 6]);
        Tensor y = op.Tensor("y", 1, 2, 3), z = op.Tensor("z", 1, 2, 3);
        op.Conv2d(same, a, y, Activation.None);
        op.Conv2d(twice, b, z, Activation.None);
        var frame = new Frame { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 };
        op.Run(frame, CancellationToken.None);

        // A fault: the device alone sees another value in row 1, column 1.
        device.Write(((PairTensor)b).OnDevice, [1, 2, 3, 4, 5.5f, 6]);
        Assert.Equal(
            $"Conv2d twice on {KernelDevice.Simulator} differs from the CPU at channel 0, row 1, column 1 of z 1×2×3: 11 instead of 10, but 0.00048 is allowed.",
            Message());
        device.Write(((PairTensor)b).OnDevice, [1, 2, float.NaN, 4, 5.5f, 6]);
        Assert.Equal(
            $"Conv2d twice on {KernelDevice.Simulator} differs from the CPU at channel 0, row 0, column 2 of z 1×2×3: NaN instead of 6, but 0.00048 is allowed.",
            Message());

        string Message() => Assert.Throws<EmdcException>(
            () => op.Run(new Frame { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 }, CancellationToken.None)).Message;
    }

    private static IBackend Open() => Devices.Open(new EmdcOptions { Device = KernelDevice.Any, Providers = [KernelDevice.All], Validate = true });
}
