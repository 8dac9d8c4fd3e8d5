namespace EMDC.Evaluation;

/// <summary>The baselines there are.</summary>
public static class BaselineMethods
{
    /// <summary>All of them, from the simplest on.</summary>
    public static IReadOnlyList<IBaseline> All { get; } = [new NearestSpot(), new LinearInterpolation(), new IpBasic(), new JointBilateral()];
}
