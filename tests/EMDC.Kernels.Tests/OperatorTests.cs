using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>Every case of every operator on every device, against the double reference with derived tolerances.</summary>
[Collection("device")]
public sealed class OperatorTests
{
    private static readonly OperatorCase[] Cases =
    [
        .. InputPreparationCases.All, .. Conv2dCases.All, .. Conv2dPixelShuffleCases.All, .. DepthwiseConv2dCases.All,
        .. ConfidenceFusionCases.All, .. FunnelStageCases.All, .. OutputScalingCases.All,
    ];

    private static readonly Dictionary<string, OperatorCase> ByName = Cases.ToDictionary(c => c.Name);

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (string device in KernelDevice.Names.Where(name => KernelDevice.SkipReason(name) is null))
            {
                foreach (OperatorCase c in Cases)
                {
                    // On the CPU's device the groups of a GPU as well, whose threads share channels.
                    rows.Add(c.Name, device, "own");
                    if (device == Platform.CpuName)
                    {
                        rows.Add(c.Name, device, "GPU");
                    }

                    // Dense 3×3 convolutions have a kernel with shared memory and one without: each device runs both.
                    if (c.Name.Contains("3×3, stride 1", StringComparison.Ordinal) || c.Name.StartsWith("Conv2dPixelShuffle", StringComparison.Ordinal))
                    {
                        rows.Add(c.Name, device, "direct");
                        if (device != Platform.CpuName)
                        {
                            rows.Add(c.Name, device, "GPU");
                        }
                    }
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_operator_agrees_with_the_reference(string name, string device, string tiling) =>
        ByName[name].Run(KernelDevice.Backend(device, tiling));

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("opencl:0")]
    public void A_GPU_takes_part(string device)
    {
        Assert.SkipWhen(KernelDevice.SkipReason(device) is not null, KernelDevice.SkipReason(device)!);
        Assert.Contains(Rows, row => row.Data.Item2 == device);
    }
}
