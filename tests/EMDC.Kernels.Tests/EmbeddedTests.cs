using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>
/// A device with 24 KiB of local memory and small groups, as embedded GPUs have: the first OpenCL device, which is told so. What runs on it is the
/// text that tests its indices, so that it also shows that no kernel touches more of its local memory than is there.
/// </summary>
[Collection("device")]
public sealed class EmbeddedTests
{
    private const int LocalBytes = 24 << 10;

    private static readonly Dictionary<int, TestedText> Opened = [];

    public static TheoryData<string, int> Rows
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (OperatorCase c in OperatorTests.Cases.Where(c => !LooksFar(c)))
            {
                rows.Add(c.Name, 64);
                if (c.Name.Contains(", 1×1, ", StringComparison.Ordinal))
                {
                    rows.Add(c.Name, 128);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_operator_agrees_with_the_reference(string name, int threads) => Run(threads, OperatorTests.ByName[name].Run);

    [Fact]
    public void Iterations_that_look_farther_than_the_networks_are_refused_where_tiles_are_too_small()
    {
        KernelDevice.Need(TestedText.Device);
        OperatorCase far = OperatorTests.Cases.First(LooksFar);
        Assert.EndsWith(
            ": 4 iterations over 3 dilations look 12 pixels out, but tiles of 16 pixels hold less.",
            Assert.Throws<EmdcException>(() => Device(64).Run(far.Run)).Message);
        Run(128, far.Run);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public void Two_operators_in_one_launch_agree_with_the_reference(int threads) => Run(threads, backend =>
    {
        FusionTests.RunFusion(144, 33, 6, 17, 1, true, backend);
        FusionTests.RunFusion(960, 65, 1, 9, 2, false, backend);
        FusionTests.RunExpansion(160, 40, 6, 8, 1, backend);
        FusionTests.RunExpansion(16, 24, 12, 16, 1, backend);
    });

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void A_frame_agrees_with_PyTorch_at_every_stage(int threads) =>
        Run(threads, backend => NetworkTests.Check("nine-32x32", 9, 32, 32, backend, runs: 2));

    [Fact]
    public void All_kernels_of_a_frame_take_at_most_24_KiB_and_groups_that_fit()
    {
        KernelDevice.Need(TestedText.Device);
        OpenCLDevice? inner = null;
        using DeviceBackend op = KernelDevice.All.Open(TestedText.Device, Tiling.For, keepTensors: true, device => Told(inner = (OpenCLDevice)device, 256));
        var weights = new EMDC.Network.EmdcWeights(new EMDC.Weights.StateDict(EMDC.Tests.Parity.GoldenParameters.StateDict(9)));
        EMDC.Network.EmdcNetwork.Record(op, weights, 192, 256);
        Assert.All(op.Parts, part => Assert.True(part.Tiles.IsValid(part.Tiling, part.Key, part.Tile), $"{part.Key}: {part.Tile}"));
        Assert.All(inner!.Compiled, kernel => Assert.InRange(kernel.LocalMemoryBytes, 0, LocalBytes));
        Assert.Contains(("PointwiseKernel", LocalBytes), inner.Compiled);
        Assert.Equal(
            ["DepthwisePointwiseKernel", "ExpandDepthwiseKernel", "PointwiseKernel"],
            inner.Compiled.Select(kernel => kernel.Kernel).Where(kernel => KernelSources.Source(kernel).Contains("shared[2048]")).Order());

        // What a search would try.
        Part pointwise = op.Parts.First(part => part.Key is { Kernel: nameof(Pointwise), In: > 128 });
        Assert.All(pointwise.Tiles.Candidates(pointwise.Tiling, pointwise.Key, 32), tile => Assert.True(tile.Splits == 1 || tile.Threads <= 128, $"{tile}"));
        Assert.Contains(pointwise.Tiles.Candidates(Tiling.Gpu, pointwise.Key, 32), tile => tile is { Splits: > 1, Threads: 256 });
    }

    [Fact]
    public void With_32_KiB_the_text_and_the_tiles_are_the_usual_ones()
    {
        Assert.Same(Tiling.Gpu, Tiling.Gpu.Share(Tiling.MostSharedUnits));
        KernelDevice.Need(TestedText.Device);
        using DeviceBackend op = KernelDevice.All.Open(TestedText.Device, null, keepTensors: true, device =>
        {
            ((OpenCLDevice)device).LocalMemoryBytes = 32 << 10;
            return device;
        });
        Assert.Equal(Tiling.MostSharedUnits, op.Limited(Pointwise.Kernel).SharedUnits);
    }

    private static void Run(int threads, Action<Backend> run)
    {
        KernelDevice.Need(TestedText.Device);
        TestedText device = Device(threads);
        Exception? wrong = Record.Exception(() => device.Run(run));
        Assert.Null(CheckedTextTests.Fault(device));
        Assert.Null(wrong);
    }

    private static TestedText Device(int threads)
    {
        if (!Opened.TryGetValue(threads, out TestedText? device))
        {
            Opened.Add(threads, device = new TestedText("own", Text, EMDC.Translate.CheckedText.Numbers, opened => Told(opened, threads)));
        }

        return device;
    }

    /// <summary>Whether it has more iterations over more dilations than any stage of the network.</summary>
    private static bool LooksFar(OperatorCase c) =>
        c.Name.StartsWith("FunnelStage 3 dilations", StringComparison.Ordinal) && c.Name.Contains(", 4 iterations, ", StringComparison.Ordinal);

    /// <summary>Text that tests indices of local memory against its length as it is here.</summary>
    private static string Text(string kernel)
    {
        string text = CheckedTextTests.Texts.Value[kernel];
        return text.Contains("shared[2048]", StringComparison.Ordinal) ? text.Replace(", 2048, ", ", 1536, ", StringComparison.Ordinal) : text;
    }

    private static PlantedDevice Told(OpenCLDevice device, int threads)
    {
        device.LocalMemoryBytes = LocalBytes;
        return new PlantedDevice(device, _ => { })
        {
            MostThreads = threads,
            Tell = traits => traits with { OwnName = "embedded", MaxThreads = threads, HasSharedMemory = true, Kind = null, Multiprocessors = 8 },
        };
    }
}
