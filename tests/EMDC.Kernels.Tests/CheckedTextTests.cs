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
    private static readonly List<string> Places = [];

    // Once for all tests: each kernel as text with tests, whose places in the source are numbered through.
    internal static readonly Lazy<Dictionary<string, string>> Texts =
        new(() => KernelTexts.Kernels(typeof(Float4).Assembly).ToDictionary(kernel => kernel.Name, kernel => KernelTexts.Whole(kernel, Places)));

    private static readonly Dictionary<string, TestedText> Opened = [];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (OperatorCase c in OperatorTests.Cases)
            {
                rows.Add(c.Name, "own");
                rows.Add(c.Name, "GPU");
                if (OperatorTests.HasWide(c.Name) || c.Operator == "FunnelStage")
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
        KernelDevice.Need(TestedText.Device);
        Run(tiling, OperatorTests.ByName[name].Run);
    }

    [Fact]
    public void Two_operators_in_one_launch_stay_inside_of_their_views()
    {
        KernelDevice.Need(TestedText.Device);
        Run("GPU", backend => FusionTests.RunFusion(96, 10, 13, 31, 2, true, backend));
        Run("held", backend => FusionTests.RunExpansion(24, 31, 13, 31, 2, backend));
        Run("held by a few", backend => FusionTests.RunExpansion(7, 17, 5, 7, 1, backend));
    }

    [Fact]
    public void A_wrong_index_in_a_kernel_is_found_with_line_index_and_length()
    {
        KernelDevice.Need(TestedText.Device);
        var planted = new Dictionary<string, string>(Texts.Value);
        planted["DepthwiseKernel"] = planted["DepthwiseKernel"].Replace("    y[AT(", "    y[AT(1000000 + ");
        using TestedText device = Open("own", planted);
        DeviceBackend op = device.Opened;
        Tensor x = op.Tensor("x", 1, 4, 8), y = op.Tensor("y", 1, 4, 8);
        op.DepthwiseConv2d(new ConvWeights("planted", 1, 1, 3, new float[9], new float[1]), x, y, Activation.None);
        op.RunOperator(0);
        Assert.Matches(@"^DepthwiseKernel: Depthwise\.cs:\d+: index 1000\d+ of \d+$", Fault(device)!);
        Assert.Null(Fault(device));
    }

    private static void Run(string tiling, Action<Backend> run)
    {
        if (!Opened.TryGetValue(tiling, out TestedText? device))
        {
            Opened.Add(tiling, device = Open(tiling, Texts.Value));
        }

        // An index that is wrong makes results wrong: it is what to hear of first.
        Exception? wrong = Record.Exception(() => device.Run(run));
        Assert.Null(Fault(device));
        Assert.Null(wrong);
    }

    private static TestedText Open(string tiling, Dictionary<string, string> texts) => new(tiling, kernel => texts[kernel], CheckedText.Numbers);

    /// <summary>The first index outside of its view since the last call, or null.</summary>
    internal static string? Fault(TestedText device) =>
        device.Take() is [> 0 and var place, var index, var length] ? $"{Places[place - 1]}: index {index} of {length}" : null;
}
