namespace EMDC.Kernels;

/// <summary>What is decided when all operators are recorded.</summary>
internal static class Passes
{
    public static IReadOnlyList<Operation> Apply(IReadOnlyList<Operation> recorded, DeviceBackend on) => MergeMaps(FuseDepthwise(FuseExpansion(recorded, on)));

    /// <summary>
    /// A pointwise convolution and a depthwise one that reads it become one launch where a group can hold a picture, if what stands between
    /// them is released right after. A pointwise convolution behind them then stays alone, so a block has as many launches as before.
    /// </summary>
    private static List<Operation> FuseExpansion(IReadOnlyList<Operation> recorded, DeviceBackend on)
    {
        var fused = new List<Operation>();
        foreach (Operation operation in recorded)
        {
            if (operation is DepthwiseConvolution second && fused.Count > 0 && fused[^1] is Convolution { IsPointwise: true, Residual: null } first &&
                ReferenceEquals(first.Y, second.X) && second.Released.Contains(first.Y) &&
                new ExpandDepthwiseConvolution(first, second) is var one && one.IsPossible(on))
            {
                fused[^1] = one;
            }
            else
            {
                fused.Add(operation);
            }
        }

        return fused;
    }

    /// <summary>
    /// A depthwise convolution and a pointwise one that reads it become one launch, if what stands between them is released right after:
    /// then nobody else reads it.
    /// </summary>
    private static List<Operation> FuseDepthwise(IReadOnlyList<Operation> recorded)
    {
        var fused = new List<Operation>();
        foreach (Operation operation in recorded)
        {
            if (operation is Convolution { IsPointwise: true } second && fused.Count > 0 && fused[^1] is DepthwiseConvolution first &&
                ReferenceEquals(first.Y, second.X) && second.Released.Contains(first.Y))
            {
                fused[^1] = new DepthwisePointwiseConvolution(first, second);
            }
            else
            {
                fused.Add(operation);
            }
        }

        return fused;
    }

    /// <summary>All maps, which are recorded one after another, leave in one launch.</summary>
    private static List<Operation> MergeMaps(List<Operation> recorded)
    {
        OutputMaps[] maps = [.. recorded.OfType<OutputMaps>()];
        if (maps.Length > 1)
        {
            recorded.RemoveAll(operation => operation is OutputMaps);
            recorded.Add(new OutputMaps([.. maps.SelectMany(one => one.Maps)]));
        }

        return recorded;
    }
}
