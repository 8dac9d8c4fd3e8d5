namespace EMDC.Tests.Reference;

/// <summary>(dilations, iterations) of every stage: dilations 1 … n are read in each iteration.</summary>
public static class FunnelPlan
{
    public static readonly (int Dilations, int Iterations)[] Nine =
        [(3, 3), (3, 2), (3, 2), (2, 3), (2, 2), (2, 2), (1, 3), (1, 2), (1, 2)];

    public static readonly (int Dilations, int Iterations)[] Six = [(3, 3), (3, 2), (2, 3), (2, 2), (1, 3), (1, 2)];

    public static (int Dilations, int Iterations)[] Of(int stages) => stages switch
    {
        9 => Nine,
        6 => Six,
        _ => throw new ArgumentOutOfRangeException(nameof(stages), stages, "The funnel has nine or six stages."),
    };
}
