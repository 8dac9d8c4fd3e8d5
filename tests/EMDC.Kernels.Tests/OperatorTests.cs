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
                foreach (OperatorCase c in Cases)
                {
                    Add(c.Name, device, "own");

                    // Dense 3×3 convolutions have a kernel with shared memory and one without: each device runs both.
                    if (HasWide(c.Name))
                    {
                        Add(c.Name, device, "direct");
                        Add(c.Name, device, "GPU");
                        Add(c.Name, device, device == KernelDevice.Simulator ? "small and wide" : "wide");
                    }
                }
            }

            return rows;

            void Add(string name, string device, string tiling)
            {
                if (device != KernelDevice.Simulator || KernelDevice.IsSlowRun || IsQuick(name, tiling))
                {
                    rows.Add(name, device, tiling);
                }
            }
        }
    }

    /// <summary>
    /// What ILGPU's simulator does in a second: barriers cost it most, of which the propagation and the large groups of a GPU have many.
    /// That leaves cases of every kernel and of each of its branches; <c>EMDC_SLOW_TESTS=1</c> runs all.
    /// </summary>
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
