using System.Text.RegularExpressions;
using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>Every case of every operator on every device, against the double reference with derived tolerances.</summary>
[Collection("device")]
public sealed class OperatorTests
{
    internal static readonly OperatorCase[] Cases =
    [
        .. InputPreparationCases.All, .. Conv2dCases.All, .. Conv2dPixelShuffleCases.All, .. DepthwiseConv2dCases.All,
        .. ConfidenceFusionCases.All, .. FunnelStageCases.All, .. OutputScalingCases.All,
    ];

    internal static readonly Dictionary<string, OperatorCase> ByName = Cases.ToDictionary(c => c.Name);

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (string device in KernelDevice.Names.Where(name => KernelDevice.SkipReason(name) is null))
            {
                foreach (var (name, tiling) in device != KernelDevice.Simulator ? On("wide") : KernelDevice.IsSlowRun ? On("small and wide") : Quick)
                {
                    rows.Add(name, device, tiling);
                }
            }

            return rows;
        }
    }

    /// <summary>
    /// What ILGPU's simulator does in a second: barriers cost it most, of which the propagation and the large groups of a GPU have many.
    /// With the fused operators that leaves cases of every kernel and of each of its branches (BranchTests); <c>EMDC_SLOW_TESTS=1</c> runs all.
    /// </summary>
    internal static IEnumerable<(string Name, string Tiling)> Quick => On("small and wide").Where(row => IsQuick(row.Name, row.Tiling));

    /// <summary>
    /// Dense 3×3 convolutions have a kernel with shared memory, in two widths, and one without, and the propagation has two widths: each
    /// device runs all.
    /// </summary>
    private static IEnumerable<(string Name, string Tiling)> On(string wide) =>
        from c in Cases
        from tiling in c.Operator == "FunnelStage" ? wide == "wide" ? (string[])["own", wide, "embedded"] : ["own", wide]
            : HasWide(c.Name) ? ["own", "direct", "GPU", wide] : ["own"]
        select (c.Name, tiling);

    private static bool IsQuick(string name, string tiling)
    {
        Match size = Regex.Matches(name, @"(\d+)×(\d+)")[^1];
        int pixels = int.Parse(size.Groups[1].Value) * int.Parse(size.Groups[2].Value);
        return pixels <= (tiling is "GPU" or "wide" ? 20 : name.StartsWith("FunnelStage", StringComparison.Ordinal) ? 200 : int.MaxValue);
    }

    /// <summary>Whether a case's kernel has a variant whose threads compute several times the usual results.</summary>
    internal static bool HasWide(string name) =>
        name.Contains("3×3, stride 1", StringComparison.Ordinal) || name.StartsWith("Conv2dPixelShuffle", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_operator_agrees_with_the_reference(string name, string device, string tiling) =>
        ByName[name].Run(KernelDevice.Backend(device, tiling));

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("opencl:0")]
    public void A_GPU_takes_part(string device)
    {
        KernelDevice.Need(device);
        Assert.Contains(Rows, row => row.Data.Item2 == device);
    }
}
