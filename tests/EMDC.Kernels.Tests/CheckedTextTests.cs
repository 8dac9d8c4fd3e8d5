using EMDC.Operators;
using EMDC.Tests.Operators;
using EMDC.Translate;

namespace EMDC.Kernels.Tests;

/// <summary>
/// The operators' cases on OpenCL with text that tests each index against the length of its own view: a tensor is a slice of a pooled
/// buffer, where nothing else would see an index that leaves it.
/// </summary>
[Collection("device")]
public sealed class CheckedTextTests
{
    private const string Device = "opencl:0";

    private static readonly List<string> Places = [];

    // Once for all tests: each kernel as text with tests, whose places in the source are numbered through.
    private static readonly Lazy<Dictionary<string, string>> Texts =
        new(() => KernelTexts.Kernels(typeof(Float4).Assembly).ToDictionary(kernel => kernel.Name, kernel => KernelTexts.Whole(kernel, Places)));

    private static readonly Dictionary<string, (DeviceBackend Backend, Func<string?> Fault)> Opened = [];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (OperatorCase c in OperatorTests.Cases)
            {
                rows.Add(c.Name, "own");
                rows.Add(c.Name, "GPU");
                if (OperatorTests.HasWide(c.Name))
                {
                    rows.Add(c.Name, "wide");
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_operator_stays_inside_of_its_views(string name, string tiling)
    {
        Exception? wrong = Run(tiling, OperatorTests.ByName[name].Run);

        // PoCL 3.1 makes NaN of the propagation with tests, which Oclgrind runs rightly (OclgrindTests).
        if (!name.StartsWith("FunnelStage", StringComparison.Ordinal))
        {
            Assert.Null(wrong);
        }
    }

    [Fact]
    public void Two_operators_in_one_launch_stay_inside_of_their_views()
    {
        Assert.Null(Run("GPU", backend => FusionTests.RunFusion(96, 10, 13, 31, 2, true, backend)));
        Assert.Null(Run("held", backend => FusionTests.RunExpansion(24, 31, 13, 31, 2, backend)));
        Assert.Null(Run("held by a few", backend => FusionTests.RunExpansion(7, 17, 5, 7, 1, backend)));
    }

    /// <summary>What was wrong but for indices, if anything: an index that is wrong makes results wrong, and is what to hear of first.</summary>
    private static Exception? Run(string tiling, Action<Backend> run)
    {
        KernelDevice.Need(Device);
        if (!Opened.TryGetValue(tiling, out var device))
        {
            Func<string?>? fault = null;
            DeviceBackend backend = KernelDevice.All.Open(Device, KernelDevice.Tilings[tiling], keepTensors: true, opened => Check(opened, Texts.Value, Places, out fault));
            Opened.Add(tiling, device = (backend, fault!));
        }

        Exception? wrong = Record.Exception(() => run(new Backend($"checked text, {tiling} tiling", () => new KernelDevice.SharedBackend(device.Backend), null)));
        Assert.Null(device.Fault());
        return wrong;
    }

    [Fact]
    public void A_wrong_index_in_a_kernel_is_found_with_line_index_and_length()
    {
        KernelDevice.Need(Device);
        var planted = new Dictionary<string, string>(Texts.Value);
        planted["DepthwiseKernel"] = planted["DepthwiseKernel"].Replace("    y[AT(", "    y[AT(1000000 + ");
        Func<string?>? fault = null;
        using DeviceBackend backend = KernelDevice.All.Open(
            Device, KernelDevice.Tilings["own"], keepTensors: true, opened => Check(opened, planted, Places, out fault));
        Tensor x = backend.Tensor("x", 1, 4, 8), y = backend.Tensor("y", 1, 4, 8);
        backend.DepthwiseConv2d(new ConvWeights("planted", 1, 1, 3, new float[9], new float[1]), x, y, Activation.None);
        backend.RunOperator(0);
        Assert.Matches(@"^DepthwiseKernel: Depthwise\.cs:\d+: index 1000\d+ of \d+$", fault!()!);
        Assert.Null(fault());
    }

    /// <summary>Makes a device compile text with tests, and gives a function that says and forgets the first fault.</summary>
    private static OpenCLDevice Check(Device opened, Dictionary<string, string> texts, List<string> places, out Func<string?> fault)
    {
        var device = (OpenCLDevice)opened;
        device.Source = kernel => texts[kernel];
        device.Behind = device.Allocate(3 * sizeof(int));
        View all = View.Of<int>(device.Behind, 0, 3);
        Queue queue = device.CreateQueue();
        queue.Clear(all);
        queue.Wait();
        fault = () =>
        {
            int[] found = new int[3];
            queue.Read<int>(all, found);
            queue.Clear(all);
            queue.Wait();
            return found[0] == 0 ? null : $"{places[found[0] - 1]}: index {found[1]} of {found[2]}";
        };
        return device;
    }
}
