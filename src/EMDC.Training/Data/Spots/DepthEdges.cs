namespace EMDC.Training.Data.Spots;

/// <summary>Where two surfaces meet that are not at the same depth.</summary>
internal static class DepthEdges
{
    /// <summary>Neighbours whose depths differ by more than this share are two surfaces.</summary>
    public const float Share = 0.05f;

    /// <summary>Marks pixels within <paramref name="margin"/> pixels (along rows and columns) of an edge.</summary>
    public static void Mark(int height, int width, ReadOnlySpan<float> depth, int margin, Span<bool> edges)
    {
        edges.Clear();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = y * width + x;
                if (x + 1 < width && IsEdge(depth[at], depth[at + 1]))
                {
                    edges.Slice(y * width + Math.Max(x - margin + 1, 0), Math.Min(x + margin, width - 1) - Math.Max(x - margin + 1, 0) + 1).Fill(true);
                }

                if (y + 1 < height && IsEdge(depth[at], depth[at + width]))
                {
                    for (int j = Math.Max(y - margin + 1, 0); j <= Math.Min(y + margin, height - 1); j++)
                    {
                        edges[j * width + x] = true;
                    }
                }
            }
        }
    }

    /// <summary>The depth within 2 pixels that differs most from a pixel's own; its own where no edge is that near.</summary>
    public static float OtherSide(int height, int width, ReadOnlySpan<float> depth, int y, int x)
    {
        const int Reach = 2;
        float own = depth[y * width + x], other = own;
        for (int j = Math.Max(y - Reach, 0); j <= Math.Min(y + Reach, height - 1); j++)
        {
            foreach (float beside in depth[(j * width + Math.Max(x - Reach, 0))..(j * width + Math.Min(x + Reach, width - 1) + 1)])
            {
                other = beside > 0 && MathF.Abs(beside - own) > MathF.Abs(other - own) ? beside : other;
            }
        }

        return IsEdge(own, other) ? other : own;
    }

    private static bool IsEdge(float a, float b) => a > 0 && b > 0 && MathF.Abs(a - b) > Share * MathF.Min(a, b);
}
