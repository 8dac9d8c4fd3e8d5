namespace EMDC.Evaluation;

/// <summary>The measured pixels of a frame.</summary>
internal static class Spots
{
    /// <summary>The largest side of a frame: what the exact predicates of <see cref="Delaunay"/> hold.</summary>
    private const int LargestSide = 1 << 14;

    /// <summary>Checks the sizes and finds the spots.</summary>
    /// <returns>The indices of measured pixels, ascending; at least one.</returns>
    public static int[] Find(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, ReadOnlySpan<float> dense, int height, int width)
    {
        if (height > LargestSide || width > LargestSide)
        {
            throw new ArgumentException($"A frame of {height}×{width} (height × width) is out of range: sides are at most {LargestSide}.");
        }

        Check.Size("sparse", sparse.Length, height, width);
        Check.Size("dense", dense.Length, height, width);
        if (rgb.Length != 3L * sparse.Length)
        {
            throw new ArgumentException($"rgb has {rgb.Length} values, but {height}×{width} (height × width) needs {3L * sparse.Length}.");
        }

        return Find(sparse);
    }

    /// <summary>The indices of measured pixels, ascending; at least one.</summary>
    public static int[] Find(ReadOnlySpan<float> sparse)
    {
        var spots = new List<int>();
        for (int i = 0; i < sparse.Length; i++)
        {
            if (sparse[i] > 0 && float.IsFinite(sparse[i]))
            {
                spots.Add(i);
            }
        }

        return spots.Count > 0
            ? [.. spots]
            : throw new InvalidDataException("The sparse depth has no value above 0; at least one measured pixel is needed.");
    }

    /// <summary>The smallest and the largest depth of the spots.</summary>
    public static (float Near, float Far) Range(ReadOnlySpan<int> spots, ReadOnlySpan<float> sparse)
    {
        float near = float.PositiveInfinity, far = 0;
        foreach (int spot in spots)
        {
            (near, far) = (Math.Min(near, sparse[spot]), Math.Max(far, sparse[spot]));
        }

        return (near, far);
    }
}
