using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>Every case of every operator on every device, against the double reference with derived tolerances.</summary>
[Collection("device")]
public sealed class OperatorTests
{
    // Every so many cases run with a GPU's groups on the CPU's device as well: a simulated thread costs what a real one does not.
    private const int GpuTiling = 10;

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
                for (int i = 0; i < Cases.Length; i++)
                {
                    rows.Add(Cases[i].Name, device, "own");
                    if (i % GpuTiling == 0 && device == Platform.CpuName)
                    {
                        rows.Add(Cases[i].Name, device, "GPU");
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

    [SkippableTheory]
    [InlineData("cuda:0")]
    [InlineData("opencl:0")]
    public void A_GPU_takes_part(string device)
    {
        Skip.If(KernelDevice.SkipReason(device) is not null, KernelDevice.SkipReason(device));
        Assert.Contains(Rows, row => (string)row[1] == device);
    }
}
