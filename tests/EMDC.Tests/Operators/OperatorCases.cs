using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>Every case of every operator against every backend.</summary>
public sealed class OperatorCases
{
    // Methods of IBackend that record nothing.
    private static readonly string[] NotOperators = ["Tensor", "Release"];

    private static readonly Dictionary<string, OperatorCase> Cases =
        ((IEnumerable<OperatorCase>)
        [
            .. InputPreparationCases.All, .. Conv2dCases.All, .. Conv2dPixelShuffleCases.All, .. DepthwiseConv2dCases.All,
            .. ConfidenceFusionCases.All, .. FunnelStageCases.All, .. OutputScalingCases.All,
        ]).ToDictionary(c => c.Name);

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string name in Cases.Keys)
            {
                foreach (Backend backend in Backends.All)
                {
                    rows.Add(name, backend.Name);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_operator_agrees_with_the_reference(string name, string backend)
    {
        Backend on = Backends.Of(backend);
        Assert.SkipWhen(on.SkipReason is not null, on.SkipReason ?? "");
        Cases[name].Run(on);
    }

    [Fact]
    public void Every_operator_has_cases()
    {
        string[] operators = [.. typeof(IOperators).GetMethods().Select(m => m.Name).Except(NotOperators).Order()];
        Assert.Equal(operators, Cases.Values.Select(c => c.Operator).Distinct().Order());
        Assert.Contains("Conv2d", operators);
    }

    [Fact]
    public void The_scalar_backend_and_one_more_are_there()
    {
        Assert.Contains("scalar", Backends.Widths);
        Assert.True(Backends.Widths.Count > 1, "This machine runs no vectors in hardware.");
    }
}
